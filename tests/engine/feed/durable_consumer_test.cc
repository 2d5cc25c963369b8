#include "engine/feed/durable_consumer.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/feed/consumer_fixture.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/crashed_copy.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/write_limit.h"

namespace annals {
namespace {

using ::annals::testing::ConsumerFixture;
using ::annals::testing::CopyAsCrashed;
using ::annals::testing::kNoon;
using ::annals::testing::kSecond;
using ::annals::testing::StatusIs;
using ::annals::testing::WriteLimit;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const DurableConsumer::Refusal kRetry = {.retry_micros = 5 * kSecond, .reason = "not now"};
const DurableConsumer::Refusal kPark = {.retry_micros = std::nullopt, .reason = "hopeless"};

// The timeline's creation is position 1, and no consumer's.
class DurableConsumerTest : public ConsumerFixture {
 protected:
  v1::ConsumerStatus Status() {
    auto statuses = consumers().List("t");
    EXPECT_OK(statuses);
    return statuses->at(0);
  }

  std::vector<std::string> ParkedTexts() {
    const auto parked = Consumer()->Parked(Position{}, 100);
    EXPECT_OK(parked);
    std::vector<std::string> texts;
    for (const v1::ParkedEvent& event : *parked) {
      texts.push_back(absl::StrCat(event.position(), " ", event.deliveries(), " ", event.reason()));
    }
    return texts;
  }
};

TEST_F(DurableConsumerTest, LeasesInOrderAndMovesOnWhenAcknowledged) {
  AppendTo({"s1", "other", "s2", "s3"});  // 2, 3, 4, 5
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(2, 4, 5));
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), IsEmpty());
  EXPECT_EQ(Status().cursor(), 1);

  ASSERT_OK_AND_ASSIGN(const Settled last, consumer->Ack("m", {{5}}));
  EXPECT_THAT(Numbers(last.done), ElementsAre(5));
  EXPECT_EQ(Status().cursor(), 1);
  ASSERT_OK(consumer->Ack("m", {{2}}));
  EXPECT_EQ(Status().cursor(), 3);
  ASSERT_OK(consumer->Ack("m", {{4}}));
  EXPECT_EQ(Status().cursor(), 5);
  EXPECT_EQ(Status().lag(), 0);
}

TEST_F(DurableConsumerTest, BeginsWhereItIsTold) {
  AppendTo({"s1", "s2", "s3"});
  v1::Consumer settings = Settings();
  settings.set_after(3);
  EXPECT_THAT(Positions(Consumer(settings)->Fetch("m", {})), ElementsAre(4));
}

TEST_F(DurableConsumerTest, MembersShareTheEvents) {
  AppendTo({"s1", "s2", "s3"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_events = 2})), ElementsAre(2, 3));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), ElementsAre(4));
  EXPECT_EQ(Status().leased(), 3);
  ASSERT_OK_AND_ASSIGN(const Settled settled, consumer->Ack("n", {{2}, {4}, {9}}));
  EXPECT_THAT(Numbers(settled.done), ElementsAre(4));
  EXPECT_THAT(Numbers(settled.not_held), ElementsAre(2, 9));
}

TEST_F(DurableConsumerTest, ALeaseRunsOut) {
  AppendTo({"s1"});
  const auto consumer = Consumer();
  const auto first = consumer->Fetch("m", {});
  EXPECT_THAT(Positions(first), ElementsAre(2));
  EXPECT_EQ(first->leases[0].delivery, 1);
  EXPECT_EQ(first->again_at.micros, kNoon.micros + 10 * kSecond);
  clock_.Advance(10 * kSecond - 1);
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), IsEmpty());
  clock_.Advance(1);
  const auto second = consumer->Fetch("n", {});
  EXPECT_THAT(Positions(second), ElementsAre(2));
  EXPECT_EQ(second->leases[0].delivery, 2);
  // The former holder comes too late, the present one doesn't.
  EXPECT_THAT(Numbers(consumer->Ack("m", {{2}})->done), IsEmpty());
  EXPECT_THAT(Numbers(consumer->Ack("n", {{2}})->done), ElementsAre(2));
}

TEST_F(DurableConsumerTest, ALateAcknowledgementCountsWhileNobodyElseHasIt) {
  AppendTo({"s1"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(2));
  clock_.Advance(60 * kSecond);
  EXPECT_THAT(Numbers(consumer->Ack("m", {{2}})->done), ElementsAre(2));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), IsEmpty());
}

TEST_F(DurableConsumerTest, KeepsTheOrderOfAStream) {
  AppendTo({"s1", "s2"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_events = 1})), ElementsAre(2));
  AppendTo({"s1", "s2"});
  // 4 is in m's stream: only m may have it.
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), ElementsAre(3, 5));
  EXPECT_EQ(Status().waiting(), 1);
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(4));
}

TEST_F(DurableConsumerTest, AStreamGoesOnOnceItsEventIsAcknowledged) {
  AppendTo({"s1", "s1"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_events = 1})), ElementsAre(2));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), IsEmpty());
  ASSERT_OK(consumer->Ack("m", {{2}}));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), ElementsAre(3));
}

