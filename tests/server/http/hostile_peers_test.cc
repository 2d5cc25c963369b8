// Peers that mean ill, or know no better, over real sockets: each is refused or cut,
// and a neighbour notices nothing.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/server.h"
#include "tests/server/http/malformed_requests.h"
#include "tests/server/http/raw_client.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kSmuggled[] = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr char kHello[] = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

class HostilePeersTest : public ::testing::Test {
 protected:
  HostilePeersTest() {
    const auto hello = [](const Request&) { return Response::Of("text/plain", "hello\n"); };
    router_.Add(Method::kGet, "/hello", Immediately(hello));
    router_.Add(Method::kGet, "/smuggled", Immediately([this, hello](const Request& request) {
                  ++smuggled_;
                  return hello(request);
                }));
    router_.Add(Method::kPost, "/echo", Immediately([](const Request& request) {
                  return Response::Of("application/octet-stream", request.body);
                }));
    router_.Add(Method::kGet, "/held",
                [this](const Request&) -> Awaitable<absl::StatusOr<Response>> {
                  auto wait = [this] {
                    ++entered_;
                    released_.wait();
                    return absl::StatusOr<Response>(Response::Of("text/plain", "at last\n"));
                  };
                  co_return co_await RunBlocking(pool_, wait);
                });
  }

  void Start(const Limits& limits) {
    ServerOptions options;
    options.limits = limits;
    options.limits.linger_timeout = std::chrono::milliseconds(100);
    auto server = HttpServer::Start(std::move(options), std::move(router_));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    neighbour_ = std::make_unique<RawClient>(server_->port());
    ExpectTheNeighbourIsServed();
  }

  // On one connection all the time.
  void ExpectTheNeighbourIsServed() {
    ASSERT_TRUE(neighbour_->Send(kHello));
    EXPECT_EQ(neighbour_->Read().body, "hello\n");
  }

  static void ExpectProblem(const RawResponse& response, int status) {
    EXPECT_EQ(response.status, status);
    EXPECT_TRUE(response.whole);
    EXPECT_EQ(response.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(response.headers.at("connection"), "close");
    EXPECT_THAT(response.body, AllOf(HasSubstr(absl::StrCat("\"status\":", status, ",")),
                                     HasSubstr("\"detail\":\""), HasSubstr("\"code\":\"")));
  }

  boost::asio::thread_pool pool_{1};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  std::atomic<int> entered_ = 0;
  std::atomic<int> smuggled_ = 0;
  Router router_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<RawClient> neighbour_;
};

TEST_F(HostilePeersTest, NothingBehindAMalformedRequestIsAnswered) {
  Start(SmallLimits());
  for (const MalformedRequest& malformed : MalformedRequests()) {
    SCOPED_TRACE(malformed.name);
    RawClient client(server_->port());
    ASSERT_TRUE(client.Send(absl::StrCat(malformed.bytes, kSmuggled)));
    ExpectProblem(client.Read(), malformed.http_status);
    EXPECT_TRUE(client.IsClosed());
    ExpectTheNeighbourIsServed();
  }
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(HostilePeersTest, WhatStandsBeforeAMalformedRequestIsAnswered) {
  Start({});
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(
      absl::StrCat(kHello, "GET /smuggled HTTP/1.1\r\nHost : h\r\n\r\n", kSmuggled, kSmuggled)));
  EXPECT_EQ(client.Read().body, "hello\n");
  ExpectProblem(client.Read(), 400);
  EXPECT_TRUE(client.IsClosed());
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(HostilePeersTest, ABodyIsNeverARequest) {
  Start({});
  const std::string size = absl::StrCat(sizeof kSmuggled - 1);
  for (const std::string& request :
       {absl::StrCat("GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: ", size, "\r\n\r\n",
                     kSmuggled),
        absl::StrCat("GET /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: ", size, "\r\n\r\n",
                     kSmuggled),
        absl::StrCat("GET /hello HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                     absl::Hex(sizeof kSmuggled - 1), "\r\n", kSmuggled, "\r\n0\r\n\r\n")}) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.Send(request));
    EXPECT_NE(client.Read().status, 0);
    ASSERT_TRUE(client.Send(kHello));
    EXPECT_EQ(client.Read().body, "hello\n") << "the connection goes on behind the body";
  }
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(HostilePeersTest, NoOtherProtocolIsTakenUp) {
  Start({});
  for (const char* upgrade :
       {"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"}) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.Send(absl::StrCat("GET /hello HTTP/1.1\r\nHost: h\r\n", upgrade, "\r\n")));
    const RawResponse response = client.Read();
    EXPECT_EQ(response.status, 200) << upgrade;
    EXPECT_EQ(response.headers.count("upgrade"), 0) << upgrade;
  }
}

TEST_F(HostilePeersTest, AHeadByteByByteIsCutAtItsDeadline) {
  Limits limits;
  limits.head_timeout = std::chrono::milliseconds(300);
  limits.head_bytes = size_t{1} << 20;
  Start(limits);
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("GET /hello HTTP/1.1\r\nHost: h\r\nA: "));
  // Always something new, and never the end.
  while (!client.HasSomething()) {
    client.Send("a");
    ExpectTheNeighbourIsServed();
  }
  ExpectProblem(client.Read(), 408);
}

TEST_F(HostilePeersTest, ABodyByteByByteIsCutAtItsDeadline) {
  Limits limits;
  limits.body_timeout = std::chrono::milliseconds(300);
  Start(limits);
  for (const char* framing : {"Content-Length: 8000000", "Transfer-Encoding: chunked"}) {
    SCOPED_TRACE(framing);
    RawClient client(server_->port());
    ASSERT_TRUE(
        client.Send(absl::StrCat("POST /echo HTTP/1.1\r\nHost: h\r\n", framing, "\r\n\r\n")));
    while (!client.HasSomething()) {
      client.Send("1\r\na\r\n");
      ExpectTheNeighbourIsServed();
    }
    ExpectProblem(client.Read(), 408);
  }
}

TEST_F(HostilePeersTest, ChunksTogetherOverTheLimitAreRefusedWhileTheyCome) {
  Limits limits;
  limits.body_bytes = 1000;
  Start(limits);
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  // It has no end, so that the refusal can't wait for one.
  for (int i = 0; i < 1001; ++i) client.Send("1\r\na\r\n");
  ExpectProblem(client.Read(), 413);
  ExpectTheNeighbourIsServed();
}

TEST_F(HostilePeersTest, AClientThatSendsNoMoreIsAnsweredStill) {
  Start({});
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(absl::StrCat(kHello, kHello)));
  client.FinishSending();
  EXPECT_EQ(client.Read().body, "hello\n");
  EXPECT_EQ(client.Read().body, "hello\n");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HostilePeersTest, ResetsAnywhereDisturbNobody) {
  Start({});
  const std::string request =
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (size_t sent = 0; sent <= request.size(); ++sent) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.Send(request.substr(0, sent)));
    client.Reset();
    if (sent % 8 == 0) ExpectTheNeighbourIsServed();
  }
  // While the answer is made: nobody is there to take it.
  RawClient gone(server_->port());
  ASSERT_TRUE(gone.Send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n"));
  while (entered_ == 0) ExpectTheNeighbourIsServed();
  gone.Reset();
  release_.set_value();
  ExpectTheNeighbourIsServed();
  EXPECT_THAT(server_->Stop(std::chrono::seconds(10)), IsOk());
}

}  // namespace
}  // namespace annals::http
