#include "engine/service/subscription_reader.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "engine/base/status.h"

namespace annals {
namespace {

constexpr int64_t kMaxWaitMicros = 3'600'000'000;

}  // namespace

SubscriptionReader::SubscriptionReader(std::unique_ptr<Subscription> subscription, HeadWatch* heads,
                                       const Clock* clock)
    : subscription_(std::move(subscription)),
      heads_(heads),
      clock_(clock),
      signal_(std::make_shared<Signal>()) {}

absl::StatusOr<v1::FeedItem> SubscriptionReader::Next() {
  while (ready_.empty()) {
    ANNALS_RETURN_IF_ERROR(CheckNotCancelled());
    ANNALS_ASSIGN_OR_RETURN(FeedBatch batch, subscription_->Next({}, clock_->Now()));
    if (batch.items.empty() && batch.at_head) {
      ANNALS_RETURN_IF_ERROR(WaitForMore(batch.again_at));
    }
    for (FeedItem& item : batch.items) ready_.push_back(std::move(item));
  }
  ANNALS_RETURN_IF_ERROR(CheckNotCancelled());
  const FeedItem next = std::move(ready_.front());
  ready_.pop_front();
  return next.ToProto();
}

void SubscriptionReader::Cancel() {
  MutexLock hold(&signal_->mutex);
  signal_->cancelled = true;
  signal_->changed.NotifyAll();
}

absl::Status SubscriptionReader::WaitForMore(Instant until) {
  ANNALS_ASSIGN_OR_RETURN(
      const std::optional<HeadWatch::WaitId> wait,
      heads_->WaitBeyond(subscription_->timeline(), subscription_->position(), [signal = signal_] {
        MutexLock hold(&signal->mutex);
        signal->moved = true;
        signal->changed.NotifyAll();
      }));
  if (!wait.has_value()) return absl::OkStatus();
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
  return absl::OkStatus();
}

absl::Status SubscriptionReader::CheckNotCancelled() {
  MutexLock hold(&signal_->mutex);
  return signal_->cancelled ? absl::CancelledError("the subscription was cancelled")
                            : absl::OkStatus();
}

}  // namespace annals