TEST_F(DurableConsumerTest, RetriesLaterAndHoldsTheStreamBackMeanwhile) {
  AppendTo({"s1", "s1", "s2"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_events = 1})), ElementsAre(2));
  EXPECT_THAT(Numbers(consumer->Nack("m", {{2}}, kRetry)->done), ElementsAre(2));
  const auto meanwhile = consumer->Fetch("m", {});
  EXPECT_THAT(Positions(meanwhile), ElementsAre(4));
  EXPECT_EQ(meanwhile->again_at.micros, kNoon.micros + 5 * kSecond);
  clock_.Advance(5 * kSecond);
  const auto retried = consumer->Fetch("n", {});
  EXPECT_THAT(Positions(retried), ElementsAre(2, 3));
  EXPECT_EQ(retried->leases[0].delivery, 2);
  EXPECT_EQ(retried->leases[1].delivery, 1);
}

TEST_F(DurableConsumerTest, ParksWhatIsNeverAcknowledged) {
  AppendTo({"s1", "s1"});
  const auto consumer = Consumer();
  for (uint32_t delivery = 1; delivery <= 3; ++delivery) {
    const auto fetched = consumer->Fetch("m", {.max_events = 1});
    ASSERT_THAT(Positions(fetched), ElementsAre(2));
    EXPECT_EQ(fetched->leases[0].delivery, delivery);
    clock_.Advance(10 * kSecond);
  }
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(3));
  EXPECT_THAT(ParkedTexts(), ElementsAre("2 3 leased 3 times and never acknowledged"));
  EXPECT_EQ(Status().parked(), 1);
  EXPECT_EQ(Status().cursor(), 2);
}

TEST_F(DurableConsumerTest, ParksAtOnceOrWhenRefusedTooOften) {
  AppendTo({"s1", "s2"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(2, 3));
  EXPECT_THAT(Numbers(consumer->Nack("m", {{2}}, kPark)->done), ElementsAre(2));
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(consumer->Nack("m", {{3}}, kRetry));
    clock_.Advance(5 * kSecond);
    ASSERT_OK(consumer->Fetch("m", {}));
  }
  EXPECT_THAT(ParkedTexts(), ElementsAre("2 1 hopeless", "3 3 not now"));
}

TEST_F(DurableConsumerTest, ReplaysAndDiscardsWhatIsParked) {
  AppendTo({"s1", "s2"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(2, 3));
  ASSERT_OK(consumer->Nack("m", {{2}, {3}}, kPark));
  ASSERT_OK_AND_ASSIGN(const Settled replayed, consumer->Replay({{2}, {7}}));
  EXPECT_THAT(Numbers(replayed.done), ElementsAre(2));
  EXPECT_THAT(Numbers(replayed.not_held), ElementsAre(7));
  const auto again = consumer->Fetch("n", {});
  EXPECT_THAT(Positions(again), ElementsAre(2));
  EXPECT_EQ(again->leases[0].delivery, 1);
  EXPECT_THAT(Numbers(consumer->Discard({{2}, {3}})->done), ElementsAre(3));
  EXPECT_THAT(ParkedTexts(), IsEmpty());
  EXPECT_EQ(Status().parked(), 0);
  EXPECT_EQ(Status().leased(), 1);
}

TEST_F(DurableConsumerTest, ListsWhatIsParkedByPages) {
  AppendTo({"s1", "s2", "s3"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(2, 3, 4));
  ASSERT_OK(consumer->Nack("m", {{2}, {3}, {4}}, kPark));
  ASSERT_OK_AND_ASSIGN(const auto first, consumer->Parked(Position{}, 2));
  ASSERT_EQ(first.size(), 2);
  EXPECT_EQ(first[1].position(), 3);
  ASSERT_OK_AND_ASSIGN(const auto second, consumer->Parked(Position{3}, 2));
  ASSERT_EQ(second.size(), 1);
  EXPECT_EQ(second[0].position(), 4);
}

TEST_F(DurableConsumerTest, LeasesNothingBeyondItsWindow) {
  AppendTo({"s1", "s2", "s3", "s4"});
  v1::Consumer settings = Settings();
  settings.set_window(2);
  const auto consumer = Consumer(settings);
  const auto full = consumer->Fetch("m", {});
  EXPECT_THAT(Positions(full), ElementsAre(2, 3));
  EXPECT_TRUE(full->window_full);
  const auto refused = consumer->Fetch("n", {});
  EXPECT_THAT(Positions(refused), IsEmpty());
  EXPECT_TRUE(refused->window_full);
  EXPECT_FALSE(refused->more);
  ASSERT_OK(consumer->Ack("m", {{3}}));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), ElementsAre(4));
}

TEST_F(DurableConsumerTest, AFetchIsBoundedInBytesButMakesProgress) {
  AppendTo({"s1", "s2", "s3"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_bytes = 1})), ElementsAre(2));
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_bytes = 1})), ElementsAre(3));
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(4));
}

