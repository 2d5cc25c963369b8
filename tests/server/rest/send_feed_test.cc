#include "server/rest/send_feed.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "engine/access/principal.h"
#include "engine/feed/feed.h"
#include "engine/service/guarded_store.h"
#include "engine/service/stream_pass.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/server.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/server/http/raw_client.h"
#include "tests/testing/status_matchers.h"

namespace annals::rest {
namespace {

using ::annals::testing::Asked;
using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::annals::testing::WithId;
using ::annals::testing::WreckFound;
using ::testing::HasSubstr;

// How each stream ended, in the order in which they did.
class Outcomes final : public http::ExchangeObserver {
 public:
  void OnExchange(const http::Exchange& exchange) override {
    if (exchange.streamed && !told_.exchange(true)) first_.set_value(exchange.outcome);
  }
  absl::Status AwaitFirst() {
    auto first = first_.get_future();
    if (first.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
      return absl::UnknownError("no stream is over");
    }
    return first.get();
  }

 private:
  std::atomic<bool> told_ = false;
  std::promise<absl::Status> first_;
};

// A server with "/feed" and "/lines" alone, whose readers have 200 ms to make room and
// get a sign of life every 5 ms.
class SendFeedTest : public annals::testing::StoreServiceTest {
 protected:
  void SetUp() override {
    StoreServiceTest::SetUp();
    feed_ = std::make_unique<Feed>(&opened_.store().log(), Feed::Options{});
    http::Router router;
    router.Add(http::Method::kGet, "/feed", http::Immediately([this](const http::Request&) {
                 return Follow(FeedForm::kEvents);
               }));
    router.Add(http::Method::kGet, "/lines", http::Immediately([this](const http::Request&) {
                 return Follow(FeedForm::kLines);
               }));
    auto server = http::HttpServer::Start({.observers = {&outcomes_}}, std::move(router));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }
  void TearDown() override {
    server_.reset();
    pool_.join();
  }

  absl::StatusOr<http::Response> Follow(FeedForm form) {
    auto subscription = feed_->Subscribe(Asked<v1::SubscribeRequest>());
    if (!subscription.ok()) return subscription.status();
    return http::Response::Streaming(
        "text/event-stream", FeedBody(EventCursor(*std::move(subscription), {.form = form}), form,
                                      std::make_shared<const StreamPass>(
                                          &guarded_, Principal::OfThisMachine(), "sea", nullptr),
                                      {.heads = &feed_->heads(),
                                       .pool = &pool_,
                                       .clock = &opened_.clock(),
                                       .readers = &readers_,
                                       .patience = std::chrono::milliseconds(200),
                                       .heartbeat = std::chrono::milliseconds(5)}));
  }

  std::unique_ptr<http::RawClient> Reader(int receive_bytes = 0) {
    auto reader = std::make_unique<http::RawClient>(server_->port(), receive_bytes);
    reader->Send("GET /feed HTTP/1.1\r\nHost: h\r\n\r\n");
    return reader;
  }

  // The position of the next event; 0 if there is none.
  static uint64_t NextPosition(http::RawClient* reader) {
    while (true) {
      const std::string id_line = reader->ReadUntil("id: ");
      if (id_line.empty()) return 0;
      const std::string digits = reader->ReadUntil("\n");
      const std::string kind = reader->ReadUntil("\n");
      uint64_t position = 0;
      if (!absl::SimpleAtoi(absl::StripSuffix(digits, "\n"), &position)) return 0;
      if (kind == "event: event\n") return position;
    }
  }

  std::atomic<int64_t> readers_ = 0;
  boost::asio::thread_pool pool_{1};
  const GuardedStore guarded_;
  std::unique_ptr<Feed> feed_;
  Outcomes outcomes_;
  std::unique_ptr<http::HttpServer> server_;
};

TEST_F(SendFeedTest, EveryReaderGetsEveryEventInOrderWhileOthersAppend) {
  constexpr int kReaders = 4;
  constexpr uint64_t kEvents = 300;
  std::vector<std::unique_ptr<http::RawClient>> readers;
  for (int i = 0; i < kReaders; ++i) readers.push_back(Reader());
  std::thread writer([this] {
    for (uint64_t i = 0; i < kEvents; ++i) {
      ASSERT_OK(Append({WithId(WreckFound("star", true, {"1931-06", ""}), absl::StrCat("e", i))}));
    }
  });
  for (const auto& reader : readers) {
    for (uint64_t expected = 1; expected <= kEvents + 1; ++expected) {
      ASSERT_EQ(NextPosition(reader.get()), expected);
    }
  }
  writer.join();
  EXPECT_EQ(readers_.load(), kReaders);
}

TEST_F(SendFeedTest, AReaderThatDoesNotReadIsCutAndTheOthersAreNot) {
  v1::Event large = WreckFound("star", true, {"1931-06", ""});
  (*large.mutable_metadata())["note"] = std::string(60'000, 'x');
  const auto stuck = Reader(4096);
  stuck->ReadUntil("\r\n\r\n");
  const auto good = Reader();
  constexpr uint64_t kEvents = 150;  // 9 MB, more than the system's buffers take.
  std::thread writer([&] {
    for (uint64_t i = 0; i < kEvents; ++i) {
      ASSERT_OK(Append({WithId(large, absl::StrCat("e", i))}));
    }
  });
  for (uint64_t expected = 1; expected <= kEvents + 1; ++expected) {
    ASSERT_EQ(NextPosition(good.get()), expected);
  }
  writer.join();
  EXPECT_THAT(outcomes_.AwaitFirst(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too slow")));
  ASSERT_OK(Append({WithId(WreckFound("star", true, {"1931-06", ""}), "later")}));
  EXPECT_EQ(NextPosition(good.get()), kEvents + 2);
}

TEST_F(SendFeedTest, AQuietFeedShowsThatSomebodyIsThere) {
  const auto reader = Reader();
  ASSERT_THAT(reader->ReadUntil("event: caught-up\ndata: {\"position\": 1}\n\n"),
              HasSubstr("id: 1"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(reader->ReadUntil("\n\n"), HasSubstr(":\n\n"));

  http::RawClient lines(server_->port());
  lines.Send("GET /lines HTTP/1.1\r\nHost: h\r\n\r\n");
  lines.ReadUntil("{\"caughtUp\": {\"position\": 1}}\n");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(lines.ReadUntil("}}\n"), HasSubstr("{\"checkpoint\": {\"position\": 1}}\n"));
  }
}

}  // namespace
}  // namespace annals::rest
