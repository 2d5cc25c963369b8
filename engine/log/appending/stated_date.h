// ResolveDate: a date in an event as the instants that it stands for.
#ifndef ANNALS_ENGINE_LOG_APPENDING_STATED_DATE_H_
#define ANNALS_ENGINE_LOG_APPENDING_STATED_DATE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/log/timeline_settings.h"

namespace annals {

// INVALID_ARGUMENT if `text` is no EDTF date, or one too far away to count in
// microseconds; the message begins with `field`.
absl::StatusOr<TimeBounds> ResolveDate(absl::string_view field, absl::string_view text,
                                       const TimelineSettings& settings);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_STATED_DATE_H_
