// DecodedEvent: an event of the log with its payload as its own message.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_DECODED_EVENT_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_DECODED_EVENT_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/position.h"
#include "engine/index/projection.h"
#include "engine/log/event_log.h"
#include "engine/log/payload_types.h"
#include "engine/log/timeline_settings.h"
#include "engine/time/causality.h"
#include "google/protobuf/message.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// A value.
struct DecodedEvent {
  v1::Event event;
  // As projections see it, with sensitive fields empty. Null: there is none, or it
  // was redacted.
  std::unique_ptr<google::protobuf::Message> payload;

  Position position() const { return Position{event.position()}; }

  // Lives as long as this.
  ProjectedEvent Projected() const;
};

// The times that the log froze in the event.
EventTimes TimesOf(const v1::Event& event);

// FAILED_PRECONDITION if this program doesn't know the payload; the message
// names the event.
absl::StatusOr<DecodedEvent> Decode(v1::Event event, const PayloadTypes& types,
                                    const TimelineSettings& settings);

// What a reader that ends before the head makes of it: DATA_LOSS.
absl::Status LogEndsEarly(Position last, Position head);

// Makes `events` those after `after` up to `head`, as long as they are at most
// `max_events` and their bytes less than `max_bytes`; at least one if there is any.
// The memory of what was in `events` is used again. The log's errors, and those of
// Decode.
absl::Status ReadDecoded(const EventLog& log, const PayloadTypes& types,
                         const TimelineSettings& settings, Position after, Position head,
                         size_t max_events, size_t max_bytes, std::vector<DecodedEvent>* events);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_DECODED_EVENT_H_
