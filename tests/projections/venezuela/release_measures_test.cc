#include "projections/venezuela/release_measures.h"

#include "gtest/gtest.h"

namespace annals::venezuela {
namespace {

RegisterRow Row(int occurred, int known, uint64_t position) {
  return {.position = {position}, .occurred = {occurred}, .known = {known}};
}

TEST(ReleaseMeasuresTest, LatestIsByOccurredThenKnownThenPosition) {
  EXPECT_FALSE(LatestOf({}).has_value());
  EXPECT_EQ(LatestOf({Row(1, 9, 9), Row(2, 1, 1)})->position, Position{1});
  EXPECT_EQ(LatestOf({Row(2, 3, 1), Row(2, 1, 9)})->position, Position{1});
  EXPECT_EQ(LatestOf({Row(2, 3, 5), Row(2, 3, 4)})->position, Position{5});
}

TEST(ReleaseMeasuresTest, EveryMeasureIsOneOfTheProjections) {
  const Projection projection = ReleasesProjection();
  const auto last = static_cast<int>(ReleaseMeasure::kClaimed);
  ASSERT_EQ(projection.measures.size(), last + 1);
  for (int i = 0; i <= last; ++i) {
    const MeasureRef ref = RefTo(static_cast<ReleaseMeasure>(i));
    EXPECT_EQ(ref.projection, projection.name);
    EXPECT_EQ(ref.measure, projection.measures[i].name);
  }
}

}  // namespace
}  // namespace annals::venezuela
