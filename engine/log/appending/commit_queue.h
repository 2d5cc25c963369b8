// CommitQueue: concurrent appends stand in line, and are committed in groups.
#ifndef ANNALS_ENGINE_LOG_APPENDING_COMMIT_QUEUE_H_
#define ANNALS_ENGINE_LOG_APPENDING_COMMIT_QUEUE_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <semaphore>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/log/append.h"
#include "engine/log/appending/prepared_append.h"

namespace annals {

// An append in line, and in the end its answer.
struct QueuedAppend {
  PreparedAppend append;
  absl::StatusOr<std::vector<Receipt>> result;
};

// Whoever is first in line leads: it takes the appends behind it into its group,
// commits them all with one synced write, and wakes their callers; the next in
// line then leads. While one group is being written the next one forms, so the
// more callers there are, the more of them share a write. First come, first
// served. Thread-safe.
class CommitQueue {
 public:
  // Sets every append's result. Called on a caller's thread, never on two at once.
  using CommitGroup = std::function<void(absl::Span<QueuedAppend* const>)>;

  explicit CommitQueue(CommitGroup commit_group) : commit_group_(std::move(commit_group)) {}
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  // Returns when the append has been committed or refused.
  absl::StatusOr<std::vector<Receipt>> Submit(PreparedAppend append);

 private:
  using SteadyClock = std::chrono::steady_clock;

  struct Waiter {
    QueuedAppend queued;
    // Released once, when it is the first in line, or else when it is done. Not by the
    // mutex: those who are done together would stand in line for it once more. One thread
    // acquires it, once: libstdc++ 12 loses wake-ups where several do (GCC's bug 104928).
    std::binary_semaphore turn{0};
    bool done = false;
  };

  // The longest front of the line that is within the limits of a group.
  std::vector<Waiter*> TakeGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Lead() ABSL_LOCKS_EXCLUDED(mutex_);

  // Those who were answered together come back one by one. Were the first of them
  // committed alone, the others would wait for two commits instead of one: so it
  // waits for as many as there were, but no longer than half the last commit took,
  // and 5 ms at most.
  void AwaitCompany() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const CommitGroup commit_group_;
  Mutex mutex_;
  CondVar company_;  // Of the leader: there are as many as there were.
  // The front leads, and stays until its group is committed.
  std::deque<Waiter*> line_ ABSL_GUARDED_BY(mutex_);
  size_t last_group_ ABSL_GUARDED_BY(mutex_) = 1;
  SteadyClock::duration last_duration_ ABSL_GUARDED_BY(mutex_) = {};
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_COMMIT_QUEUE_H_
