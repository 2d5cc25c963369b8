#include "server/http/router.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/http/problem.h"

namespace annals::http {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

bool IsParameter(absl::string_view segment) {
  return absl::StartsWith(segment, "{") && absl::EndsWith(segment, "}");
}

bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, const std::string& segment) {
                      return IsParameter(wanted) ? !segment.empty() : wanted == segment;
                    });
}

Parameters ParametersOf(const std::vector<std::string>& pattern,
                        const std::vector<std::string>& path) {
  Parameters parameters;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!IsParameter(pattern[i])) continue;
    parameters.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
  }
  return parameters;
}

Response Allowed(const std::string& methods) {
  Response response;
  response.status = 204;
  response.headers.Add("Allow", methods);
  return response;
}

}  // namespace

void Router::Add(Method method, absl::string_view pattern, Handler handler) {
  auto route = std::find_if(routes_.begin(), routes_.end(),
                            [pattern](const Route& r) { return r.pattern == pattern; });
  if (route == routes_.end()) {
    routes_.push_back({std::string(pattern), absl::StrSplit(pattern.substr(1), '/'), {}});
    route = std::prev(routes_.end());
  }
  route->handlers.emplace_back(method, std::move(handler));
}

const Router::Route* Router::Find(Request* request) const {
  for (const Route& route : routes_) {
    if (!Matches(route.segments, request->path)) continue;
    request->route = route.pattern;
    request->parameters = ParametersOf(route.segments, request->path);
    return &route;
  }
  return nullptr;
}

const Handler* Router::HandlerOf(const Route& route, Method method) {
  const Handler* get = nullptr;
  for (const auto& [handled, handler] : route.handlers) {
    if (handled == method) return &handler;
    if (handled == Method::kGet) get = &handler;
  }
  return method == Method::kHead ? get : nullptr;
}

std::string Router::Allow(const Route& route) {
  std::string methods = "OPTIONS";
  for (const auto& [method, handler] : route.handlers) {
    absl::StrAppend(&methods, ", ", MethodName(method), method == Method::kGet ? ", HEAD" : "");
  }
  return methods;
}

Awaitable<absl::StatusOr<Response>> Router::Answer(Request* request) const {
  const Route* route = Find(request);
  if (admission_) {
    const absl::Status admitted = admission_(request);
    if (!admitted.ok()) co_return admitted;
  }
  if (request->path.empty()) {  // OPTIONS *
    co_return Allowed("OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE");
  }
  if (route == nullptr) {
    co_return absl::NotFoundError(absl::StrCat("there is nothing at ", request->target));
  }
  const Handler* handler = HandlerOf(*route, request->method);
  if (handler != nullptr) co_return co_await (*handler)(*request);
  if (request->method == Method::kOptions) co_return Allowed(Allow(*route));
  Response response = ProblemResponse(
      WithHttpStatus(absl::UnimplementedError(
                         absl::StrCat(MethodName(request->method), " is not for ", request->route)),
                     405),
      request->id);
  response.headers.Add("Allow", Allow(*route));
  co_return response;
}

}  // namespace annals::http
