#include "engine/query/verbs/catalog.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/shipwrecks/shipwrecks_domain.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Shipwrecks;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Domain Everywhere() {
  Domain domain;
  domain.views = {View{.name = "zones"}, View{.name = "sources"}};
  return domain;
}

std::vector<std::string> Names(const std::vector<const View*>& views) {
  std::vector<std::string> names;
  for (const View* view : views) names.push_back(view->name);
  return names;
}

TEST(CatalogTest, ListsTheDomainsViewsThenThoseOfEveryTimeline) {
  const std::vector<Domain> domains = {Everywhere(), Shipwrecks()};
  const Catalog catalog(&domains);
  EXPECT_THAT(Names(catalog.Views("shipwrecks")),
              ElementsAre("ships", "losses", "zones", "sources"));
  EXPECT_THAT(Names(catalog.Views("")), ElementsAre("zones", "sources"));
  EXPECT_THAT(Names(catalog.Views("venus")), ElementsAre("zones", "sources"));
}

TEST(CatalogTest, AnUnknownViewIsAnsweredWithThoseThereAre) {
  const std::vector<Domain> domains = {Shipwrecks()};
  EXPECT_THAT(Catalog(&domains).FindView("shipwrecks", "loses"),
              StatusIs(absl::StatusCode::kNotFound,
                       "there is no view \"loses\"; did you mean \"losses\"? The views are "
                       "\"ships\", \"losses\""));
  EXPECT_THAT(Catalog(&domains).FindView("venus", "losses"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("(its domain \"venus\" isn't part of this program)")));
}

TEST(CatalogTest, FindsTypesByFullAndByLastName) {
  const std::vector<Domain> domains = {Shipwrecks()};
  const Catalog catalog(&domains);
  EXPECT_THAT(catalog.FindTypes("shipwrecks", "ShipSunk"),
              IsOkAndHolds(ElementsAre("shipwrecks.v1.ShipSunk")));
  EXPECT_THAT(catalog.FindTypes("shipwrecks", "shipwrecks.v1.ShipSunk"),
              IsOkAndHolds(ElementsAre("shipwrecks.v1.ShipSunk")));
  EXPECT_THAT(catalog.FindTypes("", "TimelineCreated"),
              IsOkAndHolds(ElementsAre("annals.v1.TimelineCreated")));
  EXPECT_THAT(
      catalog.FindTypes("shipwrecks", "Sunk"),
      StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("there is no event type \"Sunk\""),
                                                  HasSubstr("annals.v1.SourceRegistered"),
                                                  HasSubstr("shipwrecks.v1.WreckFound"))));
  EXPECT_THAT(catalog.FindTypes("", "ShipSunk"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("annals.v1.TimelineCreated")));
}

TEST(CatalogTest, EveryTimelineHasTheEnginesOwnProjection) {
  const std::vector<Domain> domains = {Shipwrecks()};
  EXPECT_EQ(Catalog(&domains).Projections("").size(), 1);
  EXPECT_EQ(Catalog(&domains).Projections("shipwrecks").size(), 4);
}

TEST(CatalogTest, RefusesNamesThatAreShared) {
  const std::vector<Domain> good = {Everywhere(), Shipwrecks()};
  EXPECT_OK(Catalog(&good).Check());

  const std::vector<Domain> same_domain = {Shipwrecks(), Shipwrecks()};
  EXPECT_THAT(Catalog(&same_domain).Check(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("two domains share the name \"shipwrecks\"")));

  std::vector<Domain> same_projection = {Shipwrecks(), Shipwrecks()};
  same_projection[1].name = "more-shipwrecks";
  EXPECT_THAT(Catalog(&same_projection).Check(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("two projections share the name \"shipwrecks.sinkings\"")));

  std::vector<Domain> same_view = {Everywhere(), Shipwrecks()};
  same_view[0].views[0].name = "ships";
  EXPECT_THAT(Catalog(&same_view).Check(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("domain \"shipwrecks\""),
                             HasSubstr("two views share the name \"ships\""))));
}

}  // namespace
}  // namespace annals
