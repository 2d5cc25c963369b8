#include "server/http/server.h"

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/http/raw_client.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::_;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience(10);

// A request that a test holds until it lets go of it.
struct Gate {
  std::promise<void> entered;
  std::promise<void> released;
};

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    router_.Add(Method::kGet, "/hello",
                Immediately([](const Request&) { return Response::Of("text/plain", "hello\n"); }));
    router_.Add(Method::kPost, "/echo", Immediately([](const Request& request) {
                  return Response::Of("application/octet-stream", request.body);
                }));
    router_.Add(Method::kGet, "/fail/{how}", Immediately(Fail));
    router_.Add(Method::kGet, "/large", Immediately([](const Request&) {
                  return Response::Of("image/png", std::string(3 << 20, 'x'));
                }));
    router_.Add(Method::kGet, "/held",
                [this](const Request&) -> Awaitable<absl::StatusOr<Response>> {
                  auto wait = [this] {
                    gate_.entered.set_value();
                    gate_.released.get_future().wait();
                    return absl::StatusOr<Response>(Response::Of("text/plain", "at last\n"));
                  };
                  co_return co_await RunBlocking(pool_, wait);
                });
  }

  static absl::StatusOr<Response> Fail(const Request& request) {
    if (request.Parameter("how") == "throwing") throw std::runtime_error("out of luck");
    if (request.Parameter("how") == "injecting") {
      Response response = Response::Of("text/plain", "ok\n");
      response.headers.Add("X-Bad", "a\r\nX-Injected: b");
      response.headers.Add("Content-Length", "1");
      return response;
    }
    return absl::ResourceExhaustedError("too much of \"it\"");
  }

  void Start(ServerOptions options = {}) {
    options.limits.linger_timeout = std::chrono::milliseconds(100);
    auto server = HttpServer::Start(std::move(options), std::move(router_));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  RawResponse Ask(absl::string_view request) {
    RawClient client(server_->port());
    client.Send(request);
    return client.Read();
  }
  static std::string Get(absl::string_view target, absl::string_view headers = "") {
    return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n", headers, "\r\n");
  }

  boost::asio::thread_pool pool_{1};
  Gate gate_;
  Router router_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersRequestsOnOneConnection) {
  Start();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(Get("/hello")));
    const RawResponse response = client.Read();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello\n");
    EXPECT_EQ(response.headers.at("content-type"), "text/plain");
    EXPECT_EQ(response.headers.at("x-request-id").size(), 16);
    EXPECT_THAT(response.headers.at("date"), HasSubstr(" GMT"));
  }
}

TEST_F(HttpServerTest, AnswersRequestsThatWereSentAtOnceInOrder) {
  Start();
  RawClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&requests, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n",
                    100 + i);
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.Read().body, absl::StrCat(100 + i));
}

TEST_F(HttpServerTest, SendsLargeBodiesWhole) {
  Start();
  const RawResponse response = Ask(Get("/large"));
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(response.body, std::string(3 << 20, 'x'));
}

