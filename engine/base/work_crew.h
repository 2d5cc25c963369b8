// WorkCrew: a few threads that share out tasks.
#ifndef ANNALS_ENGINE_BASE_WORK_CREW_H_
#define ANNALS_ENGINE_BASE_WORK_CREW_H_

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"

namespace annals {

// Works for one caller at a time, whose thread works with it. Others who come meanwhile
// do their tasks themselves. A task that throws ends the program. Thread-safe.
class WorkCrew {
 public:
  // With so many threads beside the caller's; it may be none.
  explicit WorkCrew(size_t threads);
  ~WorkCrew();
  WorkCrew(const WorkCrew&) = delete;
  WorkCrew& operator=(const WorkCrew&) = delete;

  // Runs each task once, in any order and at the same time; returns when all are
  // done.
  void Run(absl::Span<const std::function<void()>> tasks) ABSL_LOCKS_EXCLUDED(mutex_);

  // How many tasks it may do at the same time.
  size_t workers() const { return threads_.size() + 1; }

 private:
  // Whether the crew is the caller's now.
  bool Take() ABSL_LOCKS_EXCLUDED(mutex_);
  void Work() ABSL_LOCKS_EXCLUDED(mutex_);
  // Runs one task that no one has begun, if there is one.
  bool RunOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  CondVar changed_;
  bool taken_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Span<const std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  size_t begun_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_WORK_CREW_H_
