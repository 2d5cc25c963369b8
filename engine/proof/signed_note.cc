#include "engine/proof/signed_note.h"

#include <sodium.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/proof/proof_text.h"

namespace annals {
namespace {

constexpr char kEd25519 = 1;
constexpr size_t kHashBytes = 4;
constexpr size_t kKeyBytes = crypto_sign_ed25519_PUBLICKEYBYTES;
constexpr absl::string_view kSignatureMark = "\u2014 ";
constexpr absl::string_view kEndOfText = "\n\n";
constexpr absl::string_view kPrivatePrefix = "PRIVATE+KEY+";
constexpr size_t kMaxSignatures = 100;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <size_t kSize>
std::string Text(const std::array<unsigned char, kSize>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename Accept>
bool AllCodePoints(absl::string_view text, const Accept& accept) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0 || !accept(c)) return false;
  }
  return true;
}

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNoteBytes && AllCodePoints(name, [](UChar32 c) {
    return c != '+' && !u_isUWhiteSpace(c) && !u_iscntrl(c);
  });
}

bool IsNoteText(absl::string_view text) {
  constexpr UChar32 kFirstPrintable = 0x20;
  return absl::EndsWith(text, "\n") && text.size() <= kMaxNoteBytes &&
         AllCodePoints(text, [](UChar32 c) { return c == '\n' || c >= kFirstPrintable; });
}

std::string HashOf(absl::string_view name, absl::string_view key) {
  const std::string named = absl::StrCat(name, "\n", std::string(1, kEd25519), key);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), Bytes(named), named.size());
  return Text(hash).substr(0, kHashBytes);
}

// NAME+HASH+BASE64(type, 32 bytes): what both kinds of keys look like.
struct KeyParts {
  std::string name;
  std::string hash;
  std::array<unsigned char, kKeyBytes> bytes;
};

absl::StatusOr<KeyParts> ParseKey(absl::string_view text) {
  // The base64 part may have a "+" of its own.
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('+', 2));
  std::optional<std::string> key;
  if (parts.size() == 3) key = DecodeBase64(parts[2]);
  if (!key.has_value() || !IsName(parts[0]) || parts[1].size() != 2 * kHashBytes ||
      parts[1].find_first_not_of("0123456789abcdef") != std::string::npos ||
      key->size() != 1 + kKeyBytes || key->front() != kEd25519) {
    return absl::InvalidArgumentError(
        "it is no key of a signed note: NAME+HASH+KEY, with eight digits of hash and an Ed25519 "
        "key in base64");
  }
  KeyParts result{.name = parts[0], .hash = absl::HexStringToBytes(parts[1])};
  std::copy(key->begin() + 1, key->end(), result.bytes.begin());
  sodium_memzero(key->data(), key->size());
  return result;
}

std::string FormatKey(absl::string_view name, absl::string_view hash, absl::string_view key) {
  return absl::StrCat(name, "+", absl::BytesToHexString(hash), "+",
                      absl::Base64Escape(absl::StrCat(std::string(1, kEd25519), key)));
}

absl::Status NoNote(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("it is no signed note: ", why));
}

// A note's two halves: the text with its line feed, and the signatures' lines.
struct NoteParts {
  absl::string_view text;
  std::vector<absl::string_view> signatures;
};

absl::StatusOr<NoteParts> SplitNote(absl::string_view note) {
  if (note.size() > kMaxNoteBytes) return NoNote("it is too long");
  const size_t end = note.rfind(kEndOfText);
  if (end == absl::string_view::npos) return NoNote("no empty line ends the text");
  NoteParts parts{.text = note.substr(0, end + 1)};
  absl::string_view rest = note.substr(end + kEndOfText.size());
  if (!IsNoteText(parts.text)) return NoNote("the text has control characters, or isn't UTF-8");
  if (!absl::ConsumeSuffix(&rest, "\n")) return NoNote("no line of a signature ends it");
  parts.signatures = absl::StrSplit(rest, '\n');
  if (parts.signatures.size() > kMaxSignatures) return NoNote("it has too many signatures");
  return parts;
}

// "— NAME BASE64(hash, signature)".
struct SignatureLine {
  absl::string_view name;
  std::string hash;
  std::string signature;
};

absl::StatusOr<SignatureLine> ParseSignature(absl::string_view line) {
  SignatureLine parsed;
  const bool is_marked = absl::ConsumePrefix(&line, kSignatureMark);
  const size_t space = line.find(' ');
  if (!is_marked || space == absl::string_view::npos || !IsName(line.substr(0, space))) {
    return NoNote("a line that should be a signature is none");
  }
  const std::optional<std::string> bytes = DecodeBase64(line.substr(space + 1));
  if (!bytes.has_value() || bytes->size() <= kHashBytes) {
    return NoNote("a line that should be a signature is none");
  }
  parsed.name = line.substr(0, space);
  parsed.hash = bytes->substr(0, kHashBytes);
  parsed.signature = bytes->substr(kHashBytes);
  return parsed;
}

}  // namespace