TEST_F(DurableConsumerTest, LooksAtABoundedNumberOfEventsACall) {
  AppendTo(std::vector<std::string>(6'000, "other"));
  AppendTo({"s1"});
  const auto consumer = Consumer();
  const auto first = consumer->Fetch("m", {});
  EXPECT_THAT(Positions(first), IsEmpty());
  EXPECT_TRUE(first->more);
  EXPECT_LT(first->scanned, Position{6'000});
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(6'002));
}

TEST_F(DurableConsumerTest, KeepsEverythingWhenTheStoreIsOpenedAgain) {
  AppendTo({"s1", "s2", "s3", "s4", "s1"});  // 2 to 6
  {
    const auto consumer = Consumer();
    EXPECT_THAT(Positions(consumer->Fetch("m", {.max_events = 4})), ElementsAre(2, 3, 4, 5));
    ASSERT_OK(consumer->Ack("m", {{3}}));
    ASSERT_OK(consumer->Nack("m", {{4}}, kRetry));
    ASSERT_OK(consumer->Nack("m", {{5}}, kPark));
  }
  const std::string before = Status().DebugString();
  ReopenAll();
  EXPECT_EQ(Status().DebugString(), before);
  const auto consumer = Consumer();
  EXPECT_THAT(ParkedTexts(), ElementsAre("5 1 hopeless"));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), IsEmpty());  // 6 is in m's stream.
  clock_.Advance(5 * kSecond);
  const auto retried = consumer->Fetch("n", {});
  EXPECT_THAT(Positions(retried), ElementsAre(4));
  EXPECT_EQ(retried->leases[0].delivery, 2);
  EXPECT_THAT(Numbers(consumer->Ack("m", {{2}})->done), ElementsAre(2));
  EXPECT_THAT(Positions(consumer->Fetch("n", {})), ElementsAre(6));
}

TEST_F(DurableConsumerTest, WhatWasReportedSurvivesACrash) {
  AppendTo({"s1", "s2", "s3"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {})), ElementsAre(2, 3, 4));
  ASSERT_OK(consumer->Ack("m", {{2}}));
  ASSERT_OK(consumer->Nack("m", {{3}}, kPark));
  const std::string copy = directory_.path() + "/copy";
  ASSERT_OK(CopyAsCrashed(path(), copy));

  ASSERT_OK_AND_ASSIGN(const auto folder, storage::StoreFolder::Open(copy, {}));
  ASSERT_OK_AND_ASSIGN(const auto log, EventLog::Open(folder.get(), &types_, {.clock = &clock_}));
  Feed feed(log.get(), {});
  ASSERT_OK_AND_ASSIGN(const auto opened,
                       Consumers::Open(folder->database(), log.get(), &feed, &clock_));
  ASSERT_OK_AND_ASSIGN(const auto survivor, opened->Find("t", "c"));
  EXPECT_THAT(Positions(survivor->Fetch("n", {})), IsEmpty());
  clock_.Advance(10 * kSecond);
  EXPECT_THAT(Positions(survivor->Fetch("n", {})), ElementsAre(4));
  ASSERT_OK_AND_ASSIGN(const auto parked, survivor->Parked(Position{}, 10));
  ASSERT_EQ(parked.size(), 1);
  EXPECT_EQ(parked[0].position(), 3);
}

TEST_F(DurableConsumerTest, ReportsNothingThatCouldNotBeStored) {
  AppendTo({"s1", "s2"});
  const auto consumer = Consumer();
  EXPECT_THAT(Positions(consumer->Fetch("m", {.max_events = 1})), ElementsAre(2));
  {
    WriteLimit limit(1);
    EXPECT_FALSE(consumer->Ack("m", {{2}}).ok());
  }
  EXPECT_THAT(consumer->Fetch("m", {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("open it again")));
  ReopenAll();
  clock_.Advance(10 * kSecond);
  EXPECT_THAT(Positions(Consumer()->Fetch("m", {})), ElementsAre(2, 3));
}

TEST_F(DurableConsumerTest, RefusesAMemberWithoutAName) {
  EXPECT_THAT(Consumer()->Fetch("", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("member's name")));
  EXPECT_THAT(Consumer()->Ack(std::string(201, 'm'), {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("201 bytes")));
}

TEST_F(DurableConsumerTest, ALeaseSaysWhatItsMessageSays) {
  AppendTo({"s1"});
  const auto fetched = Consumer()->Fetch("m", {});
  ASSERT_THAT(Positions(fetched), ElementsAre(2));
  ASSERT_OK_AND_ASSIGN(const v1::Delivery delivery, fetched->leases[0].ToProto());
  EXPECT_EQ(delivery.event().id(), "e1");
  EXPECT_EQ(delivery.delivery(), 1);
  EXPECT_EQ(delivery.leased_until().seconds(), kNoon.micros / kSecond + 10);
}

}  // namespace
}  // namespace annals
