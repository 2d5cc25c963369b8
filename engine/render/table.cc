#include "engine/render/table.h"

#include "absl/strings/str_cat.h"
#include "engine/render/text.h"

namespace annals {

std::string Table::Cell::Display(Kind kind) const {
  if (const std::string* shown = text()) return Visible(*shown);
  if (const int64_t* shown = number()) {
    return kind == Kind::kNumber ? absl::StrCat(*shown) : GroupedNumber(*shown);
  }
  return std::string(kNothing);
}

}  // namespace annals
