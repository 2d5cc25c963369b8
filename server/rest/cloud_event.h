// Events as CloudEvents 1.0, in structured JSON.
#ifndef ANNALS_SERVER_REST_CLOUD_EVENT_H_
#define ANNALS_SERVER_REST_CLOUD_EVENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/position.h"
#include "proto/annals/v1/event.pb.h"

namespace annals::rest {

// One line: `source` is the timeline's path, `type` the payload's full name
// ("annals.v1.Retraction" for an event without one), `subject` the stream, `time` when
// it was recorded, `sequence` the position in 20 digits, so that it sorts as text, and
// `data` the event as Annals writes it.
std::string CloudEvent(absl::string_view timeline, const v1::Event& event);

// A notice of the feed itself ("annals.v1.Checkpoint", "annals.v1.CaughtUp"), whose
// data is the position.
std::string CloudNotice(absl::string_view timeline, absl::string_view type, Position position);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_CLOUD_EVENT_H_
