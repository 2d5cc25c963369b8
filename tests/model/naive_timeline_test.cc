// The model must be right before the engine is measured by it: the examples of
// docs/semantics.md, worked out by hand.
#include "tests/model/naive_timeline.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/model/claims.h"
#include "tests/testing/lighthouses/lighthouses.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Noon of a day in January 2026, UTC.
Instant Noon(int day) { return {(1'767'268'800LL + (day - 1) * 86'400LL) * 1'000'000}; }

v1::Event Appointment(const std::string& id, const std::string& keeper) {
  lighthouses::v1::KeeperAppointed appointed;
  appointed.set_lighthouse("fastnet");
  appointed.set_keeper(keeper);
  v1::Event event;
  event.set_id(id);
  event.set_stream("lighthouse/fastnet");
  event.mutable_payload()->PackFrom(appointed);
  return event;
}

v1::Event Correcting(v1::Event event, const std::string& target) {
  v1::Correction* correction = event.mutable_correction();
  correction->set_kind(v1::Correction::SUPERSEDES);
  correction->add_targets(target);
  correction->set_reason("misread");
  correction->set_editor("harbour-office");
  return event;
}

class NaiveTimelineTest : public ::testing::Test {
 protected:
  NaiveTimelineTest() : timeline_("t", HomeZone(), {}) {}

  NaiveTimeline::Verdict Append(const v1::Event& event, Instant now) {
    return timeline_.Append({.timeline = "t", .events = {event}}, now);
  }

  // The standing events' positions.
  std::vector<uint64_t> Standing(WorldKind world, Instant valid, Instant known,
                                 Position position = Position::Max()) {
    std::vector<uint64_t> positions;
    for (const Fact* fact : timeline_.Standing({world, valid, known, position})) {
      positions.push_back(fact->position);
    }
    return positions;
  }

  NaiveTimeline timeline_;
};

TEST_F(NaiveTimelineTest, ADayHasHappenedForCertainAtItsEnd) {
  v1::Event event = Appointment("a", "Ada");
  event.set_occurred("2026-01-08");
  ASSERT_THAT(Append(event, Noon(20)).refusals, IsEmpty());
  EXPECT_THAT(Standing(WorldKind::kPossible, Noon(8), Noon(20)), ElementsAre(1));
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(8), Noon(20)), IsEmpty());
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(9), Noon(20)), ElementsAre(1));
  EXPECT_THAT(Standing(WorldKind::kPossible, Noon(7), Noon(20)), IsEmpty());
  EXPECT_THAT(Standing(WorldKind::kPossible, Noon(9), Noon(19)), IsEmpty());
}

TEST_F(NaiveTimelineTest, CausalityTightensWhatTheDatesLeaveOpen) {
  v1::Event event = Appointment("a", "Ada");
  event.set_occurred("[2026-01-03..]");
  event.set_published("[..2026-01-08]");
  ASSERT_THAT(Append(event, Noon(20)).refusals, IsEmpty());
  const Fact& fact = timeline_.facts().front();
  EXPECT_EQ(fact.occurred.earliest.micros, Noon(3).micros - 43'200'000'000);
  EXPECT_EQ(fact.occurred.latest.micros, Noon(9).micros - 43'200'000'001);
  EXPECT_EQ(fact.known, fact.occurred);
}

TEST_F(NaiveTimelineTest, WhatIsKnownBeforeItHappensIsRefused) {
  v1::Event event = Appointment("a", "Ada");
  event.set_occurred("2026-01-09");
  event.set_published("2026-01-08");
  EXPECT_THAT(Append(event, Noon(20)).refusals, ElementsAre(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(timeline_.head(), 0);
}

TEST_F(NaiveTimelineTest, ARefinementCountsFromWhenItIsKnown) {
  v1::Event vague = Appointment("a", "Ada");
  vague.set_occurred("[..2026-01-08]");
  vague.set_published("2026-01-08");
  v1::Event exact = Correcting(Appointment("b", "Ada"), "a");
  exact.set_occurred("2026-01-03");
  exact.set_published("2026-01-13");
  ASSERT_THAT(Append(vague, Noon(20)).refusals, IsEmpty());
  ASSERT_THAT(Append(exact, Noon(20)).refusals, IsEmpty());
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(20), Noon(9)), ElementsAre(1));
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(20), Noon(14)), ElementsAre(2));
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(20), Noon(14), {1}), ElementsAre(1));
  // Known, and so in force, before it has happened.
  EXPECT_THAT(Standing(WorldKind::kPossible, Noon(2), Noon(14)), IsEmpty());
  EXPECT_THAT(Standing(WorldKind::kPossible, Noon(2), Noon(12)), ElementsAre(1));
}

