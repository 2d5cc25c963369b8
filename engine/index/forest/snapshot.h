// Snapshot: the forest as it stood at one moment, and the questions to it.
#ifndef ANNALS_ENGINE_INDEX_FOREST_SNAPSHOT_H_
#define ANNALS_ENGINE_INDEX_FOREST_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/point.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/tail.h"

namespace annals::forest {

// The parts of a forest: runs in order of arrival, then the tail. Immutable, but
// for what is appended to the tail.
struct Version {
  std::vector<std::shared_ptr<const Run>> runs;
  std::shared_ptr<Tail> tail;

  uint64_t run_points() const;
};

// Holds the points that arrived first, so many, whatever happens to the forest
// after. Keeps replaced runs from being deleted: let it go soon.
// Thread-safe. The page store must outlive it.
//
// All methods return DATA_LOSS if a page is wrong, or what the store says. Sums
// are exact: 128 bits hold any.
class Snapshot {
 public:
  // Of the version's tail, the first `tail_size` points, which are there.
  Snapshot(std::shared_ptr<const Version> version, size_t tail_size, const PageStore* store,
           size_t measures)
      : version_(std::move(version)), store_(store), measures_(measures), tail_size_(tail_size) {}

  uint64_t points() const { return version_->run_points() + tail_size_; }

  // One group's sum. At most three pages a run, all in one read of the store.
  absl::StatusOr<WeightSum> Sum(uint32_t group, Corner corner) const;

  // The groups of the range whose sum has a measure that isn't zero, ascending.
  // Two pages a group and one a run, in one read of the store, or in a few where
  // that would be many thousand.
  absl::StatusOr<std::vector<GroupSum>> SumAll(GroupRange groups, Corner corner) const;

  // One group's sums at each of `corners`. No page is read twice for neighbours.
  absl::StatusOr<std::vector<WeightSum>> Sweep(uint32_t group,
                                               absl::Span<const Corner> corners) const;

 private:
  absl::Status SweepPart(uint32_t group, absl::Span<const Corner> corners,
                         absl::Span<WeightSum> sums) const;

  std::shared_ptr<const Version> version_;
  const PageStore* store_;
  size_t measures_;
  size_t tail_size_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_SNAPSHOT_H_
