// Subscriptions and durable consumers, as verbs.
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/service/feed_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Event Found(const std::string& ship) {
  return WithId(WreckFound(ship, true, {"1931-06", "1931-07-01"}), ship + "-found-again");
}

class StoreServiceFeedsTest : public StoreServiceTest {
 protected:
  std::unique_ptr<FeedReader> Subscribe(uint64_t after, const std::string& prefix = "") {
    auto request = Asked<v1::SubscribeRequest>();
    request.set_after(after);
    if (!prefix.empty()) request.mutable_filter()->add_stream_prefixes(prefix);
    auto reader = service().Subscribe(request);
    EXPECT_THAT(reader, IsOk());
    return reader.ok() ? *std::move(reader) : nullptr;
  }

  v1::CreateConsumerRequest Creation(const std::string& name) {
    v1::CreateConsumerRequest request;
    request.mutable_consumer()->set_timeline(kSea);
    request.mutable_consumer()->set_name(name);
    request.mutable_consumer()->set_after(1);
    return request;
  }

  template <typename Request>
  static Request OfMirror() {
    auto request = Asked<Request>();
    request.set_consumer("mirror");
    return request;
  }

  std::vector<uint64_t> Fetch(uint32_t max_events) {
    auto request = OfMirror<v1::FetchDeliveriesRequest>();
    request.set_member("m");
    request.set_max_events(max_events);
    const auto response = service().FetchDeliveries(request);
    EXPECT_THAT(response, IsOk());
    std::vector<uint64_t> positions;
    if (!response.ok()) return positions;
    for (const v1::Delivery& one : response->deliveries()) {
      positions.push_back(one.event().position());
    }
    return positions;
  }
};

TEST_F(StoreServiceFeedsTest, ASubscriptionReadsHistoryAndGoesOnLive) {
  TellOfTwoShips();
  const std::unique_ptr<FeedReader> feed = Subscribe(4);
  ASSERT_OK_AND_ASSIGN(const v1::FeedItem first, feed->Next());
  EXPECT_EQ(first.event().id(), "rose-exact");
  ASSERT_OK_AND_ASSIGN(const v1::FeedItem second, feed->Next());
  EXPECT_EQ(second.event().position(), 6);
  ASSERT_OK_AND_ASSIGN(const v1::FeedItem caught_up, feed->Next());
  EXPECT_EQ(caught_up.caught_up().position(), 6);
  std::thread writer([this] { EXPECT_OK(Append({Found("rose")})); });
  ASSERT_OK_AND_ASSIGN(const v1::FeedItem live, feed->Next());
  writer.join();
  EXPECT_EQ(live.event().id(), "rose-found-again");
  EXPECT_EQ(live.event().position(), 7);
}