TEST_F(NaiveTimelineTest, CorrectingACorrectionBringsTheOriginalBack) {
  ASSERT_THAT(Append(Appointment("a", "Ada"), Noon(1)).refusals, IsEmpty());
  ASSERT_THAT(Append(Correcting(Appointment("b", "Bea"), "a"), Noon(2)).refusals, IsEmpty());
  v1::Event retraction = Correcting(Appointment("c", ""), "b");
  retraction.clear_payload();
  retraction.mutable_correction()->set_kind(v1::Correction::RETRACTS);
  ASSERT_THAT(Append(retraction, Noon(3)).refusals, IsEmpty());
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(9), Noon(2)), ElementsAre(2));
  EXPECT_THAT(Standing(WorldKind::kCertain, Noon(9), Noon(3)), ElementsAre(1, 3));
  const auto holders = timeline_.Register(testing::KeeperMeasure(), {});
  EXPECT_EQ(holders.at({"fastnet"}).value.text(), "Ada");
}

TEST_F(NaiveTimelineTest, OfTheSameInstantTheLaterKnownHoldsTheRegister) {
  v1::Event first = Appointment("a", "Ada");
  first.set_occurred("2026-01-03");
  first.set_published("2026-01-09");
  v1::Event second = Appointment("b", "Bea");
  second.set_occurred("2026-01-03");
  second.set_published("2026-01-05");
  ASSERT_THAT(Append(first, Noon(20)).refusals, IsEmpty());
  ASSERT_THAT(Append(second, Noon(20)).refusals, IsEmpty());
  EXPECT_EQ(timeline_.Register(testing::KeeperMeasure(), {}).at({"fastnet"}).position, 1);
}

TEST_F(NaiveTimelineTest, ASumWithoutAnUpperLimitHasNone) {
  lighthouses::v1::VisitorsCame visit;
  visit.add_parties()->set_lower(2);
  v1::Quantity* exact = visit.add_parties();
  exact->set_lower(5);
  exact->set_upper(5);
  v1::Event event;
  event.set_stream("s");
  event.mutable_payload()->PackFrom(visit);
  ASSERT_THAT(Append(event, Noon(1)).refusals, IsEmpty());
  const auto sums = timeline_.Tally(testing::VisitorsMeasure(), {});
  EXPECT_EQ(sums.at({"", ""}).value->ShortDebugString(),
            ToValue(Quantity::AtLeast(7)).ShortDebugString());
}

TEST_F(NaiveTimelineTest, TheSameEventAgainGetsItsFirstReceipt) {
  ASSERT_THAT(Append(Appointment("a", "Ada"), Noon(1)).refusals, IsEmpty());
  const auto again = Append(Appointment("a", "Ada"), Noon(2));
  ASSERT_THAT(again.refusals, IsEmpty());
  EXPECT_TRUE(again.receipts.front().duplicate);
  EXPECT_EQ(again.receipts.front().recorded_at, Noon(1));
  EXPECT_THAT(Append(Appointment("a", "Bea"), Noon(2)).refusals,
              ElementsAre(absl::StatusCode::kAlreadyExists));
}

}  // namespace
}  // namespace annals::model
