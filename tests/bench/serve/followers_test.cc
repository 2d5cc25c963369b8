// Subscriptions of a real server, by each of the clients that load it.
#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/serve/follower.h"
#include "bench/serve/grpc_follower.h"
#include "bench/serve/http2_follower.h"
#include "gmock/gmock.h"
#include "tests/server/grpc/grpc_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using bench::Follower;
using bench::Followers;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Values;

constexpr std::chrono::seconds kPatience(30);

// What it was given, as it is known on the context's thread, which is the test's.
struct Received {
  std::vector<std::string> items;
  std::vector<absl::Status> ends;
};

class FollowersTest : public GrpcTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void Follow(const v1::SubscribeRequest& request) { Follow(server().port(), request); }

  void Follow(int port, const v1::SubscribeRequest& request) {
    followers_ = Client(port);
    follower_ = followers_->Follow(
        request, {.take =
                      [this](const v1::SubscribeResponse& response) {
                        asio::post(context_, [this, response] { Take(response); });
                      },
                  .ended =
                      [this](const absl::Status& status) {
                        asio::post(context_, [this, status] { received_.ends.push_back(status); });
                      }});
  }

  // Runs the client until that holds; half a minute at most.
  void Await(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!holds() && std::chrono::steady_clock::now() < until) context_.run_one_until(until);
    EXPECT_TRUE(holds());
  }
  void AwaitItems(size_t count) {
    Await([&] { return received_.items.size() >= count || !received_.ends.empty(); });
  }
  // The one end. All that was begun is over then.
  absl::Status AwaitEnd() {
    Await([&] { return !received_.ends.empty(); });
    followers_.reset();
    context_.poll();
    EXPECT_EQ(received_.ends.size(), 1);
    return received_.ends.empty() ? absl::OkStatus() : received_.ends.front();
  }

  asio::io_context context_;
  const asio::executor_work_guard<asio::io_context::executor_type> more_may_come_{
      context_.get_executor()};
  Received received_;
  std::unique_ptr<Follower> follower_;
  std::unique_ptr<Followers> followers_;  // Destroyed first.

 private:
  std::unique_ptr<Followers> Client(int port) {
    const tcp::endpoint server(asio::ip::address_v4::loopback(), static_cast<uint16_t>(port));
    if (GetParam() == std::string("nghttp2")) {
      return std::make_unique<bench::Http2Followers>(&context_, server);
    }
    return std::make_unique<bench::GrpcFollowers>(absl::StrCat("127.0.0.1:", port), 1);
  }

  void Take(const v1::SubscribeResponse& response) {
    for (const v1::FeedItem& item : response.items()) received_.items.push_back(Text(item));
  }
};

INSTANTIATE_TEST_SUITE_P(Clients, FollowersTest, Values("grpc", "nghttp2"),
                         [](const auto& client) { return std::string(client.param); });

TEST_P(FollowersTest, TakeHistoryAndGoOnLiveUntilTheyAreCancelled) {
  AppendMany(2, "a");
  Follow(Asked<v1::SubscribeRequest>());
  AwaitItems(4);
  AppendMany(1, "b");
  AwaitItems(5);
  EXPECT_THAT(received_.items, ElementsAre("1", "2", "3", "live 3", "4"));
  follower_->Cancel();
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_THAT(ends_.Await("Subscribe"), StatusIs(absl::StatusCode::kCancelled, _));
}

// More than a client's window, and than one message of HTTP/2.
TEST_P(FollowersTest, TakeALongHistoryWithoutAGap) {
  for (const char* const prefix : {"a", "b", "c", "d", "e"}) AppendMany(1'000, prefix, 2'000);
  Follow(Asked<v1::SubscribeRequest>());
  AwaitItems(5'002);
  std::vector<std::string> expected;
  for (int i = 1; i <= 5'001; ++i) expected.push_back(absl::StrCat(i));
  expected.emplace_back("live 5001");
  EXPECT_EQ(received_.items, expected);
  follower_->Cancel();
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_P(FollowersTest, EndWithTheServersStatus) {
  Follow(Asked<v1::SubscribeRequest>("no-sea"));
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"no-sea\"")));
  EXPECT_THAT(received_.items, IsEmpty());
}

TEST_P(FollowersTest, EndWhenNobodyListens) {
  const int port = server().port();
  server_.reset();
  Follow(port, Asked<v1::SubscribeRequest>());
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("refused")));
}

TEST_P(FollowersTest, EndWhenTheServerGoesAway) {
  Follow(Asked<v1::SubscribeRequest>());
  AwaitItems(2);
  server_.reset();
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kUnavailable, _));
  EXPECT_THAT(received_.items, ElementsAre("1", "live 1"));
}

TEST_P(FollowersTest, EndWhenTheConnectionIsCutWithoutAWord) {
  tcp::acceptor acceptor(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket peer(context_);
  std::vector<char> request(24);  // What every HTTP/2 connection begins with.
  acceptor.async_accept(peer, [&](const boost::system::error_code& error) {
    ASSERT_FALSE(error);
    peer.async_read_some(asio::buffer(request),
                         [&](const boost::system::error_code&, size_t) { peer.close(); });
  });
  Follow(acceptor.local_endpoint().port(), Asked<v1::SubscribeRequest>());
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kUnavailable, _));
}

TEST_P(FollowersTest, MayBeCancelledBeforeTheyBegin) {
  Follow(Asked<v1::SubscribeRequest>());
  follower_->Cancel();
  EXPECT_THAT(AwaitEnd(), StatusIs(absl::StatusCode::kCancelled, _));
}

}  // namespace
}  // namespace annals::testing
