#include "engine/service/head_wait.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/base/status.h"

namespace annals {
namespace {

constexpr int64_t kMaxWaitMicros = 3'600'000'000;

}  // namespace

HeadWait::HeadWait(HeadWatch* heads, const Clock* clock)
    : heads_(heads), clock_(clock), signal_(std::make_shared<Signal>()) {}

absl::Status HeadWait::Beyond(const std::string& timeline, Position position, Instant until) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<HeadWatch::WaitId> wait,
                          heads_->WaitBeyond(timeline, position, [signal = signal_] {
                            MutexLock hold(&signal->mutex);
                            signal->moved = true;
                            signal->changed.NotifyAll();
                          }));
  if (!wait.has_value()) return CheckNotCancelled();
  {
    MutexLock hold(&signal_->mutex);
    bool in_time = true;
    while (in_time && !signal_->moved && !signal_->cancelled) {
      if (until == Instant::End()) {
        signal_->changed.Wait(&signal_->mutex);
        continue;
      }
      const int64_t micros =
          std::clamp<int64_t>(until.micros - clock_->Now().micros, 1, kMaxWaitMicros);
      in_time = signal_->changed.WaitFor(&signal_->mutex, std::chrono::microseconds(micros));
    }
    signal_->moved = false;
  }
  // A call that is made all the same says no more than that it is time to look.
  heads_->Cancel(*wait);
  return CheckNotCancelled();
}

absl::Status HeadWait::CheckNotCancelled() const {
  MutexLock hold(&signal_->mutex);
  return signal_->cancelled ? absl::CancelledError("the subscription was cancelled")
                            : absl::OkStatus();
}

void HeadWait::Cancel() {
  MutexLock hold(&signal_->mutex);
  signal_->cancelled = true;
  signal_->changed.NotifyAll();
}

}  // namespace annals
