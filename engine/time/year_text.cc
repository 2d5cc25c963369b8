#include "engine/time/year_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace annals {

std::string FormatYear(int64_t year) {
  if (year < -9999 || year > 9999) return absl::StrCat("Y", year);
  return absl::StrFormat("%s%04d", year < 0 ? "-" : "", year < 0 ? -year : year);
}

}  // namespace annals