NoteVerifier::NoteVerifier(std::string name, const PublicKey& key)
    : name_(std::move(name)), key_(key), hash_(HashOf(name_, Text(key))) {}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(absl::string_view text) {
  ANNALS_ASSIGN_OR_RETURN(KeyParts parts, ParseKey(text));
  NoteVerifier verifier(std::move(parts.name), parts.bytes);
  if (verifier.hash_ != parts.hash) {
    return absl::InvalidArgumentError("the key's hash is not that of its name and bytes");
  }
  return verifier;
}

std::string NoteVerifier::ToString() const { return FormatKey(name_, hash_, Text(key_)); }

absl::StatusOr<std::string> NoteVerifier::Open(absl::string_view note) const {
  ANNALS_ASSIGN_OR_RETURN(const NoteParts parts, SplitNote(note));
  bool is_signed = false;
  for (const absl::string_view line : parts.signatures) {
    ANNALS_ASSIGN_OR_RETURN(const SignatureLine found, ParseSignature(line));
    if (found.name != name_ || found.hash != hash_) continue;
    if (found.signature.size() != crypto_sign_ed25519_BYTES ||
        crypto_sign_ed25519_verify_detached(Bytes(found.signature), Bytes(parts.text),
                                            parts.text.size(), key_.data()) != 0) {
      return absl::DataLossError(
          absl::StrCat("the note isn't what ", name_, " signed: the signature doesn't match it"));
    }
    is_signed = true;
  }
  if (!is_signed) {
    return absl::NotFoundError(absl::StrCat("the note isn't signed with ", name_, "'s key"));
  }
  return std::string(parts.text);
}

absl::StatusOr<NoteSigner> NoteSigner::Generate(absl::string_view name) {
  if (!IsName(name)) {
    return absl::InvalidArgumentError(
        "the name of a note's signer has at least one character, and neither spaces nor \"+\"");
  }
  // Ends the program if the system has no randomness to give.
  if (sodium_init() < 0) sodium_misuse();
  Seed seed;
  randombytes_buf(seed.data(), seed.size());
  NoteSigner signer = FromSeed(std::string(name), seed);
  sodium_memzero(seed.data(), seed.size());
  return signer;
}

absl::StatusOr<NoteSigner> NoteSigner::Parse(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kPrivatePrefix)) {
    return absl::InvalidArgumentError("it is no private key: those begin with PRIVATE+KEY+");
  }
  ANNALS_ASSIGN_OR_RETURN(KeyParts parts, ParseKey(text));
  NoteSigner signer = FromSeed(std::move(parts.name), parts.bytes);
  sodium_memzero(parts.bytes.data(), parts.bytes.size());
  if (signer.verifier_.hash_ != parts.hash) {
    return absl::InvalidArgumentError("the key's hash is not that of its name and bytes");
  }
  return signer;
}

NoteSigner NoteSigner::FromSeed(std::string name, const Seed& seed) {
  NoteVerifier::PublicKey public_key;
  SecretKey secret_key;
  crypto_sign_ed25519_seed_keypair(public_key.data(), secret_key.data(), seed.data());
  NoteSigner signer(NoteVerifier(std::move(name), public_key), secret_key);
  sodium_memzero(secret_key.data(), secret_key.size());
  return signer;
}

NoteSigner::NoteSigner(NoteSigner&& other) noexcept
    : verifier_(std::move(other.verifier_)), key_(other.key_) {
  sodium_memzero(other.key_.data(), other.key_.size());
}

NoteSigner::~NoteSigner() { sodium_memzero(key_.data(), key_.size()); }

std::string NoteSigner::ToString() const {
  Seed seed;
  crypto_sign_ed25519_sk_to_seed(seed.data(), key_.data());
  std::string text =
      absl::StrCat(kPrivatePrefix, FormatKey(verifier_.name_, verifier_.hash_, Text(seed)));
  sodium_memzero(seed.data(), seed.size());
  return text;
}

absl::StatusOr<std::string> NoteSigner::Sign(absl::string_view text) const {
  if (!IsNoteText(text)) {
    return absl::InvalidArgumentError(
        "the text of a note is UTF-8, ends with a line feed and has no other control character");
  }
  std::array<unsigned char, crypto_sign_ed25519_BYTES> signature;
  crypto_sign_ed25519_detached(signature.data(), nullptr, Bytes(text), text.size(), key_.data());
  return absl::StrCat(text, "\n", kSignatureMark, verifier_.name_, " ",
                      absl::Base64Escape(absl::StrCat(verifier_.hash_, Text(signature))), "\n");
}

}  // namespace annals
