#include "server/http/request_id.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annals::http {
namespace {

bool IsSane(absl::string_view id) {
  constexpr size_t kLongest = 64;
  return !id.empty() && id.size() <= kLongest && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

std::string RequestId(const Headers& headers, const std::function<uint64_t()>& random) {
  const std::optional<absl::string_view> given = headers.Find("X-Request-Id");
  if (given.has_value() && IsSane(*given)) return std::string(*given);
  return absl::StrCat(absl::Hex(random(), absl::kZeroPad16));
}

}  // namespace annals::http
