#include "projections/venezuela/venezuela_domain.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/scenario.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Scenario;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

TEST(VenezuelaDomainTest, ViewsAreNamedAsTheyAreAskedFor) {
  std::vector<std::string> names;
  for (const View& view : VenezuelaDomain().views) names.push_back(view.name);
  EXPECT_THAT(names,
              UnorderedElementsAre("summary", "remaining-prisoners", "nationals-freed", "releases",
                                   "verification-gap", "facilities", "conflicts"));
}

TEST(VenezuelaDomainTest, TypesAreEventsAndNotTheirParts) {
  std::set<std::string> names;
  for (const auto* type : VenezuelaDomain().types) names.insert(type->full_name());
  EXPECT_EQ(names.size(), VenezuelaDomain().types.size());
  EXPECT_THAT(names, IsSupersetOf({"venezuela.v1.MaduroCaptured", "venezuela.v1.ReleaseVerified",
                                   "venezuela.v1.PrisonClosureOrdered",
                                   "venezuela.v1.DetaineeEstimateStated",
                                   "venezuela.v1.DescriptionStated"}));
  EXPECT_THAT(names, Not(Contains("venezuela.v1.Person")));
}

TEST(VenezuelaDomainTest, ProjectionsAreNamedAfterTheDomainAndEachIsThereOnce) {
  std::set<std::string> names;
  for (const Projection& projection : VenezuelaDomain().projections) {
    EXPECT_THAT(projection.name, StartsWith("venezuela."));
    EXPECT_TRUE(names.insert(projection.name).second) << projection.name;
  }
}

// Nothing recorded is no row: an empty history is not a history of zeros.
TEST(VenezuelaDomainTest, AnEmptyWorldHasNoRowsInAnyView) {
  const Scenario scenario(VenezuelaDomain());
  for (const View& view : VenezuelaDomain().views) {
    EXPECT_THAT(scenario.Ask(view.name, WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()))
        << view.name;
  }
}

}  // namespace
}  // namespace annals
