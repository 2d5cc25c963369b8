#include "engine/query/question.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

HomeZone Caracas() { return HomeZone::Load("America/Caracas").value(); }

const EventLog::Head kHead = {Position{61}, At("2031-06-01T12:00:00Z")};

TEST(QuestionTest, ADateMeansItsLastInstantInTheHomeZone) {
  ASSERT_OK_AND_ASSIGN(const PinnedAsOf pinned,
                       PinQuestion({.valid = "2026-01-12", .known = "2026-01", .position = 7},
                                   Caracas(), kHead, At("2031-07-01T00:00:00Z")));
  EXPECT_EQ(ToProto(pinned, Caracas()).valid(), "2026-01-12T23:59:59.999999-04:00");
  EXPECT_EQ(ToProto(pinned, Caracas()).known(), "2026-01-31T23:59:59.999999-04:00");
  EXPECT_EQ(ToProto(pinned, Caracas()).position(), 7);
}

TEST(QuestionTest, WhatIsLeftOutIsNowAndTheHead) {
  const Instant now = At("2031-07-01T00:00:00Z");
  EXPECT_THAT(PinQuestion({}, HomeZone(), kHead, now),
              IsOkAndHolds(PinnedAsOf{now, now, Position{61}}));
}

TEST(QuestionTest, NowIsNeverBeforeTheLastEventWasRecorded) {
  EXPECT_THAT(PinQuestion({}, HomeZone(), kHead, At("2031-05-01T00:00:00Z")),
              IsOkAndHolds(PinnedAsOf{kHead.recorded_at, kHead.recorded_at, Position{61}}));
}

TEST(QuestionTest, PositionZeroIsBeforeTheFirstEvent) {
  ASSERT_OK_AND_ASSIGN(const PinnedAsOf pinned,
                       PinQuestion({.position = 0}, HomeZone(), kHead, Instant{}));
  EXPECT_EQ(pinned.position, Position{0});
}

TEST(QuestionTest, APositionBeyondTheHeadIsOutOfRange) {
  EXPECT_THAT(PinQuestion({.position = 62}, HomeZone(), kHead, Instant{}),
              StatusIs(absl::StatusCode::kOutOfRange,
                       "position 62 lies beyond the head: the last event has position 61"));
}

TEST(QuestionTest, TheMessageNamesTheDateThatIsWrong) {
  EXPECT_THAT(PinQuestion({.valid = "2026-13"}, HomeZone(), kHead, Instant{}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("valid: ")));
  EXPECT_THAT(PinQuestion({.known = "soon"}, HomeZone(), kHead, Instant{}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("known: ")));
}

TEST(QuestionTest, AnEchoIsReadBackToTheSameCoordinates) {
  const PinnedAsOf pinned = {At("2031-05-01T12:00:00Z"), {-62'200'000'000'000'001}, Position{7}};
  ASSERT_OK_AND_ASSIGN(const HomeZone amsterdam, HomeZone::Load("Europe/Amsterdam"));
  EXPECT_THAT(FromProto(ToProto(pinned, amsterdam)), IsOkAndHolds(pinned));
  EXPECT_THAT(FromProto(v1::AsOf()), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")));
}

}  // namespace
}  // namespace annals
