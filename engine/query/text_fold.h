// Folding: text without case, accents and kinds of space, for searching.
#ifndef ANNALS_ENGINE_QUERY_TEXT_FOLD_H_
#define ANNALS_ENGINE_QUERY_TEXT_FOLD_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals {

// What people don't tell apart folds to the same bytes: "Márquez" and "MARQUEZ",
// composed and decomposed accents, a space and a no-break space, "ß" and "ss".
// UTF-8 in and out; what isn't UTF-8 becomes U+FFFD. Folding twice changes
// nothing.
std::string FoldText(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_TEXT_FOLD_H_
