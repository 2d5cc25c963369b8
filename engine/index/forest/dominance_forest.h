// DominanceForest: sums of weights over "happened by then, known by then".
#ifndef ANNALS_ENGINE_INDEX_FOREST_DOMINANCE_FOREST_H_
#define ANNALS_ENGINE_INDEX_FOREST_DOMINANCE_FOREST_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/index/forest/manifest.h"
#include "engine/index/forest/merge_policy.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/point.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/run_fences.h"
#include "engine/index/forest/run_merger.h"
#include "engine/index/forest/snapshot.h"
#include "engine/index/forest/tail.h"

namespace annals::forest {

struct ForestOptions {
  size_t measures = 1;  // 1 to kMaxMeasures.
  MergeRules merges;    // Its tail_points is the tail's size.
  RunShape shape;
  // How many tails of merges.tail_points back At() reaches, the present one
  // included. Each keeps a tail's memory, and the stored runs that it needs from
  // being deleted.
  size_t kept_versions = 8;
};

// Takes points in any order of their times and answers, for any corner, what the
// points within it add up to. The newest points are in a tail; older ones in runs
// whose sizes grow geometrically, each sorted by known time and by (group, valid)
// alike. So there are logarithmically many runs, and an answer takes the same
// few pages of each, however late the points came on either axis
// (docs/decisions/0004-dominance-forest.md).
//
//   forest->Add({.group = 7, .valid = v, .known = k, .weight = {1}});
//   while (*forest->MaintainOnce()) {}
//   auto sum = forest->Now().Sum(7, {.valid = v, .known = k});
//
// Durability: stored runs are always the points that arrived first. The owner
// commits manifest() with its own cursor; after a crash it opens the forest with
// the manifest that it finds, and adds the points after Manifest::points() again.
//
// Add, Flush and Compact are for one thread at a time; MaintainOnce may run on another;
// everything else is thread-safe, and questions wait for neither. Add and Flush
// wait for merges of runs in memory, never for those of stored ones. The store
// must outlive the forest and its snapshots, and serves this forest alone.
class DominanceForest {
 public:
  // Opens what `manifest` names, and deletes what else is in the store: pages
  // that no manifest got to name. Default-constructed: an empty forest.
  // INVALID_ARGUMENT if the options contradict themselves, FAILED_PRECONDITION
  // if the manifest has another number of measures, DATA_LOSS if pages are wrong.
  static absl::StatusOr<std::unique_ptr<DominanceForest>> Open(const ForestOptions& options,
                                                               PageStore* store,
                                                               const Manifest& manifest);

  // Adds a point, or returns what the store says and adds nothing. O(1), but for
  // one in tail_points, which sorts the tail.
  absl::Status Add(const Point& point);

  // The next tails have this size: larger ones take many points in faster, which
  // are not asked for yet. Replaces the tail if it is empty; of the adding thread.
  void SetTailPoints(size_t points);

  // Makes one merge, if one is due, and deletes what no one uses any more. False
  // if nothing was due.
  //
  // Called again after that, with no point added meanwhile, it takes the forest to
  // be idle: it merges until there is one stored run (but for what is little
  // beside it: MergeRules::idle_share) and one in memory, drops kept versions that
  // keep replaced pages, and gives their space back.
  //
  // Returns what the store says, or CANCELLED soon after `stop` is requested; then
  // nothing has changed, and the next call tries again. Takes as long as the merge.
  absl::StatusOr<bool> MaintainOnce(const std::stop_token& stop = {});

  // Stores every point added so far, so that manifest() has them all. Seldom
  // needed: it makes a run of whatever is in memory.
  absl::Status Flush();

  // Flush that makes one run of all points: the fewest pages a question. Worth
  // its time after a rebuild. FAILED_PRECONDITION if they exceed largest_points.
  absl::Status Compact();

  // What is stored. Commit it when it has changed, then say so.
  Manifest manifest() const;

  // The manifest of this sequence is committed, and no earlier one will be
  // opened again: the runs that it no longer names may go.
  void Committed(uint64_t sequence);

  // The forest as it is now. O(1).
  Snapshot Now() const;

  // The forest as it was when it had the first `points` points and no others. None
  // if it never had so few or so many at a time, or no longer can tell: it can for
  // those of the present tail, and of the kept_versions - 1 before it, until the
  // forest is idle (MaintainOnce). So what a merge replaced may wait until as many
  // tails have filled up before it is deleted; but runs that a merge only joins are
  // replaced in kept versions too.
  std::optional<Snapshot> At(uint64_t points) const;

  struct Statistics {
    uint64_t points = 0;
    std::vector<uint64_t> run_points;  // In order of arrival.
    size_t memory_bytes = 0;           // Fences, runs in memory and the tails.
  };
  Statistics statistics() const;

 private:
  using Runs = std::vector<std::shared_ptr<const Run>>;

  // A run that the forest no longer has.
  struct Retired {
    uint32_t id;
    uint64_t sequence;  // Of the first manifest without it.
    std::shared_ptr<const std::atomic<bool>> gone;
  };

  DominanceForest(const ForestOptions& options, PageStore* store, const Manifest& manifest,
                  Runs runs);

  std::shared_ptr<const Version> CurrentVersion() const;
  absl::StatusOr<std::shared_ptr<const Run>> BuildRun(
      std::vector<std::unique_ptr<RunSource>> sources, bool to_store, std::stop_token stop = {});
  absl::Status SealTail();
  // Makes one stored run of `parts`, the newest runs, and the tail.
  absl::Status StoreNewest(const Runs& parts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(memory_mutex_);
  // Puts `merged` in place of `parts`, which follow one another, or, if there are
  // none, at the end; and an empty tail in place of the tail if `new_tail`:
  // then the run has the tail's points too.
  void PushTail(Runs runs) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Install(std::shared_ptr<const Run> merged, const Runs& parts, bool new_tail);
  absl::Status DeleteRetired() ABSL_EXCLUSIVE_LOCKS_REQUIRED(stored_mutex_);
  absl::StatusOr<bool> MergeSome(const Runs& runs, bool is_idle, std::stop_token stop);
  absl::Status MergeRuns(const Runs& parts, std::stop_token stop);
  absl::Status TidyUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(stored_mutex_);

  const ForestOptions options_;
  PageStore* const store_;

  // Held for the length of a merge of stored runs, and of runs in memory; taken in
  // this order, and before mutex_.
  Mutex stored_mutex_;
  Mutex memory_mutex_;
  // How many points there were when nothing was last found to be due.
  std::optional<uint64_t> quiet_points_ ABSL_GUARDED_BY(stored_mutex_);
  bool has_deleted_ ABSL_GUARDED_BY(stored_mutex_) = false;  // And not reclaimed.

  mutable Mutex mutex_;  // Held for a few instructions.
  // The present version is the last. No two have the same tail.
  std::deque<std::shared_ptr<const Version>> versions_ ABSL_GUARDED_BY(mutex_);
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_);
  uint64_t committed_sequence_ ABSL_GUARDED_BY(mutex_);
  uint32_t next_run_ ABSL_GUARDED_BY(mutex_);
  std::vector<Retired> retired_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Tail> tail_;  // The version's; of the thread that adds, as is
  size_t next_tail_points_;     // the size of the next one.
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_DOMINANCE_FOREST_H_
