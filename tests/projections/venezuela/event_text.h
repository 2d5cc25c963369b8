// Events of the domain in text form, for Scenario.
#ifndef ANNALS_TESTS_PROJECTIONS_VENEZUELA_EVENT_TEXT_H_
#define ANNALS_TESTS_PROJECTIONS_VENEZUELA_EVENT_TEXT_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annals::testing {

// Said("foro-penal", "ReleaseVerified", "count { lower: 49 } …", "2026-01-12").
// Without an asserter the event is unattributed.
inline std::string Said(absl::string_view asserter, absl::string_view type, absl::string_view body,
                        absl::string_view occurred = "") {
  return absl::StrCat("asserter: \"", asserter, "\" occurred: \"", occurred,
                      "\" payload { [type.googleapis.com/venezuela.v1.", type, "] { ", body,
                      " } }");
}

}  // namespace annals::testing

#endif  // ANNALS_TESTS_PROJECTIONS_VENEZUELA_EVENT_TEXT_H_
