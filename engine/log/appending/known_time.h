// PublishedTime: when a reader could first know an event, as far as is stated.
#ifndef ANNALS_ENGINE_LOG_APPENDING_KNOWN_TIME_H_
#define ANNALS_ENGINE_LOG_APPENDING_KNOWN_TIME_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/appending/prepared_append.h"
#include "engine/log/appending/staging.h"

namespace annals {

struct PublishedTime {
  TimeBounds bounds;
  std::string text;  // As stated; empty if nothing is.
};

// The event's own `published`; without one, the earliest publication among the
// cited sources; without any, `recorded_at`. The sources' dates are independent
// unknowns, so the earliest of them lies between the least of their earliest and
// the least of their latest bounds; a source without a date says nothing.
//   NOT_FOUND  a cited source, or the edition that was cited, isn't registered
absl::StatusOr<PublishedTime> FindPublished(const PreparedEvent& event,
                                            const TimelineSettings& settings,
                                            const Staging& staging, Instant recorded_at);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_KNOWN_TIME_H_
