#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>

#include <future>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/access_log.h"
#include "server/http/server_metrics.h"
#include "tests/testing/fake_clock.h"

namespace annals::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Request SomeRequest() {
  Request request;
  request.id = "id-1";
  request.peer = "127.0.0.1:4711";
  request.target = "/v1/timelines/t?x=\"1\"";
  request.route = "/v1/timelines/{timeline}";
  request.headers.Add("User-Agent", "agent\xff\"");
  return request;
}

Exchange SomeExchange(const Request* request) {
  Exchange exchange;
  exchange.request = request;
  exchange.status = 200;
  exchange.sent_bytes = 312;
  exchange.duration = std::chrono::microseconds(700);
  return exchange;
}

// Nothing gets through before it is opened.
class Gate final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Gate(std::ostream* out) : out_(out) {}
  void Open() { opened_.set_value(); }
  void AwaitALine() { arrived_.get_future().wait(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!std::exchange(open_, true)) {
      arrived_.set_value();
      opened_.get_future().wait();
    }
    *out_ << absl::string_view(message.payload.data(), message.payload.size()) << '\n';
  }
  void flush_() override {}

 private:
  std::ostream* const out_;
  bool open_ = false;
  std::promise<void> arrived_;
  std::promise<void> opened_;
};

TEST(AccessLogTest, TellsHowManyLinesWereTooMany) {
  const Request request = SomeRequest();
  const Exchange exchange = SomeExchange(&request);
  constexpr int kLines = 30'000;
  std::ostringstream out;
  const auto gate = std::make_shared<Gate>(&out);
  {
    AccessLog log(gate);
    log.OnExchange(exchange);
    gate->AwaitALine();
    for (int i = 0; i < kLines; ++i) log.OnExchange(exchange);
    gate->Open();
  }
  std::istringstream lines(out.str());
  std::string line;
  int written = 0;
  while (std::getline(lines, line) && !absl::StrContains(line, "left_out_lines")) {
    EXPECT_THAT(line, HasSubstr("\"request\":\"id-1\""));
    ++written;
  }
  EXPECT_GT(written, 1'000);
  EXPECT_EQ(line,
            absl::StrCat("{\"level\":\"warning\",\"left_out_lines\":", 1 + kLines - written, "}"));
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(AccessLogTest, WritesALineOfJsonForEachRequest) {
  const Request request = SomeRequest();
  Exchange exchange = SomeExchange(&request);
  const testing::FakeClock clock(Instant{1'767'873'600'123'456});
  std::ostringstream out;
  {
    AccessLog log(std::make_shared<spdlog::sinks::ostream_sink_mt>(out), &clock);
    log.OnExchange(exchange);
    exchange.outcome = absl::ResourceExhaustedError("too slow");
    log.OnExchange(exchange);
    exchange.status = 500;
    log.OnExchange(exchange);
  }
  std::istringstream lines(out.str());
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, R"({"time":"2026-01-08T12:00:00.123456Z","level":"info","request":"id-1",)"
                  R"("peer":"127.0.0.1:4711","method":"GET","target":"/v1/timelines/t?x=\"1\"",)"
                  R"("route":"/v1/timelines/{timeline}","status":200,"bytes":312,"micros":700,)"
                  "\"agent\":\"agent\xEF\xBF\xBD\\\"\"}");
  std::getline(lines, line);
  EXPECT_THAT(line, HasSubstr(R"("level":"warning")"));
  EXPECT_THAT(line, HasSubstr(R"("outcome":"RESOURCE_EXHAUSTED: too slow")"));
  std::getline(lines, line);
  EXPECT_THAT(line, HasSubstr(R"("level":"error")"));
}

TEST(ServerMetricsTest, CountsRequestsByRouteAndStatus) {
  prometheus::Registry registry;
  ServerMetrics metrics(&registry);
  const Request request = SomeRequest();
  Exchange exchange = SomeExchange(&request);
  metrics.OnExchange(exchange);
  metrics.OnExchange(exchange);
  exchange.streamed = true;
  exchange.outcome = absl::ResourceExhaustedError("too slow");
  metrics.OnExchange(exchange);
  const Request unmatched;
  metrics.OnExchange(SomeExchange(&unmatched));
  metrics.OnConnectionOpened();
  metrics.OnConnectionOpened();
  metrics.OnConnectionClosed();
  metrics.OnConnectionRefused();

  const std::string text = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_THAT(text, HasSubstr("annals_http_requests_total{method=\"GET\","
                              "route=\"/v1/timelines/{timeline}\",status=\"200\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("route=\"none\",status=\"200\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("annals_http_request_seconds_bucket{"
                              "route=\"/v1/timelines/{timeline}\",le=\"0.001\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("annals_http_request_seconds_bucket{"
                              "route=\"/v1/timelines/{timeline}\",le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("annals_http_sent_bytes_total 1248\n"));
  EXPECT_THAT(text, HasSubstr("annals_http_streams_cut_total{code=\"RESOURCE_EXHAUSTED\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("annals_http_connections 1\n"));
  EXPECT_THAT(text, HasSubstr("annals_http_connections_refused_total 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("?x=")));
}

}  // namespace
}  // namespace annals::http
