#include "projections/venezuela/facilities.h"

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

constexpr char kPrison[] = R"(facility { id: "el-helicoide" })";
constexpr char kOrdered[] = R"(facility { id: "el-helicoide" } actor: "trump")";

TEST(FacilitiesTest, WithoutEventsThereAreNoRows) {
  const Scenario scenario(VenezuelaDomain());
  EXPECT_THAT(scenario.Ask("facilities", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(FacilitiesTest, WithoutAClaimOfClosureNothingIsSaidOfIt) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("press", "FacilityPopulationStated",
                              R"(facility { id: "el-helicoide" } count { lower: 50 upper: 80 })")));
  EXPECT_THAT(scenario.Ask("facilities", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("el-helicoide: population=50–80@1")));
}

TEST(FacilitiesTest, TheStrongestStageStandsHoweverLateTheOthersAre) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(5), At(5), Said("S1", "PrisonClosureOrdered", kOrdered)));
  ASSERT_OK(scenario.Add(At(6), At(6), Said("S2", "PrisonClosureAnticipated", kPrison)));
  ASSERT_OK(scenario.Add(At(7), At(7), Said("critics", "PrisonClosureDemanded", kPrison)));
  EXPECT_THAT(scenario.Ask("facilities", WorldKind::kCertain, 31),
              IsOkAndHolds(
                  ElementsAre("el-helicoide: stage=ordered@1 actor=trump@1 executed=false@1,2,3")));
}

TEST(FacilitiesTest, TheActorIsTheStrongestStagesOwn) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(5), At(5), Said("S0", "PrisonClosureAnnounced", kOrdered)));
  ASSERT_OK(scenario.Add(At(6), At(6), Said("S4", "PrisonClosureAgreed", kPrison)));
  EXPECT_THAT(scenario.Ask("facilities", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("el-helicoide: stage=agreed@2 executed=false@1,2")));
}

TEST(FacilitiesTest, OneClaimOfExecutionIsEnough) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(5), At(5), Said("S1", "PrisonClosureOrdered", kOrdered)));
  ASSERT_OK(scenario.Add(At(9), At(9),
                         Said("press", "PrisonClosureExecuted",
                              R"(facility { id: "el-helicoide" } actor: "caracas")")));
  EXPECT_THAT(
      scenario.Ask("facilities", WorldKind::kCertain, 8),
      IsOkAndHolds(ElementsAre("el-helicoide: stage=ordered@1 actor=trump@1 executed=false@1")));
  EXPECT_THAT(
      scenario.Ask("facilities", WorldKind::kCertain, 9),
      IsOkAndHolds(ElementsAre("el-helicoide: stage=executed@2 actor=caracas@2 executed=true@2")));
}

TEST(FacilitiesTest, AFacilityWithoutAnIdIsLeftOut) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(5), At(5), Said("S1", "PrisonClosureOrdered", R"(actor: "trump")")));
  ASSERT_OK(scenario.Add(At(5), At(5),
                         Said("S1", "FacilityPopulationStated", "count { lower: 1 upper: 1 }")));
  EXPECT_THAT(scenario.Ask("facilities", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals::venezuela
