#include "server/http/access_log.h"

#include <spdlog/logger.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/http/method.h"
#include "server/http/problem.h"

namespace annals::http {
namespace {

constexpr size_t kMostWaitingBytes = size_t{4} << 20;
constexpr std::chrono::milliseconds kGathering(50);

spdlog::level::level_enum LevelOf(const Exchange& exchange) {
  if (exchange.status >= 500) return spdlog::level::err;
  return exchange.outcome.ok() ? spdlog::level::info : spdlog::level::warn;
}

// RFC 3339, with microseconds. Most lines of a thread are of the second of the one before.
std::string TimeText(Instant now) {
  struct Second {
    int64_t number = -1;
    std::string text;
  };
  thread_local Second last;
  const int64_t second = absl::ToUnixSeconds(absl::FromUnixMicros(now.micros));  // Rounded down.
  if (second != last.number) {
    last = {second, absl::FormatTime("%Y-%m-%dT%H:%M:%S.", absl::FromUnixSeconds(second),
                                     absl::UTCTimeZone())};
  }
  // A digit more, which is then cut off, keeps the zeros.
  const std::string micros = absl::StrCat(1'000'000 + now.micros - second * 1'000'000);
  return absl::StrCat(last.text, absl::string_view(micros).substr(1), "Z");
}

}  // namespace

AccessLog::AccessLog(spdlog::sink_ptr sink, const Clock* clock)
    : clock_(clock), logger_(std::make_unique<spdlog::logger>("access", std::move(sink))) {
  logger_->set_pattern("%v");
  thread_ = std::thread([this] { Write(); });
}

AccessLog::~AccessLog() {
  {
    MutexLock lock(&mutex_);
    ending_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
}

void AccessLog::OnExchange(const Exchange& exchange) {
  const std::string line = FormatAccessLine(exchange, clock_->Now());
  MutexLock lock(&mutex_);
  if (waiting_.size() + line.size() > kMostWaitingBytes) {
    ++left_out_;
    return;
  }
  if (waiting_.empty()) changed_.NotifyOne();
  absl::StrAppend(&waiting_, waiting_.empty() ? "" : "\n", line);
}

void AccessLog::Write() {
  bool ending = false;
  while (!ending) {
    std::string lines;
    {
      MutexLock lock(&mutex_);
      while (!ending_ && waiting_.empty()) changed_.Wait(&mutex_);
      // More will come; the end comes at once.
      const auto gathered = std::chrono::steady_clock::now() + kGathering;
      while (!ending_ && std::chrono::steady_clock::now() < gathered) {
        changed_.WaitFor(&mutex_, kGathering);
      }
      lines.swap(waiting_);
      ending = ending_;
      if (left_out_ > 0) {
        absl::StrAppend(&lines, "\n{\"level\":\"warning\",\"left_out_lines\":", left_out_, "}");
        left_out_ = 0;
      }
    }
    if (lines.empty()) continue;
    logger_->info(lines);
    logger_->flush();
  }
}

std::string FormatAccessLine(const Exchange& exchange, Instant now) {
  const Request& request = *exchange.request;
  const auto level = spdlog::level::to_string_view(LevelOf(exchange));
  std::string line = absl::StrCat(R"({"time":")", TimeText(now), R"(","level":")",
                                  absl::string_view(level.data(), level.size()), R"(","request":)",
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
