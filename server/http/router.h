// Router: which handler answers which path.
#ifndef ANNALS_SERVER_HTTP_ROUTER_H_
#define ANNALS_SERVER_HTTP_ROUTER_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/handler.h"

namespace annals::http {

// Routes are tried in the order in which their paths were first added; a path that
// is known answers every method: 405 with Allow for those that have no handler, HEAD
// as GET, OPTIONS with Allow. Thread-safe once filled.
//
//   router.Add(Method::kGet, "/v1/timelines/{timeline}/views/{view}", handler);
//   …request.Parameter("timeline")…
class Router {
 public:
  // A {name} stands for one segment, whatever is in it but nothing.
  void Add(Method method, absl::string_view pattern, Handler handler);

  // Asked before each request is answered, once its route is known; what it refuses
  // isn't. For the connection's thread: it must not wait.
  using Admission = std::function<absl::Status(Request*)>;
  void SetAdmission(Admission admission) { admission_ = std::move(admission); }

  // Sets the request's route and parameters, and has it answered. Returns what the
  // admission refuses with, NOT_FOUND for a path that isn't known, and what the handler
  // returns.
  Awaitable<absl::StatusOr<Response>> Answer(Request* request) const;

 private:
  struct Route {
    std::string pattern;
    std::vector<std::string> segments;
    std::vector<std::pair<Method, Handler>> handlers;
  };

  const Route* Find(Request* request) const;
  static const Handler* HandlerOf(const Route& route, Method method);
  static std::string Allow(const Route& route);

  std::vector<Route> routes_;
  Admission admission_;  // Null: everything is admitted.
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_ROUTER_H_
