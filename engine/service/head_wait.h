// HeadWait: how a reader's thread waits until its timeline goes on.
//
//   HeadWait wait(&feed->heads(), clock);
//   while (nothing to read) ANNALS_RETURN_IF_ERROR(wait.Beyond(timeline, position,
//   Instant::End()));
#ifndef ANNALS_ENGINE_SERVICE_HEAD_WAIT_H_
#define ANNALS_ENGINE_SERVICE_HEAD_WAIT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "engine/base/clock.h"
#include "engine/base/instant.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/feed/head_watch.h"

namespace annals {

// One thread waits at a time; any other may cancel. The watch and the clock must
// outlive it.
class HeadWait {
 public:
  HeadWait(HeadWatch* heads, const Clock* clock);

  // Returns when the head may be beyond `position`, or at `until`; also now and then
  // without either. CANCELLED after Cancel(); HeadWatch::WaitBeyond's errors.
  absl::Status Beyond(const std::string& timeline, Position position, Instant until);

  absl::Status CheckNotCancelled() const;

  // Whoever waits returns, and whoever will wait doesn't. Never undone.
  void Cancel();

 private:
  // What the call that wakes a reader shares with it, whichever goes first.
  struct Signal {
    Mutex mutex;
    CondVar changed;
    bool moved ABSL_GUARDED_BY(mutex) = false;
    bool cancelled ABSL_GUARDED_BY(mutex) = false;
  };

  HeadWatch* const heads_;
  const Clock* const clock_;
  const std::shared_ptr<Signal> signal_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_HEAD_WAIT_H_
