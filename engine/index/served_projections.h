// ServedProjections: what of one timeline's projections readers may see.
#ifndef ANNALS_ENGINE_INDEX_SERVED_PROJECTIONS_H_
#define ANNALS_ENGINE_INDEX_SERVED_PROJECTIONS_H_

#include <cstddef>
#include <cstdint>
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
#include "engine/index/index_keys.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/storage/database.h"

namespace annals {

// The rows of one measure, as they stood when they were opened.
struct MeasureRows {
  const Measure* measure;
  storage::Cursor rows;
  size_t prefix_bytes;  // Of what all its keys begin with.
};

// The board between the thread that follows the log and those that read. A
// reader's cursor is made under the same lock under which a new generation is
// published, so rows that are no longer served can be deleted right after.
// Thread-safe. The Database and the projections must outlive it.
class ServedProjections {
 public:
  struct State {
    uint32_t generation = 0;  // Whose rows are read; 0: it is being built.
    Position position;        // Every event up to here is in.
    absl::Status status;      // Not OK: stopped at position + 1, and why.
  };

  ServedProjections(std::string timeline, IndexKeys keys, const storage::Database* database,
                    std::vector<const Projection*> projections);

  const std::string& timeline() const { return timeline_; }
  const std::vector<const Projection*>& projections() const { return projections_; }

  // In the order of projections(). Wakes who waits.
  void Publish(std::vector<State> states);
  // Nothing moves any more, and why; OK: it does again. Wakes who waits.
  void SetFollowing(absl::Status status);

  // The rows under `prefix` of a measure, which must be of this kind if one is
  // given; otherwise a set's prefix may have its member as well. With `after`,
  // only those whose next element is greater. Errors: as TemporalIndex says.
  absl::StatusOr<MeasureRows> Open(const MeasureRef& measure, std::optional<MeasureKind> kind,
                                   const Key& prefix, absl::string_view after = "") const;

  // As ProjectionRunner says.
  absl::Status WaitFor(Position position) const;
  std::vector<State> States() const;
  absl::Status following() const;

 private:
  bool HasTakenIn(Position position) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<size_t> FindProjection(absl::string_view name) const;
  absl::Status CheckServed(size_t projection) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string timeline_;
  const IndexKeys keys_;
  const storage::Database* const database_;
  const std::vector<const Projection*> projections_;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<State> states_ ABSL_GUARDED_BY(mutex_);
  absl::Status following_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_SERVED_PROJECTIONS_H_
