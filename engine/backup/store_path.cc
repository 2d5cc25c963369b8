#include "engine/backup/store_path.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace annals {

absl::Status CheckStorePath(absl::string_view path) {
  const absl::string_view name = absl::StripPrefix(path, "db/");
  const bool is_name = !name.empty() && name[0] != '.' && name.size() < 200 &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                         return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
                       });
  if (is_name) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", absl::CEscape(path), "\" is no file of a store"));
}

}  // namespace annals
