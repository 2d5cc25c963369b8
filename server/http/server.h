// HttpServer: HTTP/1.1, plain or through TLS, on a fixed number of threads.
#ifndef ANNALS_SERVER_HTTP_SERVER_H_
#define ANNALS_SERVER_HTTP_SERVER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "server/http/exchange_observer.h"
#include "server/http/finishing.h"
#include "server/http/limits.h"
#include "server/http/router.h"
#include "server/http/tls.h"

namespace annals::http {

struct ServerOptions {
  // An address as numbers, "127.0.0.1" or "::1".
  std::string address = "127.0.0.1";
  // 0 takes any that is free; see HttpServer::port.
  uint16_t port = 0;
  // However many connections there are.
  int threads = 2;
  Limits limits;
  FinishingOptions finishing;
  // Without it, plain HTTP.
  std::optional<TlsOptions> tls;
  // They must outlive the server.
  std::vector<ExchangeObserver*> observers;
  const Clock* clock = Clock::System();
};

// Serves from Start until Stop or its destruction. A connection belongs to one
// thread, and so do its handlers: see handler.h for what they may do there. Start
// and Stop are for one thread; what handlers refer to must outlive the server.
//
//   Router router;
//   router.Add(Method::kGet, "/healthz", Immediately([](const Request&) {
//     return Response::Of("text/plain", "ok\n");
//   }));
//   ANNALS_ASSIGN_OR_RETURN(auto server, HttpServer::Start({.port = 7171}, std::move(router)));
class HttpServer {
 public:
  // Listens when it returns. Returns INVALID_ARGUMENT for an address that is none,
  // UNAVAILABLE if it can't be listened on, and what MakeTlsContext returns.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(ServerOptions options, Router router);

  // Stops at once, as Stop(0).
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Takes no more connections, closes those that are idle, cuts streams with
  // UNAVAILABLE, and lets requests be answered; what isn't over after `patience` is
  // closed. Returns when nothing runs any more: a handler that never returns would
  // hold it up for ever. Returns DEADLINE_EXCEEDED if anything had to be closed.
  absl::Status Stop(std::chrono::milliseconds patience);

  uint16_t port() const;
  // How many are open.
  size_t connections() const;

 private:
  class Running;
  explicit HttpServer(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_SERVER_H_
