#include "projections/venezuela/nationals_freed.h"

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

TEST(NationalsFreedTest, WithoutReleasesThereAreNoRows) {
  const Scenario scenario(VenezuelaDomain());
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(NationalsFreedTest, ADualNationalCountsForBothCountries) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(
      scenario.Add(At(8), At(8),
                   Said("spain", "ReleaseVerified",
                        R"(persons { id: "miguel" nationalities: "ES" nationalities: "VE" })")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("ES: freed=at least 1@1", "VE: freed=at least 1@1")));
}

TEST(NationalsFreedTest, TheNewestCountStandsWhoeverStatedIt) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("spain", "ReleaseVerified",
                              R"(count { lower: 5 upper: 5 } scope: "ES" cumulative: true)")));
  ASSERT_OK(scenario.Add(
      At(9), At(9),
      Said("", "ReleaseReported", R"(count { lower: 6 upper: 8 } scope: "ES" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 8),
              IsOkAndHolds(ElementsAre("ES: freed=5@1")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 9),
              IsOkAndHolds(ElementsAre("ES: freed=6–8@2")));
}

TEST(NationalsFreedTest, NamesBelowTheCountAddNothingToIt) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("spain", "ReleaseVerified",
                              R"(count { lower: 5 upper: 5 } scope: "ES" cumulative: true
         persons { id: "miguel" nationalities: "ES" })")));
  ASSERT_OK(scenario.Add(
      At(9), At(9),
      Said("family", "ReleaseVerified", R"(persons { id: "miguel" nationalities: "ES" })")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("ES: freed=5@1")));
}

TEST(NationalsFreedTest, NamesBeyondTheCountRaiseItsLimits) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("italy", "ReleaseVerified",
                              R"(count { lower: 1 upper: 1 } scope: "IT" cumulative: true)")));
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("france", "ReleaseVerified",
                              R"(count { lower: 1 upper: 4 } scope: "FR" cumulative: true)")));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("peru", "ReleaseVerified", R"(count { lower: 1 } scope: "PE" cumulative: true)")));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("chile", "ReleaseVerified", R"(count { upper: 9 } scope: "CL" cumulative: true)")));
  ASSERT_OK(scenario.Add(At(9), At(9), Said("press", "ReleaseReported", R"(
      persons { id: "a" nationalities: "IT" nationalities: "FR" }
      persons { id: "b" nationalities: "IT" nationalities: "FR" nationalities: "PE" }
      persons { id: "c" nationalities: "PE" nationalities: "CL" })")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("CL: freed=1–9@4,5", "FR: freed=2–4@2,5", "IT: freed=2@1,5",
                                       "PE: freed=at least 2@3,5")));
}

TEST(NationalsFreedTest, ABatchIsNoTotalButAFloor) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(
      scenario.Add(At(8), At(8),
                   Said("spain", "ReleaseVerified", R"(count { lower: 3 upper: 3 } scope: "ES")")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("ES: freed=at least 3@1")));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("spain", "ReleaseVerified",
                              R"(count { lower: 5 upper: 5 } scope: "ES" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("ES: freed=5@2")));
}

TEST(NationalsFreedTest, ABatchWithoutALowerLimitSaysNothing) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("spain", "ReleaseVerified", R"(count { upper: 3 } scope: "ES")")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
}

TEST(NationalsFreedTest, WhoseNationalityNobodyStatesCountsForZz) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("press", "ReleaseReported", R"(persons { id: "marquez" } persons { id: "pilieri" })")));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("other-press", "ReleaseReported", R"(persons { id: "pilieri" })")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("ZZ: freed=at least 2@1,2")));
  // Once a source states it, the person isn't without one any more.
  ASSERT_OK(scenario.Add(
      At(10), At(10),
      Said("italy", "ReleaseVerified", R"(persons { id: "pilieri" nationalities: "IT" })")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("IT: freed=at least 1@3", "ZZ: freed=at least 1@1")));
}

TEST(NationalsFreedTest, CountsOfEveryoneBelongToNoCountry) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals::venezuela
