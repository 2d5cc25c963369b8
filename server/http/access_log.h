// AccessLog: a line of JSON for each request.
//
//   {"time":"2026-01-08T12:00:00.123456Z","level":"info","request":"9f2c…",
//    "peer":"127.0.0.1:4711","method":"GET","target":"/v1/timelines","route":
//    "/v1/timelines","status":200,"bytes":312,"micros":87,"agent":"curl/7.88.1"}
#ifndef ANNALS_SERVER_HTTP_ACCESS_LOG_H_
#define ANNALS_SERVER_HTTP_ACCESS_LOG_H_

#include <spdlog/common.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "server/http/exchange_observer.h"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace annals::http {

// Written by a thread of its own, those of 50 ms together: a request costs no system
// call and wakes nobody. When more than 4 MiB wait because the sink is slower than the
// server, lines are left out, and a line says how many. Everything a client chose is
// escaped. "level" is "error" for a status of 500 and more, "warning" for an answer
// that didn't arrive whole, which has an "outcome" then. Thread-safe.
class AccessLog final : public ExchangeObserver {
 public:
  // Such as spdlog::sinks::stderr_sink_mt. The clock must outlive the log.
  explicit AccessLog(spdlog::sink_ptr sink, const Clock* clock = Clock::System());
  // Writes what waits.
  ~AccessLog() override;

  void OnExchange(const Exchange& exchange) override;

 private:
  void Write() ABSL_LOCKS_EXCLUDED(mutex_);

  const Clock* const clock_;
  const std::unique_ptr<spdlog::logger> logger_;
  Mutex mutex_;
  CondVar changed_;  // The first line waits, or it is to end.
  std::string waiting_ ABSL_GUARDED_BY(mutex_);
  uint64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// The line, without its end.
std::string FormatAccessLine(const Exchange& exchange, Instant now);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_ACCESS_LOG_H_
