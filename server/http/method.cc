#include "server/http/method.h"

#include <array>
#include <utility>

namespace annals::http {
namespace {

constexpr std::array<std::pair<Method, absl::string_view>, 7> kMethods = {{
    {Method::kGet, "GET"},
    {Method::kHead, "HEAD"},
    {Method::kPost, "POST"},
    {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},
    {Method::kDelete, "DELETE"},
    {Method::kOptions, "OPTIONS"},
}};

}  // namespace

absl::string_view MethodName(Method method) { return kMethods[static_cast<size_t>(method)].second; }

std::optional<Method> ParseMethod(absl::string_view name) {
  for (const auto& [method, known] : kMethods) {
    if (name == known) return method;
  }
  return std::nullopt;
}

}  // namespace annals::http
