// The forms that texts in an event must have.
#ifndef ANNALS_ENGINE_LOG_TEXT_FORM_H_
#define ANNALS_ENGINE_LOG_TEXT_FORM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals {

// Each names `field` in its message. INVALID_ARGUMENT for a wrong form,
// RESOURCE_EXHAUSTED beyond a limit of engine/log/limits.h.

// Well-formed UTF-8: no surrogates, nothing overlong, nothing above U+10FFFF.
absl::Status CheckUtf8(absl::string_view field, absl::string_view text);

// 1 to kMaxIdBytes bytes of UTF-8 without spaces, control or format characters.
absl::Status CheckId(absl::string_view field, absl::string_view text);

// An id without capital letters: an asserter, an editor.
absl::Status CheckLowerCaseId(absl::string_view field, absl::string_view text);

// [a-z0-9][a-z0-9._-]{0,99}
absl::Status CheckTimelineName(absl::string_view text);

// 64 lower-case hex digits.
absl::Status CheckSha256(absl::string_view field, absl::string_view text);

// "a text that may hold anything" in double quotes, cut to a length fit for a
// message, with what can't be printed as escapes.
std::string Quote(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_TEXT_FORM_H_
