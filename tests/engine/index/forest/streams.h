// Streams: seeded points as they may arrive, from the kindest to the worst.
#ifndef ANNALS_TESTS_ENGINE_INDEX_FOREST_STREAMS_H_
#define ANNALS_TESTS_ENGINE_INDEX_FOREST_STREAMS_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ostream>
#include <random>

#include "engine/index/forest/point.h"

namespace annals::forest {

enum class Arrival {
  kOnTime,        // Both times follow the order of arrival.
  kSoonAfter,     // The same, but known some time after it happened.
  kFewLate,       // The same, but one in ten at any time.
  kLateValid,     // Any valid time.
  kLateKnown,     // Any known time.
  kLateBoth,      // Any of either, independently.
  kFewCorners,    // Late, on a handful of coordinates.
  kExtremeTimes,  // Late, and often at the limits of time.
};

struct StreamKind {
  const char* name;
  Arrival arrival;
  uint32_t groups;
  bool one_huge_group = false;   // Nine of ten points are of one group.
  bool corrections = false;      // Half of the points take an earlier one back.
  bool extreme_weights = false;  // Sums leave 64 bits, on either side.
  uint32_t group_step = 3;       // Between the groups' numbers.

  friend void PrintTo(const StreamKind& kind, std::ostream* os) { *os << kind.name; }
};

inline constexpr StreamKind kStreams[] = {
    {"OnTime", Arrival::kOnTime, 5},
    {"LateValid", Arrival::kLateValid, 5},
    {"LateKnown", Arrival::kLateKnown, 5},
    {"LateBoth", Arrival::kLateBoth, 5},
    {"OneGroup", Arrival::kLateBoth, 1},
    {"HugeGroup", Arrival::kLateBoth, 50, true},
    {"TinyGroups", Arrival::kLateBoth, 2000},
    {"DenseGroups", Arrival::kLateBoth, 150, false, false, false, 1},
    {"HugeGroupOnTime", Arrival::kOnTime, 20, true},
    {"Corrections", Arrival::kLateBoth, 5, false, true},
    {"FewCorners", Arrival::kFewCorners, 3},
    {"ExtremeTimes", Arrival::kExtremeTimes, 4},
    {"ExtremeWeights", Arrival::kLateBoth, 3, false, false, true},
    {"SoonAfter", Arrival::kSoonAfter, 5},
    {"FewLate", Arrival::kFewLate, 3},
};

class Stream {
 public:
  Stream(const StreamKind& kind, uint64_t seed) : kind_(kind), random_(seed) {}

  Point Next() {
    if (kind_.corrections && !recent_.empty() && Below(2) == 0) {
      Point point = recent_[Below(recent_.size())];
      for (int64_t& weight : point.weight) weight = -weight;
      point.known = Known();
      return point;
    }
    Point point;
    point.group =
        kind_.one_huge_group && Below(10) > 0 ? 7 : Below(kind_.groups) * kind_.group_step;
    point.valid = Valid();
    point.known = Known();
    for (size_t m = 0; m < kMaxMeasures; ++m) point.weight[m] = WeightOf(m, point.weight[1]);
    ++arrived_;
    if (recent_.size() < 64) recent_.push_back(point);
    return point;
  }

  Corner AnyCorner() { return {AnyTime(), AnyTime()}; }
  uint32_t AnyGroup() { return static_cast<uint32_t>(Below(kind_.groups * 3 + 4)); }
  uint64_t Below(uint64_t bound) { return random_() % bound; }

 private:
  static constexpr int64_t kSpan = 3'000;

  Instant AnyTime() {
    if (kind_.arrival == Arrival::kExtremeTimes) return Extreme();
    if (Below(12) == 0) return Below(2) == 0 ? Instant::Beginning() : Instant::End();
    return Instant{static_cast<int64_t>(Below(kSpan + 2)) - 1};
  }
  Instant Extreme() {
    constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    const int64_t near = static_cast<int64_t>(Below(3));
    switch (Below(4)) {
      case 0:
        return Instant{kLeast + near};
      case 1:
        return Instant{kMost - near};
      case 2:
        return Instant{near - 1};
      default:
        return Instant{static_cast<int64_t>(random_())};
    }
  }
  Instant Late() {
    switch (kind_.arrival) {
      case Arrival::kFewCorners:
        return Instant{static_cast<int64_t>(Below(3)) * (kSpan / 3)};
      case Arrival::kExtremeTimes:
        return Extreme();
      default:
        return Instant{static_cast<int64_t>(Below(kSpan))};
    }
  }
  bool IsSoonAfter() const {
    return kind_.arrival == Arrival::kSoonAfter || kind_.arrival == Arrival::kFewLate;
  }
  Instant OnTime() { return Instant{static_cast<int64_t>(arrived_ / 2 % kSpan)}; }
  Instant Valid() {
    if (IsSoonAfter()) {
      const auto delay = static_cast<int64_t>(Below(60));
      return Instant{std::max<int64_t>(0, OnTime().micros - delay)};
    }
    const bool on_time = kind_.arrival == Arrival::kOnTime || kind_.arrival == Arrival::kLateKnown;
    return on_time ? OnTime() : Late();
  }
  Instant Known() {
    if (IsSoonAfter()) {
      return kind_.arrival == Arrival::kFewLate && Below(10) == 0 ? Late() : OnTime();
    }
    const bool on_time = kind_.arrival == Arrival::kOnTime || kind_.arrival == Arrival::kLateValid;
    return on_time ? OnTime() : Late();
  }
  // Of all kinds that pages treat in their own way: constant, varied, the same as
  // another's, mostly zero, either sign.
  int64_t WeightOf(size_t measure, int64_t second) {
    if (kind_.extreme_weights) {
      return Below(2) == 0 ? std::numeric_limits<int64_t>::max() - static_cast<int64_t>(Below(2))
                           : std::numeric_limits<int64_t>::min();
    }
    switch (measure) {
      case 0:
        return 1;
      case 1:
        return static_cast<int64_t>(Below(10)) + 1;
      case 2:
        return second;
      case 3:
        return Below(30) == 0 ? 1 : 0;
      default:
        return static_cast<int64_t>(Below(2001)) - 1000;
    }
  }

  const StreamKind kind_;
  std::mt19937_64 random_;
  uint64_t arrived_ = 0;
  std::vector<Point> recent_;
};

}  // namespace annals::forest

#endif  // ANNALS_TESTS_ENGINE_INDEX_FOREST_STREAMS_H_
