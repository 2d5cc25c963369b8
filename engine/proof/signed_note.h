// Signed notes, as in C2SP's signed-note: a text, an empty line, and lines of signatures.
//
//   ANNALS_ASSIGN_OR_RETURN(const NoteSigner signer, NoteSigner::Generate("annals.example/sea"));
//   ANNALS_ASSIGN_OR_RETURN(const std::string note, signer.Sign("what is said\n"));
//   ANNALS_ASSIGN_OR_RETURN(const std::string text, signer.verifier().Open(note));
//
// Signatures are Ed25519. https://c2sp.org/signed-note
#ifndef ANNALS_ENGINE_PROOF_SIGNED_NOTE_H_
#define ANNALS_ENGINE_PROOF_SIGNED_NOTE_H_

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals {

// With all signatures.
inline constexpr size_t kMaxNoteBytes = 1'000'000;

// Whom a note is to be from. Immutable.
class NoteVerifier {
 public:
  // As it is written: NAME+HASH+KEY. INVALID_ARGUMENT for anything else.
  static absl::StatusOr<NoteVerifier> Parse(absl::string_view text);
  std::string ToString() const;

  const std::string& name() const { return name_; }

  // The text, with its line feed, of a note that this key has signed, among others
  // perhaps. INVALID_ARGUMENT if it is no note; NOT_FOUND if this key hasn't signed it;
  // DATA_LOSS if it is said to have, and it isn't so.
  absl::StatusOr<std::string> Open(absl::string_view note) const;

 private:
  friend class NoteSigner;
  using PublicKey = std::array<unsigned char, 32>;

  NoteVerifier(std::string name, const PublicKey& key);

  std::string name_;
  PublicKey key_;
  std::string hash_;  // Four bytes, which tell keys of one name apart.
};

// Immutable; holds a secret, which is wiped when it goes. Not to be copied.
class NoteSigner {
 public:
  // A name that isn't empty and has no space and no "+": INVALID_ARGUMENT otherwise.
  static absl::StatusOr<NoteSigner> Generate(absl::string_view name);
  // PRIVATE+KEY+NAME+HASH+SEED, as Go's note package has it. INVALID_ARGUMENT, which
  // doesn't repeat any of it, for anything else.
  static absl::StatusOr<NoteSigner> Parse(absl::string_view text);
  // The secret itself.
  std::string ToString() const;

  NoteSigner(NoteSigner&& other) noexcept;
  NoteSigner& operator=(NoteSigner&&) = delete;
  ~NoteSigner();

  const NoteVerifier& verifier() const { return verifier_; }

  // The text, the empty line and this signature's line. INVALID_ARGUMENT unless the
  // text is UTF-8 that ends with a line feed and has no other control character.
  absl::StatusOr<std::string> Sign(absl::string_view text) const;

 private:
  using Seed = std::array<unsigned char, 32>;
  using SecretKey = std::array<unsigned char, 64>;

  static NoteSigner FromSeed(std::string name, const Seed& seed);
  NoteSigner(NoteVerifier verifier, const SecretKey& key)
      : verifier_(std::move(verifier)), key_(key) {}

  NoteVerifier verifier_;
  SecretKey key_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_SIGNED_NOTE_H_
