// RebuildTicket: how who asked for a rebuild hears of it.
#ifndef ANNALS_ENGINE_INDEX_FOLLOWING_REBUILD_TICKET_H_
#define ANNALS_ENGINE_INDEX_FOLLOWING_REBUILD_TICKET_H_

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"

namespace annals {

// Shared by the thread that asks and the one that builds. Thread-safe.
class RebuildTicket {
 public:
  void Report(Position done, Position head);
  void Finish(absl::Status status);

  // Waits for Finish() and returns its status; on the way calls `report`, on
  // this thread, with what Report() was told last.
  absl::Status Wait(const std::function<void(Position, Position)>& report);

 private:
  Mutex mutex_;
  CondVar changed_;
  bool has_news_ ABSL_GUARDED_BY(mutex_) = false;
  Position done_ ABSL_GUARDED_BY(mutex_);
  Position head_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_FOLLOWING_REBUILD_TICKET_H_
