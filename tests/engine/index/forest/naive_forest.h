// NaiveForest: the same answers as a DominanceForest's, by looking at each point.
#ifndef ANNALS_TESTS_ENGINE_INDEX_FOREST_NAIVE_FOREST_H_
#define ANNALS_TESTS_ENGINE_INDEX_FOREST_NAIVE_FOREST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "engine/index/forest/point.h"

namespace annals::forest {

class NaiveForest {
 public:
  explicit NaiveForest(size_t measures) : measures_(measures) {}

  void Add(const Point& point) { points_.push_back(point); }
  const std::vector<Point>& points() const { return points_; }

  // Of the first `size` points.
  std::vector<GroupSum> SumAll(GroupRange groups, Corner corner, size_t size) const {
    std::map<uint32_t, WeightSum> sums;
    for (size_t i = 0; i < size; ++i) {
      const Point& point = points_[i];
      if (point.group < groups.first || point.group > groups.last) continue;
      if (point.valid > corner.valid || point.known > corner.known) continue;
      for (size_t m = 0; m < measures_; ++m) sums[point.group][m] += point.weight[m];
    }
    std::vector<GroupSum> rows;
    for (const auto& [group, sum] : sums) {
      if (sum != WeightSum{}) rows.push_back({group, sum});
    }
    return rows;
  }
  std::vector<GroupSum> SumAll(GroupRange groups, Corner corner) const {
    return SumAll(groups, corner, points_.size());
  }

  WeightSum Sum(uint32_t group, Corner corner) const {
    const std::vector<GroupSum> rows = SumAll({group, group}, corner);
    return rows.empty() ? WeightSum{} : rows[0].sum;
  }

 private:
  const size_t measures_;
  std::vector<Point> points_;
};

}  // namespace annals::forest

#endif  // ANNALS_TESTS_ENGINE_INDEX_FOREST_NAIVE_FOREST_H_
