// WorldForests: the sums of a measure, by group, in both worlds.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_WORLD_FORESTS_H_
#define ANNALS_ENGINE_INDEX_MEASURE_WORLD_FORESTS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/forest/dominance_forest.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/point.h"
#include "engine/index/forest/snapshot.h"
#include "engine/index/temporal_index.h"

namespace annals {

// Both worlds' forests as they were at one position.
class WorldSnapshot {
 public:
  WorldSnapshot(forest::Snapshot certain, forest::Snapshot residual)
      : certain_(std::move(certain)), residual_(std::move(residual)) {}

  // As forest::Snapshot has them. Costs a second forest only where dates are vague.
  absl::StatusOr<forest::WeightSum> Sum(WorldKind world, uint32_t group,
                                        forest::Corner corner) const;
  absl::StatusOr<std::vector<forest::GroupSum>> SumAll(WorldKind world, forest::GroupRange groups,
                                                       forest::Corner corner) const;
  absl::StatusOr<std::vector<forest::WeightSum>> Sweep(
      WorldKind world, uint32_t group, absl::Span<const forest::Corner> corners) const;

 private:
  bool UsesResidual(WorldKind world) const;

  forest::Snapshot certain_;
  forest::Snapshot residual_;
};

// Exact dates are the same in both worlds. So one forest has the certain world,
// and another what must be added for the possible one: its points, and the
// negatives of those of the certain world that differ.
//
// Add, Flush and what follows are for one thread; MaintainOnce may run on
// another; At is for any.
class WorldForests {
 public:
  // The position of the last event that is in the manifests. The stores must
  // outlive it. Errors are those of DominanceForest::Open.
  struct Stores {
    forest::PageStore* certain;
    forest::PageStore* residual;
  };
  struct Manifests {
    forest::Manifest certain;
    forest::Manifest residual;
  };
  static absl::StatusOr<std::unique_ptr<WorldForests>> Open(const forest::ForestOptions& options,
                                                            Stores stores,
                                                            const Manifests& manifests,
                                                            Position stored);

  // What an event changes, which is the newest: in the certain world, and in the
  // possible one.
  absl::Status Add(Position event, absl::Span<const forest::Point> certain,
                   absl::Span<const forest::Point> possible);

  // Stores all points; then the manifests have them.
  absl::Status Flush();
  Manifests manifests() const;
  // The manifests are committed.
  void Committed(const Manifests& manifests);
  // Merges have changed the manifests since.
  bool HasUncommitted() const;

  // As DominanceForest::SetTailPoints.
  void SetTailPoints(size_t points);

  absl::StatusOr<bool> MaintainOnce(const std::stop_token& stop);

  // As of the event at `position`. None: that is too long ago.
  std::optional<WorldSnapshot> At(Position position) const;

 private:
  // How many points a forest had once an event was in.
  struct Mark {
    Position event;
    uint64_t certain;
    uint64_t residual;
  };

  WorldForests(std::unique_ptr<forest::DominanceForest> certain,
               std::unique_ptr<forest::DominanceForest> residual, Position stored);

  const std::unique_ptr<forest::DominanceForest> certain_;
  const std::unique_ptr<forest::DominanceForest> residual_;
  Manifests committed_;
  mutable Mutex mutex_;
  std::deque<Mark> marks_ ABSL_GUARDED_BY(mutex_);  // Ascending; never empty.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_WORLD_FORESTS_H_
