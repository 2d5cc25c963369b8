#include "projections/venezuela/closure.h"

#include <optional>

#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/venezuela/v1/facility.pb.h"

namespace annals::venezuela {
namespace {

TEST(ClosureTest, ReadsTheStageFromTheType) {
  ::venezuela::v1::PrisonClosureAgreed agreed;
  agreed.mutable_facility()->set_id("el-helicoide");
  agreed.set_actor("caracas");
  const annals::v1::Event event;
  const std::optional<ClosureClaim> claim = ClosureClaimOf({event, &agreed, {}});
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->facility, "el-helicoide");
  EXPECT_EQ(claim->stage, "agreed");
  EXPECT_EQ(claim->actor, "caracas");
}

TEST(ClosureTest, OtherEventsAreNoClaim) {
  const ::venezuela::v1::FacilityPopulationStated stated;
  const annals::v1::Event event;
  EXPECT_FALSE(ClosureClaimOf({event, &stated, {}}).has_value());
  EXPECT_FALSE(ClosureClaimOf({event, nullptr, {}}).has_value());
}

TEST(ClosureTest, StagesAreRankedFromADemandToTheDeed) {
  EXPECT_LT(ClosureRank("no stage"), ClosureRank("demanded"));
  EXPECT_LT(ClosureRank("demanded"), ClosureRank("anticipated"));
  EXPECT_LT(ClosureRank("anticipated"), ClosureRank("announced"));
  EXPECT_LT(ClosureRank("announced"), ClosureRank("agreed"));
  EXPECT_LT(ClosureRank("agreed"), ClosureRank("ordered"));
  EXPECT_LT(ClosureRank("ordered"), ClosureRank("executed"));
}

}  // namespace
}  // namespace annals::venezuela