TEST_F(HttpServerTest, ClosesWhenTheClientAsksForIt) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(Get("/hello", "Connection: close\r\n")));
  EXPECT_EQ(client.Read().headers.at("connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, AsksForABodyThatIsWaitedWith) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.Send("hello"));
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_F(HttpServerTest, RefusesABodyBeforeItIsSent) {
  ServerOptions options;
  options.limits.body_bytes = 4;
  Start(options);
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, LetsAClientReadWhyItsLargeBodyWasRefused) {
  ServerOptions options;
  options.limits.body_bytes = 1000;
  Start(options);
  RawClient client(server_->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n");
  client.Send(std::string(500'000, 'x'));
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(HttpServerTest, RefusesARequestThatEndsInItsMiddle) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"));
  client.FinishSending();
  EXPECT_EQ(client.Read().status, 400);
}

TEST_F(HttpServerTest, TurnsErrorsIntoProblems) {
  Start();
  const RawResponse refused = Ask(Get("/fail/refusing", "X-Request-Id: my-own.id_1\r\n"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(refused.headers.at("x-request-id"), "my-own.id_1");
  EXPECT_EQ(refused.body,
            "{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,"
            "\"detail\":\"too much of \\\"it\\\"\",\"instance\":\"my-own.id_1\","
            "\"code\":\"RESOURCE_EXHAUSTED\"}\n");
  const RawResponse thrown = Ask(Get("/fail/throwing", "X-Request-Id: <script>\r\n"));
  EXPECT_EQ(thrown.status, 500);
  EXPECT_THAT(thrown.body, HasSubstr("out of luck"));
  EXPECT_EQ(thrown.headers.at("x-request-id").size(), 16);
}

TEST_F(HttpServerTest, LeavesOutHeadersThatWouldBeginOthers) {
  Start();
  const RawResponse response = Ask(Get("/fail/injecting"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "ok\n");
  EXPECT_EQ(response.headers.count("x-injected"), 0);
  EXPECT_EQ(response.headers.count("x-bad"), 0);
}

TEST_F(HttpServerTest, AnswersHeadLikeGetWithoutTheBody) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  const RawResponse response = client.Read(RawClient::To::kHead);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-length"), "6");
  ASSERT_TRUE(client.Send(Get("/hello")));
  EXPECT_EQ(client.Read().body, "hello\n");
}

TEST_F(HttpServerTest, RefusesConnectionsAboveTheLimitAndServesOnceOneIsOver) {
  ServerOptions options;
  options.limits.connections = 1;
  Start(options);
  auto first = std::make_unique<RawClient>(server_->port());
  ASSERT_TRUE(first->Send(Get("/hello")));
  EXPECT_EQ(first->Read().status, 200);
  {
    RawClient second(server_->port());
    const RawResponse refused = second.Read();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.headers.at("retry-after"), "1");
    EXPECT_TRUE(second.IsClosed());
  }
  ASSERT_TRUE(first->Send(Get("/hello")));
  EXPECT_EQ(first->Read().status, 200);
  first.reset();
  int status = 503;
  while (status == 503) status = Ask(Get("/hello")).status;
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerTest, GivesUpOnAHeadThatComesTooSlowly) {
  ServerOptions options;
  options.limits.head_timeout = std::chrono::milliseconds(50);
  Start(options);
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("GET /hello HTTP/1.1\r\nHo"));
  EXPECT_EQ(client.Read().status, 408);
  EXPECT_TRUE(client.IsClosed());
  RawClient silent(server_->port());
  EXPECT_TRUE(silent.IsClosed());
}

TEST_F(HttpServerTest, GivesUpOnABodyThatComesTooSlowly) {
  ServerOptions options;
  options.limits.body_timeout = std::chrono::milliseconds(50);
  Start(options);
  EXPECT_EQ(Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc").status, 408);
}

TEST_F(HttpServerTest, ClosesConnectionsThatAreIdle) {
  ServerOptions options;
  options.limits.idle_timeout = std::chrono::milliseconds(50);
  Start(options);
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(Get("/hello")));
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, GivesUpOnAClientThatDoesNotRead) {
  class Outcomes final : public ExchangeObserver {
   public:
    void OnExchange(const Exchange& exchange) override { last.set_value(exchange.outcome); }
    std::promise<absl::Status> last;
  };
  Outcomes outcomes;
  ServerOptions options;
  options.limits.write_timeout = std::chrono::milliseconds(50);
  options.observers = {&outcomes};
  router_.Add(Method::kGet, "/huge", Immediately([](const Request&) {
                return Response::Of("image/png", std::string(64 << 20, 'x'));
              }));
  Start(options);
  RawClient client(server_->port(), 4096);
  ASSERT_TRUE(client.Send(Get("/huge")));
  auto outcome = outcomes.last.get_future();
  ASSERT_EQ(outcome.wait_for(kPatience), std::future_status::ready);
  EXPECT_THAT(outcome.get(), StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("slowly")));
  server_.reset();
}

TEST_F(HttpServerTest, FinishesRequestsBeforeItStops) {
  Start();
  RawClient idle(server_->port());
  ASSERT_TRUE(idle.Send(Get("/hello")));
  EXPECT_EQ(idle.Read().status, 200);
  RawClient busy(server_->port());
  ASSERT_TRUE(busy.Send(Get("/held")));
  gate_.entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [this] { return server_->Stop(kPatience); });
  EXPECT_TRUE(idle.IsClosed());
  gate_.released.set_value();
  const RawResponse response = busy.Read();
  EXPECT_EQ(response.body, "at last\n");
  EXPECT_EQ(response.headers.at("connection"), "close");
  EXPECT_TRUE(busy.IsClosed());
  EXPECT_THAT(stopped.get(), IsOk());
  RawClient late(server_->port());
  EXPECT_FALSE(late.Send(Get("/hello")) && late.Read().status == 200);
}

TEST_F(HttpServerTest, ClosesWhatIsNotOverInTime) {
  Start();
  RawClient busy(server_->port());
  ASSERT_TRUE(busy.Send(Get("/held")));
  gate_.entered.get_future().wait();
  auto stopped = std::async(std::launch::async,
                            [this] { return server_->Stop(std::chrono::milliseconds(20)); });
  EXPECT_TRUE(busy.IsClosed());
  gate_.released.set_value();
  EXPECT_THAT(stopped.get(), StatusIs(absl::StatusCode::kDeadlineExceeded, _));
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  Start();
  ServerOptions taken;
  taken.port = server_->port();
  EXPECT_THAT(HttpServer::Start(taken, Router()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("in use")));
  ServerOptions named;
  named.address = "localhost";
  EXPECT_THAT(HttpServer::Start(named, Router()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("localhost")));
}

}  // namespace
}  // namespace annals::http
