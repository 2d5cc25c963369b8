// Feeds over gRPC: in order, without gap or repeat, whoever is slow or goes.
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/feed/view_changes.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/grpc/grpc_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GrpcFeedsTest : public GrpcTest {
 protected:
  static std::vector<std::string> Take(const EventStream& feed, size_t count) {
    std::vector<std::string> texts;
    v1::FeedItem item;
    while (texts.size() < count && feed->Read(&item)) texts.push_back(Text(item));
    return texts;
  }

  // The positions of events up to `last`, which go on from `after`; else a complaint.
  static std::string ReadUpTo(const EventStream& feed, uint64_t after, uint64_t last) {
    v1::FeedItem item;
    while (after < last) {
      if (!feed->Read(&item)) return absl::StrCat("the stream ends after ", after);
      if (!item.has_event()) continue;
      if (item.event().position() != after + 1) {
        return absl::StrCat(item.event().position(), " follows ", after);
      }
      ++after;
    }
    return "";
  }
};

TEST_F(GrpcFeedsTest, DeliverHistoryAndGoOnLive) {
  AppendMany(2, "a");
  const auto context = Context();
  const EventStream feed = Subscribe(context.get(), 0);
  EXPECT_THAT(Take(feed, 4), ElementsAre("1", "2", "3", "live 3"));
  AppendMany(1, "b");
  v1::FeedItem item;
  ASSERT_TRUE(feed->Read(&item));
  auto request = Asked<v1::GetEventRequest>();
  request.set_position(4);
  ASSERT_OK_AND_ASSIGN(const v1::Event stored, service().GetEvent(request));
  EXPECT_TRUE(MessageDifferencer::Equals(item.event(), stored)) << item.DebugString();
}

TEST_F(GrpcFeedsTest, ResumeAfterTheLastItem) {
  AppendMany(3, "a");
  const auto context = Context();
  EXPECT_THAT(Take(Subscribe(context.get(), 3), 2), ElementsAre("4", "live 4"));
}

TEST_F(GrpcFeedsTest, AFilterLetsOnlyMatchingEventsThrough) {
  TellOfTwoShips();
  auto request = Asked<v1::SubscribeRequest>();
  request.mutable_filter()->add_types("annals.v1.TimelineCreated");
  const auto context = Context();
  const EventStream feed = Items(stub().Subscribe(context.get(), request));
  EXPECT_THAT(Take(feed, 2), ElementsAre("1", "live 4"));
}

// Nothing else happens, so only a timer can bring it.
TEST_F(GrpcFeedsTest, ACheckpointComesThoughNothingMatches) {
  auto request = Asked<v1::SubscribeRequest>();
  request.mutable_filter()->add_types("annals.v1.TimelineCreated");
  const auto context = Context();
  const EventStream feed = Items(stub().Subscribe(context.get(), request));
  EXPECT_THAT(Take(feed, 2), ElementsAre("1", "live 1"));
  AppendMany(3, "a");
  EXPECT_THAT(Take(feed, 1), ElementsAre("checkpoint 4"));
}

TEST_F(GrpcFeedsTest, RefuseWhatTheFeedRefuses) {
  const auto beyond = Context();
  EXPECT_THAT(FromGrpc(Subscribe(beyond.get(), 7)->Finish()),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 7")));
  const auto elsewhere = Context();
  EXPECT_THAT(
      FromGrpc(stub().Subscribe(elsewhere.get(), Asked<v1::SubscribeRequest>("see"))->Finish()),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"see\"")));
}

TEST_F(GrpcFeedsTest, HaveNoGapAndNoRepeatWhileWritersWrite) {
  constexpr int kWriters = 3;
  constexpr int kBatches = 25;
  constexpr int kEach = 7;
  constexpr uint64_t kLast = 1 + kWriters * kBatches * kEach;
  std::vector<std::future<std::string>> subscribers;
  for (uint64_t after : {0, 1, 0, 1}) {
    subscribers.push_back(std::async(std::launch::async, [this, after] {
      const auto context = Context();
      return ReadUpTo(Subscribe(context.get(), after), after, kLast);
    }));
  }
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < kBatches; ++i) AppendMany(kEach, absl::StrCat(writer, "-", i, "-"));
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (auto& subscriber : subscribers) EXPECT_EQ(subscriber.get(), "");
}

