// FieldSealer: encrypts a payload's sensitive fields, and shows them again to whoever
// has the key.
//
//   "annals-sealed:1:" base64( key id ‖ nonce ‖ XChaCha20-Poly1305 )
#ifndef ANNALS_ENGINE_PRIVACY_FIELD_SEALER_H_
#define ANNALS_ENGINE_PRIVACY_FIELD_SEALER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/privacy/subject_keys.h"
#include "google/protobuf/message.h"

namespace annals {

// What a sealed field shows when nobody has its key any more.
inline constexpr absl::string_view kErased = "[erased]";

// Whose field it is. The timeline and the subject choose the key; the event's id is
// bound to what is sealed, so that it can't be passed off as another event's.
struct SealingContext {
  absl::string_view timeline;
  absl::string_view event_id;
  absl::string_view stream;  // The subject, unless the payload names another.
};

// Deterministic, by a nonce that is a keyed hash of what is sealed: the same field of
// the same event is sealed alike, so that a retry of an append is recognised. Byte
// for byte in docs/privacy.md. Thread-safe. The keys must outlive it.
class FieldSealer {
 public:
  explicit FieldSealer(SubjectKeys* keys) : keys_(keys) {}

  // Seals every sensitive value of the payload that is not empty. INVALID_ARGUMENT if
  // one looks sealed already; SubjectKeys::FindOrMake's errors. Syncs where a
  // subject is new.
  absl::Status Seal(const SealingContext& context, google::protobuf::Message* payload) const;

  // Shows what is sealed, or kErased where there is no key for it. What isn't sealed
  // stays: it was recorded before its field was marked.
  void Unseal(absl::string_view event_id, google::protobuf::Message* payload) const;

  SubjectKeys& keys() const { return *keys_; }

 private:
  SubjectKeys* const keys_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_PRIVACY_FIELD_SEALER_H_
