// GroupCommitter: decides a group of appends and makes it durable.
#ifndef ANNALS_ENGINE_LOG_APPENDING_GROUP_COMMITTER_H_
#define ANNALS_ENGINE_LOG_APPENDING_GROUP_COMMITTER_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/base/work_crew.h"
#include "engine/log/appending/commit_queue.h"
#include "engine/log/appending/log_state.h"
#include "engine/log/appending/staging.h"
#include "engine/log/timeline_directory.h"
#include "engine/storage/store_folder.h"

namespace annals {

// The steps of a commit:
//   1. Every append is decided in order, against the log and what the group has
//      staged so far; a refused one leaves nothing behind.
//   2. One batch with all that was staged is written and synced, then the head written.
//   3. The directory is told: from here on readers see the events.
//   4. The listeners are told.
// If step 2 fails nothing of the group is ever seen, and no later append is
// accepted: what is on disk is only known after opening the store again.
class GroupCommitter {
 public:
  // All of them must outlive it.
  GroupCommitter(storage::StoreFolder* folder, TimelineDirectory* timelines, const Clock* clock,
                 WorkCrew* crew)
      : folder_(folder),
        timelines_(timelines),
        clock_(clock),
        crew_(crew),
        log_(folder->database(), timelines) {}

  // Sets every append's result. Not on two threads at once.
  void Commit(absl::Span<QueuedAppend* const> group);

  // Thread-safe.
  void AddListener(std::function<void()> listener);

 private:
  absl::Status FindKnownIds(absl::Span<QueuedAppend* const> group);
  void Decide(QueuedAppend* queued, Staging* staging);
  absl::Status Write(Staging* group);
  void TellListeners();

  storage::StoreFolder* const folder_;
  TimelineDirectory* const timelines_;
  const Clock* const clock_;
  WorkCrew* const crew_;
  LogState log_;
  absl::Status failure_;  // Of a former write.

  Mutex mutex_;
  std::vector<std::function<void()>> listeners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_GROUP_COMMITTER_H_
