#include "server/http/access_log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/http/method.h"
#include "server/http/problem.h"

namespace annals::http {
namespace {

constexpr size_t kWaitingLines = 8192;

spdlog::level::level_enum LevelOf(const Exchange& exchange) {
  if (exchange.status >= 500) return spdlog::level::err;
  return exchange.outcome.ok() ? spdlog::level::info : spdlog::level::warn;
}

}  // namespace

AccessLog::AccessLog(spdlog::sink_ptr sink, const Clock* clock)
    : clock_(clock),
      thread_(std::make_shared<spdlog::details::thread_pool>(kWaitingLines, 1)),
      logger_(std::make_shared<spdlog::async_logger>(
          "access", std::move(sink), thread_, spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_pattern("%v");
}

AccessLog::~AccessLog() {
  logger_->flush();
  logger_.reset();
  // Joins its thread when the queue is empty.
  thread_.reset();
}

void AccessLog::OnExchange(const Exchange& exchange) {
  logger_->log(LevelOf(exchange), FormatAccessLine(exchange, clock_->Now()));
}

std::string FormatAccessLine(const Exchange& exchange, Instant now) {
  const Request& request = *exchange.request;
  const auto level = spdlog::level::to_string_view(LevelOf(exchange));
  std::string line = absl::StrCat(
      R"({"time":")",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(now.micros),
                       absl::UTCTimeZone()),
      R"(","level":")", absl::string_view(level.data(), level.size()), R"(","request":)",
      JsonString(request.id), R"(,"peer":)", JsonString(request.peer));
  absl::StrAppend(&line, R"(,"method":")", MethodName(request.method), R"(","target":)",
                  JsonString(request.target), R"(,"route":)", JsonString(request.route));
  absl::StrAppend(&line, R"(,"status":)", exchange.status, R"(,"bytes":)", exchange.sent_bytes,
                  R"(,"micros":)", exchange.duration.count());
  if (const auto agent = request.headers.Find("User-Agent")) {
    absl::StrAppend(&line, R"(,"agent":)", JsonString(*agent));
  }
  if (!exchange.outcome.ok()) {
    absl::StrAppend(&line, R"(,"outcome":)", JsonString(exchange.outcome.ToString()));
  }
  line.push_back('}');
  return line;
}

}  // namespace annals::http
