#include "engine/query/world.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::CrewListed;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

const MeasureRef kLost = {"shipwrecks.sinkings", "lost"};
const MeasureRef kSea = {"shipwrecks.sinkings", "sea"};
const MeasureRef kCrew = {"shipwrecks.crews", "crew"};

class WorldTest : public annals::testing::SeaTest {
 protected:
  WorldTest() {
    Record(ShipSunk("rose", "baltic", 3, 5, {"2031-01-02", "2031-01-03"}));
    Record(ShipSunk("star", "north", 8, 8, {"2031-01-02", "2031-01-03"}));
    Record(CrewListed("rose", {"bo", "ann", "bo"}, {"2031-01-02", "2031-01-03"}));
  }

  const World world_{&timeline_.index(), Slice{}};
};

TEST_F(WorldTest, AsksForOneGroup) {
  EXPECT_THAT(world_.Sum(kLost, {"baltic"}), IsOkAndHolds(Optional(Quantity{3, 5})));
  EXPECT_THAT(world_.Sum(kLost, {"south"}), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(world_.CountMembers(kCrew, {"rose"}), IsOkAndHolds(2));
  EXPECT_THAT(world_.CountMembers(kCrew, {"star"}), IsOkAndHolds(0));
  ASSERT_OK_AND_ASSIGN(const auto sea, world_.Latest(kSea, {"star"}));
  ASSERT_TRUE(sea.has_value());
  EXPECT_EQ(sea->value.text(), "north");
  EXPECT_EQ(sea->position, Position{2});
  EXPECT_THAT(world_.Latest(kSea, {"sun"}), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(WorldTest, AsksForAllGroups) {
  ASSERT_OK_AND_ASSIGN(const auto sums, world_.Sums(kLost, {}));
  ASSERT_EQ(sums.size(), 2);
  EXPECT_THAT(sums[0].key, ElementsAre("baltic"));
  EXPECT_EQ(sums[1].sum, Quantity::Exactly(8));
  ASSERT_OK_AND_ASSIGN(const auto seas, world_.AllLatest(kSea, {}));
  EXPECT_EQ(seas.size(), 2);
  ASSERT_OK_AND_ASSIGN(const auto crews, world_.Counts(kCrew, {}));
  ASSERT_EQ(crews.size(), 1);
  EXPECT_EQ(crews[0].members, 2);
  EXPECT_THAT(world_.Members(kCrew, {"rose"}), IsOkAndHolds(ElementsAre("ann", "bo")));
  EXPECT_THAT(world_.Members(kCrew, {"star"}), IsOkAndHolds(IsEmpty()));
}

TEST_F(WorldTest, RefusesAPrefixWhereOneGroupIsMeant) {
  EXPECT_THAT(world_.Sum(kLost, {}), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("\"shipwrecks.sinkings.lost\"")));
}

TEST_F(WorldTest, PassesOnTheIndexsErrors) {
  EXPECT_THAT(world_.Sum({"nowhere", "lost"}, {"baltic"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere")));
}

}  // namespace
}  // namespace annals
