// Redacted payloads: what answers say of payloads that are gone.
#ifndef ANNALS_ENGINE_QUERY_REDACTED_PAYLOADS_H_
#define ANNALS_ENGINE_QUERY_REDACTED_PAYLOADS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "engine/log/event_log.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Those up to `last`; absent if there are none. Costs two reads for each that is
// listed. The log's errors.
absl::StatusOr<std::optional<v1::RedactedPayloads>> RedactedUpTo(const EventLog& log,
                                                                 absl::string_view timeline,
                                                                 Position last);

// Why the event's payload is gone; absent if it isn't, or if nothing says why: in a copy
// of the timeline's beginning.
absl::StatusOr<std::optional<v1::RedactedPayload>> RedactionOf(const EventLog& log,
                                                               const v1::Event& event);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_REDACTED_PAYLOADS_H_