TEST_F(GrpcFeedsTest, EndWhenTheyAreCancelled) {
  const auto context = Context();
  const EventStream feed = Subscribe(context.get(), 0);
  EXPECT_THAT(Take(feed, 2), ElementsAre("1", "live 1"));
  EXPECT_EQ(server().streams(), 1);
  context->TryCancel();
  EXPECT_EQ(FromGrpc(feed->Finish()).code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(ends().Await("Subscribe"), StatusIs(absl::StatusCode::kCancelled, HasSubstr("")));
}

TEST_F(GrpcFeedsTest, EndAtTheirDeadline) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  const EventStream feed = Subscribe(&context, 0);
  v1::FeedItem item;
  while (feed->Read(&item)) continue;
  EXPECT_EQ(FromGrpc(feed->Finish()).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(ends().Await("Subscribe"), StatusIs(absl::StatusCode::kCancelled, HasSubstr("")));
}

// Far more than the portion and what the transport holds for a connection.
TEST_F(GrpcFeedsTest, ASlowReaderIsCutWithAReasonAndResumes) {
  Serve({.slow_reader_patience = std::chrono::milliseconds(100)});
  constexpr int kBatches = 40;
  constexpr int kEach = 10;
  constexpr uint64_t kLast = 1 + kBatches * kEach;
  for (int i = 0; i < kBatches; ++i) AppendMany(kEach, absl::StrCat(i, "-"), 50'000);
  uint64_t last = 0;
  {
    const auto context = Context();
    const EventStream feed = Subscribe(context.get(), 0);
    // Nothing is read until the server has given it up.
    const absl::Status cut = ends().Await("Subscribe");
    EXPECT_THAT(cut, StatusIs(absl::StatusCode::kResourceExhausted,
                              HasSubstr("go on after the last item received")));
    v1::FeedItem item;
    while (feed->Read(&item)) {
      ASSERT_TRUE(item.has_event());
      ASSERT_EQ(item.event().position(), last + 1);
      last = item.event().position();
    }
    const absl::Status seen = FromGrpc(feed->Finish());
    // A reader that lets the second patience pass too sees it cut off.
    EXPECT_TRUE(seen == cut || seen.code() == absl::StatusCode::kCancelled) << seen;
  }
  EXPECT_LT(last, kLast);
  const auto context = Context();
  EXPECT_EQ(ReadUpTo(Subscribe(context.get(), last), last, kLast), "");
}

TEST_F(GrpcFeedsTest, AViewsChangesAreThoseOfTheEngine) {
  TellOfTwoShips();
  auto request = Asked<v1::SubscribeViewRequest>();
  request.set_view("losses");
  Store& store = opened_.store();
  ASSERT_OK_AND_ASSIGN(const auto changes,
                       ViewChanges::Open(&store.queries(), &store.log(), request));
  ASSERT_OK_AND_ASSIGN(const ViewChangeBatch expected, changes->Next({}));
  ASSERT_GE(expected.items.size(), 4);
  const auto context = Context();
  ItemStream<v1::SubscribeViewResponse> feed(stub().SubscribeView(context.get(), request));
  v1::ViewFeedItem item;
  for (const v1::ViewFeedItem& one : expected.items) {
    ASSERT_TRUE(feed.Read(&item));
    EXPECT_TRUE(MessageDifferencer::Equals(item, one)) << item.DebugString();
  }
  AppendMany(1, "a");
  ASSERT_TRUE(feed.Read(&item));
  EXPECT_EQ(item.checkpoint().position(), 5) << "which changes nothing in the view";
  context->TryCancel();
}

TEST_F(GrpcFeedsTest, RefuseAnUnknownView) {
  auto request = Asked<v1::SubscribeViewRequest>();
  request.set_view("gains");
  const auto context = Context();
  EXPECT_THAT(FromGrpc(stub().SubscribeView(context.get(), request)->Finish()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("losses")));
}

}  // namespace
}  // namespace annals::testing