TEST_F(StoreServiceFeedsTest, WhoeverWaitsForAnItemCanBeCalledOff) {
  const std::unique_ptr<FeedReader> feed = Subscribe(1);
  ASSERT_OK_AND_ASSIGN(const v1::FeedItem caught_up, feed->Next());
  EXPECT_TRUE(caught_up.has_caught_up());
  std::thread canceller([&feed] { feed->Cancel(); });
  EXPECT_THAT(feed->Next(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  canceller.join();
  EXPECT_THAT(feed->Next(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
}

TEST_F(StoreServiceFeedsTest, ASubscriptionBeyondTheHeadIsRefused) {
  auto request = Asked<v1::SubscribeRequest>();
  request.set_after(99);
  EXPECT_THAT(service().Subscribe(request).status(),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("beyond the head, 1")));
}

TEST_F(StoreServiceFeedsTest, AViewsChangesAreReadAndGoOnLive) {
  TellOfTwoShips();
  auto request = Asked<v1::SubscribeViewRequest>();
  request.set_view("losses");
  request.set_after(1);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ViewFeedReader> feed,
                       service().SubscribeView(request));
  std::vector<uint64_t> changed;
  ASSERT_OK_AND_ASSIGN(v1::ViewFeedItem item, feed->Next());
  for (; item.has_change(); item = *feed->Next()) changed.push_back(item.change().position());
  EXPECT_THAT(changed, ElementsAre(2, 3, 5));
  EXPECT_EQ(item.caught_up().position(), 6);
  std::thread writer([this] {
    EXPECT_OK(Append({WithId(ShipSunk("gull", "north", 7, 7, {"1930", "1931"}), "gull-sunk")}));
  });
  ASSERT_OK_AND_ASSIGN(const v1::ViewFeedItem live, feed->Next());
  writer.join();
  EXPECT_EQ(live.change().event(), "gull-sunk");
  EXPECT_EQ(live.change().position(), 7);
  EXPECT_THAT(live.change().rows(), Not(IsEmpty()));
}

TEST_F(StoreServiceFeedsTest, WhoeverWaitsForAChangeCanBeCalledOff) {
  auto request = Asked<v1::SubscribeViewRequest>();
  request.set_view("losses");
  request.set_after(1);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ViewFeedReader> feed,
                       service().SubscribeView(request));
  ASSERT_OK_AND_ASSIGN(const v1::ViewFeedItem caught_up, feed->Next());
  EXPECT_TRUE(caught_up.has_caught_up());
  std::thread canceller([&feed] { feed->Cancel(); });
  EXPECT_THAT(feed->Next(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  canceller.join();
}

TEST_F(StoreServiceFeedsTest, ASubscriptionToAnUnknownViewIsRefused) {
  auto request = Asked<v1::SubscribeViewRequest>();
  request.set_view("loses");
  EXPECT_THAT(service().SubscribeView(request).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("losses")));
}

TEST_F(StoreServiceFeedsTest, AConsumerKeepsItsPlace) {
  TellOfTwoShips();
  ASSERT_OK_AND_ASSIGN(const v1::Consumer made, service().CreateConsumer(Creation("mirror")));
  EXPECT_EQ(made.max_deliveries(), 5);
  EXPECT_THAT(Fetch(2), ElementsAre(2, 3));
  auto ack = OfMirror<v1::AckDeliveriesRequest>();
  ack.set_member("m");
  for (const uint64_t position : {2, 3, 6}) ack.add_positions(position);
  ASSERT_OK_AND_ASSIGN(const v1::SettledPositions settled, service().AckDeliveries(ack));
  EXPECT_THAT(settled.done(), ElementsAre(2, 3));
  EXPECT_THAT(settled.not_held(), ElementsAre(6));
  ASSERT_OK_AND_ASSIGN(const auto listed,
                       service().ListConsumers(Asked<v1::ListConsumersRequest>()));
  ASSERT_EQ(listed.consumers_size(), 1);
  EXPECT_EQ(listed.consumers(0).cursor(), 3);
  EXPECT_EQ(listed.consumers(0).lag(), 3);
}

TEST_F(StoreServiceFeedsTest, WhatIsRefusedIsParkedAndCanBeReplayed) {
  TellOfTwoShips();
  ASSERT_OK(service().CreateConsumer(Creation("mirror")));
  ASSERT_THAT(Fetch(1), ElementsAre(2));
  auto nack = OfMirror<v1::NackDeliveriesRequest>();
  nack.set_member("m");
  nack.add_positions(2);
  nack.set_reason("no room");
  ASSERT_OK_AND_ASSIGN(const v1::SettledPositions refused, service().NackDeliveries(nack));
  EXPECT_THAT(refused.done(), ElementsAre(2));
  ASSERT_OK_AND_ASSIGN(const auto parked,
                       service().ListParkedEvents(OfMirror<v1::ListParkedEventsRequest>()));
  ASSERT_EQ(parked.events_size(), 1);
  EXPECT_EQ(parked.events(0).position(), 2);
  EXPECT_EQ(parked.events(0).reason(), "no room");
  auto replay = OfMirror<v1::ReplayParkedEventsRequest>();
  replay.add_positions(2);
  ASSERT_OK_AND_ASSIGN(const v1::SettledPositions replayed, service().ReplayParkedEvents(replay));
  EXPECT_THAT(replayed.done(), ElementsAre(2));
  EXPECT_THAT(Fetch(1), ElementsAre(2));
}

TEST_F(StoreServiceFeedsTest, ARetryIsAtMostADayAway) {
  auto nack = OfMirror<v1::NackDeliveriesRequest>();
  nack.set_retry_ms(uint64_t{25} * 3'600'000);
  EXPECT_THAT(service().NackDeliveries(nack).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a day")));
}

TEST_F(StoreServiceFeedsTest, ADeletedConsumerIsGone) {
  ASSERT_OK(service().CreateConsumer(Creation("mirror")));
  ASSERT_OK(service().DeleteConsumer(OfMirror<v1::DeleteConsumerRequest>()));
  EXPECT_THAT(service().DeleteConsumer(OfMirror<v1::DeleteConsumerRequest>()).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no consumer \"mirror\"")));
  ASSERT_OK_AND_ASSIGN(const auto listed,
                       service().ListConsumers(Asked<v1::ListConsumersRequest>()));
  EXPECT_THAT(listed.consumers(), IsEmpty());
}

}  // namespace
}  // namespace annals::testing
