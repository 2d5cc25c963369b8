#include "engine/time/edtf_refusal.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace annals {

absl::Status RefuseDate(absl::string_view offending, absl::string_view why,
                        absl::string_view instead) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", absl::CHexEscape(offending), "\" ", why, "; write \"", instead, "\""));
}

}  // namespace annals
