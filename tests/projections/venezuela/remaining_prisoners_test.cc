#include "projections/venezuela/remaining_prisoners.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/venezuela/venezuela_domain.h"
#include "tests/projections/scenario.h"
#include "tests/projections/venezuela/event_text.h"
#include "tests/testing/status_matchers.h"

namespace annals::venezuela {
namespace {

using ::annals::testing::At;
using ::annals::testing::Days;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Said;
using ::annals::testing::Scenario;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RemainingPrisonersTest, WithoutEstimatesThereAreNoRows) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("remaining-prisoners", WorldKind::kPossible, 31),
              IsOkAndHolds(IsEmpty()));
}

TEST(RemainingPrisonersTest, AnEstimateWithoutALaterCountRemains) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("groups", "DetaineeEstimateStated",
                              R"(count { lower: 800 upper: 1000 } population: "remain")")));
  EXPECT_THAT(scenario.Ask("remaining-prisoners", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("groups/remain: estimate=800–1000@1 remaining=800–1000@1")));
}

TEST(RemainingPrisonersTest, SubtractsTheLatestVerifiedCountBoundByBound) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("groups", "DetaineeEstimateStated",
                              R"(count { lower: 800 upper: 1000 } population: "remain")")));
  ASSERT_OK(scenario.Add(At(10), At(10),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 18 upper: 20 } scope: "all" cumulative: true)")));
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("committee", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  EXPECT_THAT(
      scenario.Ask("remaining-prisoners", WorldKind::kCertain, 11),
      IsOkAndHolds(ElementsAre("groups/remain: estimate=800–1000@1 remaining=780–982@1,2")));
  EXPECT_THAT(
      scenario.Ask("remaining-prisoners", WorldKind::kCertain, 12),
      IsOkAndHolds(ElementsAre("groups/remain: estimate=800–1000@1 remaining=727–951@1,3")));
}

TEST(RemainingPrisonersTest, ACountThatIsNotLaterIsInTheEstimateAlready) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("same-day", "DetaineeEstimateStated",
                              R"(count { lower: 800 upper: 1200 } population: "remain")")));
  ASSERT_OK(scenario.Add(
      At(13), At(13),
      Said("next-day", "DetaineeEstimateStated", R"(count { lower: 801 } population: "remain")")));
  EXPECT_THAT(
      scenario.Ask("remaining-prisoners", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("next-day/remain: estimate=at least 801@3 remaining=at least 801@3",
                               "same-day/remain: estimate=800–1200@2 remaining=800–1200@2")));
}

// The estimate of 8 to 20 January is before the count in the possible world,
// which goes by earliest bounds, and after it in the certain one.
TEST(RemainingPrisonersTest, LaterIsMeantInTheWorldsOwnCoordinates) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      Days{8, 20}, At(20),
      Said("groups", "DetaineeEstimateStated", R"(count { lower: 801 } population: "hold")")));
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  EXPECT_THAT(
      scenario.Ask("remaining-prisoners", WorldKind::kPossible, 31),
      IsOkAndHolds(ElementsAre("groups/hold: estimate=at least 801@1 remaining=at least 728@1,2")));
  EXPECT_THAT(
      scenario.Ask("remaining-prisoners", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("groups/hold: estimate=at least 801@1 remaining=at least 801@1")));
}

TEST(RemainingPrisonersTest, OnlyVerifiedCumulativeCountsOfEveryoneAreSubtracted) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("", "DetaineeEstimateStated",
                              R"(count { lower: 800 upper: 1000 } population: "remain")")));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("spain", "ReleaseVerified",
                              R"(count { lower: 5 upper: 5 } scope: "ES" cumulative: true)")));
  ASSERT_OK(
      scenario.Add(At(9), At(9),
                   Said("foro", "ReleaseVerified", R"(count { lower: 9 upper: 9 } scope: "all")")));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("press", "ReleaseReported",
                              R"(count { lower: 60 upper: 60 } scope: "all" cumulative: true)")));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("government", "ReleaseCountClaimed",
                              R"(count { lower: 116 upper: 116 } scope: "all" cumulative: true)")));
  EXPECT_THAT(
      scenario.Ask("remaining-prisoners", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("unattributed/remain: estimate=800–1000@1 remaining=800–1000@1")));
}

TEST(RemainingPrisonersTest, WordsAreNoEstimate) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("groups", "DetaineeEstimateStated", R"(population: "remain" words: "hundreds")")));
  EXPECT_THAT(scenario.Ask("remaining-prisoners", WorldKind::kPossible, 31),
              IsOkAndHolds(IsEmpty()));
}

TEST(RemainingPrisonersTest, AMalformedQuantityStopsTheProjection) {
  Scenario scenario(VenezuelaDomain());
  EXPECT_THAT(scenario.Add(At(8), At(8),
                           Said("groups", "DetaineeEstimateStated",
                                R"(count { lower: 9 upper: 8 } population: "remain")")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lower limit, 9")));
}

}  // namespace
}  // namespace annals::venezuela
