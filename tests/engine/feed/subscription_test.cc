#include "engine/feed/subscription.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/feed/feed.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::kNoon;
using ::annals::testing::kSecond;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kMillisecond = 1'000;

class SubscriptionTest : public LogFixture {
 protected:
  SubscriptionTest() { EXPECT_OK(Append({testing::MakeTimeline()})); }

  // Appends events until the head is `head`.
  void AppendUpTo(uint64_t head, const std::string& stream = "s", const std::string& text = "x") {
    std::vector<v1::Event> events;
    for (uint64_t p = log().GetHead("t")->position.value + 1; p <= head; ++p) {
      events.push_back(MakeNote(absl::StrCat("e", p), stream, text));
    }
    ASSERT_OK(Append(std::move(events)));
  }

  static v1::SubscribeRequest Request(uint64_t after, const std::string& prefix = "") {
    v1::SubscribeRequest request;
    request.set_timeline("t");
    request.set_after(after);
    if (!prefix.empty()) request.mutable_filter()->add_stream_prefixes(prefix);
    return request;
  }

  std::unique_ptr<Subscription> Subscribe(Feed* feed, uint64_t after,
                                          const std::string& prefix = "") {
    auto subscription = feed->Subscribe(Request(after, prefix));
    EXPECT_OK(subscription);
    return *std::move(subscription);
  }

  // "5" for an event, "c5" for a checkpoint, "live5" for caught up.
  static std::vector<std::string> Texts(const absl::StatusOr<FeedBatch>& batch) {
    EXPECT_OK(batch);
    std::vector<std::string> texts;
    for (const FeedItem& item : batch->items) {
      const char* const kind = item.kind == FeedItem::Kind::kEvent        ? ""
                               : item.kind == FeedItem::Kind::kCheckpoint ? "c"
                                                                          : "live";
      texts.push_back(absl::StrCat(kind, item.position.value));
    }
    return texts;
  }
};

TEST_F(SubscriptionTest, DeliversHistoryAndGoesOnLive) {
  Feed feed(&log(), {});
  AppendUpTo(3);
  const auto subscription = Subscribe(&feed, 0);
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("1", "2", "3", "live3"));
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), IsEmpty());
  AppendUpTo(5);
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("4", "5"));
}

TEST_F(SubscriptionTest, ResumesAfterTheLastPosition) {
  Feed feed(&log(), {});
  AppendUpTo(4);
  EXPECT_THAT(Texts(Subscribe(&feed, 2)->Next({}, kNoon)), ElementsAre("3", "4", "live4"));
  EXPECT_THAT(Texts(Subscribe(&feed, 4)->Next({}, kNoon)), ElementsAre("live4"));
}

