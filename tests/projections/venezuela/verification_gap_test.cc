#include "projections/venezuela/verification_gap.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/venezuela/venezuela_domain.h"
#include "tests/projections/scenario.h"
#include "tests/projections/venezuela/event_text.h"
#include "tests/testing/status_matchers.h"

namespace annals::venezuela {
namespace {

using ::annals::testing::At;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Said;
using ::annals::testing::Scenario;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(VerificationGapTest, WithoutReleasesThereAreNoRows) {
  const Scenario scenario(VenezuelaDomain());
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(VerificationGapTest, TheGapIsTheClaimLessTheVerifiedBoundByBound) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(10), At(10),
                         Said("government", "ReleaseCountClaimed",
                              R"(count { lower: 116 upper: 116 } scope: "all")")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 11),
              IsOkAndHolds(ElementsAre("all: claimed=116@1")));
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 12),
              IsOkAndHolds(ElementsAre(
                  "all: claimed=116@1 verified=49–73@2 gap=43–67@1,2 floor=at least 49@2")));
}

TEST(VerificationGapTest, LatestMeansByWhicheverAsserter) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(12), At(12),
                         Said("zeta", "ReleaseVerified",
                              R"(count { lower: 60 upper: 60 } scope: "all" cumulative: true)")));
  ASSERT_OK(scenario.Add(At(13), At(13),
                         Said("alpha", "ReleaseVerified",
                              R"(count { lower: 55 upper: 58 } scope: "all" cumulative: true)")));
  // The earlier, higher lower bound still holds as a floor: nobody is detained
  // again by being counted by somebody else.
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("all: verified=55–58@2 floor=at least 60@1")));
}

TEST(VerificationGapTest, TheFloorIsTheGreatestOfAllScopesReportsAndNames) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(
      scenario.Add(At(8), At(8),
                   Said("press", "ReleaseReported", R"(persons { id: "a" } persons { id: "b" })")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("all: floor=at least 2@1")));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("spain", "ReleaseVerified",
                              R"(count { lower: 5 upper: 5 } scope: "ES" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("all: floor=at least 5@2")));
  ASSERT_OK(scenario.Add(
      At(10), At(10),
      Said("", "ReleaseReported", R"(count { lower: 6 } scope: "IT" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("all: floor=at least 6@3")));
}

TEST(VerificationGapTest, NeitherClaimsNorBatchesRaiseTheFloor) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("government", "ReleaseCountClaimed",
                              R"(count { lower: 116 upper: 116 } scope: "all" cumulative: true)")));
  ASSERT_OK(
      scenario.Add(At(9), At(9),
                   Said("foro", "ReleaseVerified", R"(count { lower: 9 upper: 9 } scope: "all")")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("all: claimed=116@1")));
}

TEST(VerificationGapTest, ACountWithoutAScopeIsNotUsed) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      At(8), At(8), Said("government", "ReleaseCountClaimed", "count { lower: 116 upper: 116 }")));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("foro", "ReleaseVerified", "count { lower: 49 upper: 73 } cumulative: true")));
  EXPECT_THAT(scenario.Ask("verification-gap", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals::venezuela
