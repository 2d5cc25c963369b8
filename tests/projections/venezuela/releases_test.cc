#include "projections/venezuela/releases.h"

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

TEST(ReleasesTest, WithoutReleasesThereAreNoRows) {
  const Scenario scenario(VenezuelaDomain());
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(ReleasesTest, AReportHasNoVerifierAndMayHaveNoNationality) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(
      scenario.Add(At(9), At(9),
                   Said("press", "ReleaseReported", R"(persons { id: "marquez" })", "2026-01-09")));
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("marquez: occurred=2026-01-09@1 status=reported@1")));
}

TEST(ReleasesTest, ListsTheVerifiersAndTheNationalities) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8),
                         Said("spain", "ReleaseVerified",
                              R"(persons { id: "miguel" nationalities: "VE" })", "2026-01-08")));
  ASSERT_OK(scenario.Add(At(8), At(9),
                         Said("family", "ReleaseVerified",
                              R"(persons { id: "miguel" nationalities: "ES" })", "2026-01-08")));
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("miguel: occurred=2026-01-08@2 nationalities=ES, VE@1,2 "
                                       "status=verified@1,2 verifier=family, spain@1,2")));
}

TEST(ReleasesTest, AVerificationOutweighsALaterReport) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      At(8), At(8), Said("spain", "ReleaseVerified", R"(persons { id: "miguel" })", "2026-01-08")));
  ASSERT_OK(
      scenario.Add(At(10), At(10),
                   Said("press", "ReleaseReported", R"(persons { id: "miguel" })", "2026-01-10")));
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("miguel: occurred=2026-01-08@1 status=verified@1 "
                                       "verifier=spain@1")));
}

TEST(ReleasesTest, AReportIsVerifiedOnceSomebodyHas) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      At(8), At(8), Said("press", "ReleaseReported", R"(persons { id: "miguel" })", "2026-01-08")));
  ASSERT_OK(scenario.Add(At(8), At(10),
                         Said("", "ReleaseVerified", R"(persons { id: "miguel" })", "2026-01")));
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kCertain, 31, 9),
              IsOkAndHolds(ElementsAre("miguel: occurred=2026-01-08@1 status=reported@1")));
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kCertain, 31, 10),
              IsOkAndHolds(ElementsAre("miguel: occurred=2026-01@2 status=verified@2 "
                                       "verifier=unattributed@2")));
}

TEST(ReleasesTest, APersonWithoutAnIdIsNobodys) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(
      At(8), At(8),
      Said("press", "ReleaseReported", R"(persons { name: "Somebody" nationalities: "ES" })")));
  EXPECT_THAT(scenario.Ask("releases", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(scenario.Ask("nationals-freed", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals::venezuela
