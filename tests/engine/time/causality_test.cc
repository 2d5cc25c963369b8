#include "engine/time/causality.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

constexpr Instant At(int64_t micros) { return {micros}; }
constexpr TimeBounds Between(int64_t earliest, int64_t latest) { return {{earliest}, {latest}}; }

absl::StatusOr<EventTimes> TightenAt(const TimeBounds& occurred, const TimeBounds& published,
                                     int64_t recorded_at) {
  return Tighten(occurred, "2026-02-01", published, "2026-01-08", At(recorded_at));
}

TEST(TightenTest, LeavesWhatIsInOrderAsItIs) {
  EXPECT_THAT(TightenAt(Between(10, 20), Between(30, 40), 50),
              IsOkAndHolds(EventTimes{Between(10, 20), Between(30, 40)}));
}

TEST(TightenTest, NothingIsKnownAfterItWasRecorded) {
  EXPECT_THAT(TightenAt(Between(10, 20), Between(30, 40), 35),
              IsOkAndHolds(EventTimes{Between(10, 20), Between(30, 35)}));
}

TEST(TightenTest, NothingHappensAfterItWasKnown) {
  EXPECT_THAT(TightenAt(Between(10, 90), Between(30, 40), 50),
              IsOkAndHolds(EventTimes{Between(10, 40), Between(30, 40)}));
}

TEST(TightenTest, NothingIsKnownBeforeItHappens) {
  EXPECT_THAT(TightenAt(Between(35, 38), Between(30, 40), 50),
              IsOkAndHolds(EventTimes{Between(35, 38), Between(35, 40)}));
}

TEST(TightenTest, TheRulesApplyTogetherAndInOrder) {
  EXPECT_THAT(TightenAt(Between(32, 90), Between(30, 40), 36),
              IsOkAndHolds(EventTimes{Between(32, 36), Between(32, 36)}));
}

TEST(TightenTest, OneInstantMayServeForAllThree) {
  EXPECT_THAT(TightenAt(Between(30, 90), Between(30, 40), 30),
              IsOkAndHolds(EventTimes{Between(30, 30), Between(30, 30)}));
}

TEST(TightenTest, AnUnstatedDateIsBoundedByTheOthers) {
  const TimeBounds unstated;
  EXPECT_THAT(
      Tighten(unstated, "", unstated, "", At(50)),
      IsOkAndHolds(EventTimes{{Instant::Beginning(), At(50)}, {Instant::Beginning(), At(50)}}));
  EXPECT_THAT(Tighten(unstated, "", Between(30, 40), "2026-01-08", At(50)),
              IsOkAndHolds(EventTimes{{Instant::Beginning(), At(40)}, Between(30, 40)}));
  EXPECT_THAT(Tighten(Between(10, 20), "2026-01-08", unstated, "", At(50)),
              IsOkAndHolds(EventTimes{Between(10, 20), Between(10, 50)}));
}

TEST(TightenTest, RefusesWhatHappenedAfterItWasKnown) {
  EXPECT_THAT(TightenAt(Between(41, 90), Between(30, 40), 50),
              StatusIs(kInvalid, HasSubstr("the date \"2026-02-01\" (occurred) lies after it was "
                                           "known, \"2026-01-08\" (published)")));
}

TEST(TightenTest, RefusesWhatHappenedAfterItWasRecorded) {
  // The publication reaches as far, so the recording is what crosses.
  EXPECT_THAT(TightenAt(Between(41, 90), Between(30, 90), 40),
              StatusIs(kInvalid, HasSubstr("the date \"2026-02-01\" (occurred) lies after it was "
                                           "recorded, 1970-01-01T00:00:00.000040Z")));
  EXPECT_THAT(Tighten(Between(41, 90), "2026-02-01", Between(40, 40), "", At(40)),
              StatusIs(kInvalid, HasSubstr("(occurred) lies after it was recorded, 1970")));
}

TEST(TightenTest, RefusesWhatWasPublishedAfterItWasRecorded) {
  EXPECT_THAT(TightenAt(Between(10, 20), Between(30, 40), 29),
              StatusIs(kInvalid, HasSubstr("the date \"2026-01-08\" (published) lies after it was "
                                           "recorded, 1970-01-01T00:00:00.000029Z")));
}

TEST(TightenTest, RefusesBoundsThatCrossAlready) {
  EXPECT_THAT(TightenAt(Between(20, 10), Between(30, 40), 50),
              StatusIs(kInvalid, HasSubstr("\"2026-02-01\" (occurred) ends before it begins")));
  EXPECT_THAT(Tighten(Between(10, 20), "2026", Between(40, 30), "", At(50)),
              StatusIs(kInvalid, HasSubstr("not stated (published) ends before it begins")));
}

}  // namespace
}  // namespace annals
