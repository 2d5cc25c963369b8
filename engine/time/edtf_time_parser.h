// The time of day of an EDTF date-time.
#ifndef ANNALS_ENGINE_TIME_EDTF_TIME_PARSER_H_
#define ANNALS_ENGINE_TIME_EDTF_TIME_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "engine/base/instant.h"

namespace annals {

// The instant that `time`, such as "10:00:00.5-04:00", names on `day`, whose year
// has four digits at most; `day_text` is for the messages. INVALID_ARGUMENT
// unless it has hours, minutes, seconds, up to six fraction digits, and an offset
// or "Z".
absl::StatusOr<Instant> ParseEdtfTime(absl::CivilDay day, absl::string_view day_text,
                                      absl::string_view time);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_EDTF_TIME_PARSER_H_
