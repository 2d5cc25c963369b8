// AccessLog: a line of JSON for each request.
//
//   {"time":"2026-01-08T12:00:00.123456Z","level":"info","request":"9f2c…",
//    "peer":"127.0.0.1:4711","method":"GET","target":"/v1/timelines","route":
//    "/v1/timelines","status":200,"bytes":312,"micros":87,"agent":"curl/7.88.1"}
#ifndef ANNALS_SERVER_HTTP_ACCESS_LOG_H_
#define ANNALS_SERVER_HTTP_ACCESS_LOG_H_

#include <spdlog/common.h>

#include <memory>
#include <string>

#include "engine/base/clock.h"
#include "server/http/exchange_observer.h"

namespace spdlog {
class async_logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace annals::http {

// Written by a thread of its own: if the sink is slower than the server, the oldest
// of 8192 lines that wait give way. Everything a client chose is escaped. "level" is
// "error" for a status of 500 and more, "warning" for an answer that didn't arrive
// whole, which has an "outcome" then. Thread-safe.
class AccessLog final : public ExchangeObserver {
 public:
  // Such as spdlog::sinks::stderr_sink_mt. The clock must outlive the log.
  explicit AccessLog(spdlog::sink_ptr sink, const Clock* clock = Clock::System());
  // Writes what waits.
  ~AccessLog() override;

  void OnExchange(const Exchange& exchange) override;

 private:
  const Clock* const clock_;
  std::shared_ptr<spdlog::details::thread_pool> thread_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

// The line, without its end.
std::string FormatAccessLine(const Exchange& exchange, Instant now);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_ACCESS_LOG_H_