TEST_F(SubscriptionTest, RefusesAPositionBeyondTheHead) {
  Feed feed(&log(), {});
  EXPECT_THAT(feed.Subscribe(Request(2)),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 2 is beyond")));
}

TEST_F(SubscriptionTest, RefusesAnUnknownTimelineAndABadFilter) {
  Feed feed(&log(), {});
  v1::SubscribeRequest request = Request(0);
  request.set_timeline("elsewhere");
  EXPECT_THAT(feed.Subscribe(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("elsewhere")));
  request = Request(0);
  request.mutable_filter()->add_types("");
  EXPECT_THAT(feed.Subscribe(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("filter.types")));
}

TEST_F(SubscriptionTest, ABatchIsBoundedInEvents) {
  Feed feed(&log(), {});
  AppendUpTo(5);
  const auto subscription = Subscribe(&feed, 0);
  const Subscription::Limits two = {.max_events = 2};
  const auto batch = subscription->Next(two, kNoon);
  EXPECT_THAT(Texts(batch), ElementsAre("1", "2"));
  EXPECT_FALSE(batch->at_head);
  EXPECT_THAT(Texts(subscription->Next(two, kNoon)), ElementsAre("3", "4"));
  EXPECT_THAT(Texts(subscription->Next(two, kNoon)), ElementsAre("5", "live5"));
}

TEST_F(SubscriptionTest, ABatchIsBoundedInBytesButMakesProgress) {
  Feed feed(&log(), {});
  AppendUpTo(4, "s", std::string(1'000, 'x'));
  const auto subscription = Subscribe(&feed, 1);
  EXPECT_THAT(Texts(subscription->Next({.max_bytes = 2'800}, kNoon)), ElementsAre("2", "3"));
  EXPECT_THAT(Texts(subscription->Next({.max_bytes = 10}, kNoon)), ElementsAre("4", "live4"));
}

TEST_F(SubscriptionTest, SaysCaughtUpOncePerLag) {
  Feed feed(&log(), {.subscription = {.lag_positions = 3}});
  const auto subscription = Subscribe(&feed, 0);
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("1", "live1"));
  AppendUpTo(4);  // Three behind: still live.
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("2", "3", "4"));
  AppendUpTo(8);  // Four behind.
  EXPECT_THAT(Texts(subscription->Next({.max_events = 2}, kNoon)), ElementsAre("5", "6"));
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("7", "8", "live8"));
  AppendUpTo(9);
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("9"));
}

TEST_F(SubscriptionTest, AReaderBehindTheRingMissesNothing) {
  Feed feed(&log(), {.tail = {.max_events = 2}});
  const auto slow = Subscribe(&feed, 0);
  const auto fast = Subscribe(&feed, 0);
  AppendUpTo(3);
  EXPECT_THAT(Texts(fast->Next({}, kNoon)), ElementsAre("1", "2", "3", "live3"));
  EXPECT_THAT(Texts(slow->Next({.max_events = 1}, kNoon)), ElementsAre("1"));
  AppendUpTo(5);
  EXPECT_THAT(Texts(fast->Next({}, kNoon)), ElementsAre("4", "5"));
  EXPECT_THAT(Texts(slow->Next({}, kNoon)), ElementsAre("2", "3", "4", "5", "live5"));
}

TEST_F(SubscriptionTest, LiveEventsAreShared) {
  Feed feed(&log(), {});
  const auto one = Subscribe(&feed, 1);
  const auto other = Subscribe(&feed, 1);
  AppendUpTo(2);
  const auto first = one->Next({}, kNoon);
  const auto second = other->Next({}, kNoon);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(first->items.front().event.get(), second->items.front().event.get());
}

TEST_F(SubscriptionTest, ChecksPointsEverySoManyPositionsWithoutAMatch) {
  Feed feed(&log(), {.subscription = {.checkpoint_positions = 4}});
  AppendUpTo(6, "other");
  AppendUpTo(7, "mine");
  AppendUpTo(12, "other");
  const auto subscription = Subscribe(&feed, 0, "mine");
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("c4", "7", "c11", "live12"));
}

TEST_F(SubscriptionTest, ChecksPointsAfterAQuietTime) {
  Feed feed(&log(), {});
  const auto subscription = Subscribe(&feed, 0, "mine");
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("live1"));
  AppendUpTo(3, "other");
  const Instant soon = {kNoon.micros + 999 * kMillisecond};
  const auto batch = subscription->Next({}, soon);
  EXPECT_THAT(Texts(batch), IsEmpty());
  EXPECT_EQ(batch->again_at.micros, kNoon.micros + kSecond);
  const auto quiet = subscription->Next({}, batch->again_at);
  EXPECT_THAT(Texts(quiet), ElementsAre("c3"));
  EXPECT_EQ(quiet->again_at, Instant::End());
  // Nothing new: nothing to say, however long it is quiet.
  EXPECT_THAT(Texts(subscription->Next({}, {kNoon.micros + 9 * kSecond})), IsEmpty());
}

TEST_F(SubscriptionTest, ACallLooksAtABoundedNumberOfEvents) {
  Feed feed(&log(), {.subscription = {.checkpoint_positions = 1'000'000}});
  AppendUpTo(9'000, "other");
  const auto subscription = Subscribe(&feed, 0, "mine");
  auto batch = subscription->Next({}, kNoon);
  EXPECT_THAT(Texts(batch), IsEmpty());
  EXPECT_FALSE(batch->at_head);
  EXPECT_LT(subscription->position(), Position{5'000});
  while (!batch->at_head) {
    batch = subscription->Next({}, kNoon);
    ASSERT_OK(batch);
  }
  EXPECT_THAT(Texts(batch), ElementsAre("live9000"));
}

TEST_F(SubscriptionTest, SerializedItemsAreThoseOfTheMessages) {
  Feed feed(&log(), {.subscription = {.checkpoint_positions = 2}});
  AppendUpTo(2, "other");
  AppendUpTo(3, "mine", std::string(300, 'x'));
  const auto subscription = Subscribe(&feed, 0, "mine");
  const auto batch = subscription->Next({}, kNoon);
  ASSERT_THAT(Texts(batch), ElementsAre("c2", "3", "live3"));
  v1::SubscribeResponse response;
  for (const FeedItem& item : batch->items) {
    ASSERT_OK_AND_ASSIGN(*response.add_items(), item.ToProto());
  }
  EXPECT_EQ(SerializeSubscribeResponse(batch->items), response.SerializeAsString());
  EXPECT_EQ(response.items(1).event().id(), "e3");
}

TEST_F(SubscriptionTest, OutlivesItsFeed) {
  auto feed = std::make_unique<Feed>(&log(), Feed::Options{});
  const auto subscription = Subscribe(feed.get(), 0);
  feed.reset();
  EXPECT_THAT(Texts(subscription->Next({}, kNoon)), ElementsAre("1", "live1"));
}

}  // namespace
}  // namespace annals
