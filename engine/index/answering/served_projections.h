// ServedProjections: what of one timeline's projections readers may see.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_SERVED_PROJECTIONS_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_SERVED_PROJECTIONS_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/measure/generation_index.h"
#include "engine/index/measure/measure_index.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"

namespace annals {

// A measure as readers have it: what they hold stays as long as they do.
struct ServedMeasure {
  const Measure* measure;
  std::shared_ptr<const GenerationIndex> generation;
  const MeasureIndex* index;  // Of `generation`.
  Position position;          // Every event up to here is in.

  // What comes after is not to be seen yet.
  Slice Clamped(Slice slice) const {
    slice.position = std::min(slice.position, position);
    return slice;
  }
};

// The board between the thread that follows the log and those that read.
// Thread-safe. The projections must outlive it.
class ServedProjections {
 public:
  struct State {
    std::shared_ptr<const GenerationIndex> index;  // Null: it is being built.
    Position position;                             // Every event up to here is in.
    absl::Status status;                           // Not OK: stopped at position + 1, and why.
  };

  ServedProjections(std::string timeline, std::vector<const Projection*> projections);

  const std::string& timeline() const { return timeline_; }
  const std::vector<const Projection*>& projections() const { return projections_; }

  // In the order of projections(). Wakes who waits.
  void Publish(std::vector<State> states);
  // Nothing moves any more, and why; OK: it does again. Wakes who waits.
  void SetFollowing(absl::Status status);

  // A measure, which must be of this kind if one is given, and may be asked for by
  // such a prefix; without a kind a set's prefix may have its member as well.
  // Errors: as TemporalIndex says.
  absl::StatusOr<ServedMeasure> Open(const MeasureRef& measure, std::optional<MeasureKind> kind,
                                     const Key& prefix) const;

  // Says at an error which measure it is of.
  absl::Status In(const MeasureRef& measure, const absl::Status& status) const;

  // As ProjectionRunner says.
  absl::Status WaitFor(Position position) const;
  std::vector<State> States() const;
  absl::Status following() const;

 private:
  bool HasTakenIn(Position position) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<size_t> FindProjection(absl::string_view name) const;
  absl::Status CheckServed(size_t projection) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string timeline_;
  const std::vector<const Projection*> projections_;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<State> states_ ABSL_GUARDED_BY(mutex_);
  absl::Status following_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_SERVED_PROJECTIONS_H_
