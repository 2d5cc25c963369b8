// The grammar of one date within an EDTF text (docs/semantics.md).
#ifndef ANNALS_ENGINE_TIME_EDTF_DATE_PARSER_H_
#define ANNALS_ENGINE_TIME_EDTF_DATE_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/time/edtf_date.h"

namespace annals {

// INVALID_ARGUMENT if `text` is none of the accepted forms. `text` is ASCII.
absl::StatusOr<EdtfDate> ParseEdtfDate(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_EDTF_DATE_PARSER_H_
