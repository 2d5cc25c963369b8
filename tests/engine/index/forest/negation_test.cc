#include "engine/index/forest/negation.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/numeric/int128.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

const Weight kWeights[] = {{1, 5, 0, -7, 0},
                           {1, kMost, 1, -kMost, 0},
                           {1, kLeast, 0, kLeast, 0},
                           {-1, kLeast, 1, kMost, 0},
                           {0, 0, 0, 0, 0}};

TEST(NegationTest, AddsUpToNothingWithThePoint) {
  for (const Weight& weight : kWeights) {
    const Point point = {.group = 7, .valid = {3}, .known = {4}, .weight = weight};
    std::vector<Point> points = {point};
    AppendNegative(point, &points);
    WeightSum sum = {};
    for (const Point& each : points) {
      EXPECT_EQ(each.group, point.group);
      EXPECT_EQ(each.valid, point.valid);
      EXPECT_EQ(each.known, point.known);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += each.weight[i];
    }
    EXPECT_EQ(sum, WeightSum{});
  }
}

TEST(NegationTest, TakesOnePointUnlessAWeightIsTheLeastNumber) {
  std::vector<Point> points;
  AppendNegative({.weight = {1, kMost, 0, -5, 0}}, &points);
  EXPECT_EQ(points.size(), 1);
  AppendNegative({.weight = {1, kLeast, 0, kLeast, 0}}, &points);
  EXPECT_EQ(points.size(), 3);
}

}  // namespace
}  // namespace annals::forest
