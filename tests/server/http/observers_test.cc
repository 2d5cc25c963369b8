#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

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
