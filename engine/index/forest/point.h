// Point: what a dominance forest adds up, and the corner that a sum is asked at.
#ifndef ANNALS_ENGINE_INDEX_FOREST_POINT_H_
#define ANNALS_ENGINE_INDEX_FOREST_POINT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/numeric/int128.h"
#include "engine/base/instant.h"

namespace annals::forest {

// A tally has five: how many, the lower limits' sum, how many have none, the
// upper limits' sum, how many have none. A set has one.
inline constexpr size_t kMaxMeasures = 5;

// A forest says how many of them it uses; the rest are ignored. A correction
// takes a point back by adding the negative.
using Weight = std::array<int64_t, kMaxMeasures>;

// 128 bits hold the sum of 2^32 points of any weight: a sum never wraps.
using WeightSum = std::array<absl::int128, kMaxMeasures>;

struct Point {
  uint32_t group = 0;
  Instant valid;
  Instant known;
  Weight weight = {};

  friend bool operator==(const Point&, const Point&) = default;
};

// The points with valid <= `valid` and known <= `known`.
struct Corner {
  Instant valid = Instant::End();
  Instant known = Instant::End();
};

struct GroupSum {
  uint32_t group = 0;
  WeightSum sum = {};

  friend bool operator==(const GroupSum&, const GroupSum&) = default;
};

// Both ends are included.
struct GroupRange {
  uint32_t first = 0;
  uint32_t last = UINT32_MAX;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_POINT_H_
