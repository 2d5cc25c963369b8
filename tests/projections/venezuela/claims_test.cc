#include "projections/venezuela/claims.h"

#include <string>

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

TEST(ClaimsTest, EstimatesAndWordsForThemStandSideBySide) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("a", "DetaineeEstimateStated",
                              R"(count { lower: 800 upper: 1000 } population: "remain")")));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("b", "DetaineeEstimateStated", R"(count { lower: 801 } population: "have-been-held")")));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("c", "DetaineeEstimateStated", R"(population: "remain" words: "hundreds")")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("political-prisoners/detained/a: value=800–1000@1",
                                       "political-prisoners/detained/b: value=at least 801@2",
                                       "political-prisoners/detained/c: value=hundreds@3")));
}

TEST(ClaimsTest, CountsOfReleasesDifferInNumberAndInBasis) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("government", "ReleaseCountClaimed",
                              R"(count { lower: 116 upper: 116 } scope: "all")")));
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("foro", "ReleaseVerified",
                              R"(count { lower: 49 upper: 73 } scope: "all" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("releases/count/foro: value=49–73@2",
                                       "releases/count/government: value=116@1",
                                       "releases/count-basis/foro: value=cumulative@2",
                                       "releases/count-basis/government: value=not cumulative@1")));
}

TEST(ClaimsTest, CountsOfNationalsAreComparedWithTheirLike) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("spain", "ReleaseVerified",
                              R"(count { lower: 5 upper: 5 } scope: "ES" cumulative: true)")));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("", "ReleaseReported", R"(count { lower: 2 } scope: "IT" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("press", "ReleaseReported", R"(count { lower: 3 } scope: "IT" cumulative: true)")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("releases/count-IT/press: value=at least 3@3",
                                       "releases/count-IT/unattributed: value=at least 2@2")));
}

TEST(ClaimsTest, AnAssertersLaterStageReplacesItsEarlierOne) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(
      scenario.Add(At(5), At(5), Said("trump", "PrisonClosureOrdered", R"(facility { id: "p" })")));
  ASSERT_OK(scenario.Add(At(5), At(5),
                         Said("critics", "PrisonClosureDemanded", R"(facility { id: "p" })")));
  ASSERT_OK(
      scenario.Add(At(6), At(6), Said("trump", "PrisonClosureAgreed", R"(facility { id: "p" })")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 5),
              IsOkAndHolds(ElementsAre("p/closure/critics: value=demanded@2",
                                       "p/closure/trump: value=ordered@1")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 6),
              IsOkAndHolds(ElementsAre("p/closure/critics: value=demanded@2",
                                       "p/closure/trump: value=agreed@3")));
}

TEST(ClaimsTest, ChargesInAnotherOrderAreTheSame) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(
      scenario.Add(At(5), At(5),
                   Said("a", "PersonDetained",
                        R"(person { id: "p" } charges: "treason" charges: "conspiracy")", "2024")));
  ASSERT_OK(
      scenario.Add(At(5), At(5),
                   Said("b", "PersonDetained",
                        R"(person { id: "p" } charges: "conspiracy" charges: "treason")", "2024")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(scenario.Add(
      At(5), At(5),
      Said("c", "PersonDetained", R"(person { id: "p" } charges: "treason")", "2024-02")));
  ASSERT_OK(scenario.Add(At(5), At(5), Said("d", "PersonDetained", R"(person { id: "p" })")));
  EXPECT_THAT(
      scenario.Ask("conflicts", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("p/charges/a: value=conspiracy, treason@1",
                               "p/charges/b: value=conspiracy, treason@2",
                               "p/charges/c: value=treason@3", "p/detained/a: value=2024@1",
                               "p/detained/b: value=2024@2", "p/detained/c: value=2024-02@3")));
}

TEST(ClaimsTest, DeathsPopulationsAndDescriptionsAreClaims) {
  Scenario scenario(VenezuelaDomain());
  for (const char* asserter : {"a", "b"}) {
    const std::string number = asserter[0] == 'a' ? "80" : "100";
    const std::string count = "{ lower: " + number + " upper: " + number + " }";
    ASSERT_OK(scenario.Add(
        At(5), At(5), Said(asserter, "CasualtiesClaimed", R"(incident: "raid" deaths )" + count)));
    ASSERT_OK(scenario.Add(
        At(5), At(5),
        Said(asserter, "FacilityPopulationStated", R"(facility { id: "p" } count )" + count)));
    ASSERT_OK(
        scenario.Add(At(5), At(5),
                     Said(asserter, "DescriptionStated",
                          R"(subject: "machado" attribute: "prize" value: "is )" + number + "\"")));
  }
  EXPECT_THAT(
      scenario.Ask("conflicts", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("machado/prize/a: value=is 80@3", "machado/prize/b: value=is 100@6",
                               "p/population/a: value=80@2", "p/population/b: value=100@5",
                               "raid/deaths/a: value=80@1", "raid/deaths/b: value=100@4")));
}

TEST(ClaimsTest, AClaimAboutNothingIsNone) {
  Scenario scenario(VenezuelaDomain());
  for (const char* value : {"x", "y"}) {
    ASSERT_OK(scenario.Add(At(5), At(5),
                           Said(value, "DescriptionStated",
                                std::string(R"(attribute: "prize" value: ")") + value + "\"")));
    ASSERT_OK(scenario.Add(At(5), At(5),
                           Said(value, "DetaineeEstimateStated", R"(population: "remain")")));
  }
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals::venezuela
