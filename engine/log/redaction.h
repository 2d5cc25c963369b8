// Redaction: an event's payload is taken out, by a later event that says why.
#ifndef ANNALS_ENGINE_LOG_REDACTION_H_
#define ANNALS_ENGINE_LOG_REDACTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/position.h"
#include "google/protobuf/message.h"
#include "proto/annals/v1/erasure.pb.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Which event was redacted, and which says so: the first one, if several do.
struct Redaction {
  Position target;
  Position by;

  friend bool operator==(const Redaction&, const Redaction&) = default;
};

// By target, each once. Immutable; null stands for none.
using Redactions = std::vector<Redaction>;
using RedactionsPtr = std::shared_ptr<const Redactions>;

// With those that an event at `by` states.
RedactionsPtr WithRedactions(const RedactionsPtr& before, const v1::PayloadRedacted& redacted,
                             Position by);

// Whether the payload is gone.
inline bool IsRedacted(const v1::Event& event) { return !event.payload_commitment().empty(); }

// Whether a payload of this type is recorded only by the verbs that erase.
bool IsErasure(const google::protobuf::Descriptor* type);

// INVALID_ARGUMENT if a PayloadRedacted or a SubjectForgotten lacks something that is
// required, or has too much; other payloads are OK.
absl::Status CheckErasure(const google::protobuf::Message& payload);

// FAILED_PRECONDITION if the event has no payload, or one that the store itself needs.
absl::Status CheckRedactable(const v1::Event& event);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_REDACTION_H_
