// How every refusal of a date reads.
#ifndef ANNALS_ENGINE_TIME_EDTF_REFUSAL_H_
#define ANNALS_ENGINE_TIME_EDTF_REFUSAL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals {

// INVALID_ARGUMENT: `"OFFENDING" WHY; write "INSTEAD"`, where INSTEAD is a date
// that would be accepted. OFFENDING may hold any bytes; the message is ASCII.
absl::Status RefuseDate(absl::string_view offending, absl::string_view why,
                        absl::string_view instead);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_EDTF_REFUSAL_H_
