// SubscriptionReader: a subscription that is waited for on the reader's thread.
#ifndef ANNALS_ENGINE_SERVICE_SUBSCRIPTION_READER_H_
#define ANNALS_ENGINE_SERVICE_SUBSCRIPTION_READER_H_

#include <deque>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/instant.h"
#include "engine/base/mutex.h"
#include "engine/feed/head_watch.h"
#include "engine/feed/subscription.h"
#include "engine/service/feed_reader.h"

namespace annals {

// Next() adds to a FeedReader's errors those of Subscription::Next. The watch, the
// clock and the subscription's log must outlive it.
class SubscriptionReader final : public FeedReader {
 public:
  SubscriptionReader(std::unique_ptr<Subscription> subscription, HeadWatch* heads,
                     const Clock* clock);

  absl::StatusOr<v1::FeedItem> Next() override;
  void Cancel() override;

 private:
  // What the call that wakes a reader shares with it, whichever goes first.
  struct Signal {
    Mutex mutex;
    CondVar changed;
    bool moved ABSL_GUARDED_BY(mutex) = false;
    bool cancelled ABSL_GUARDED_BY(mutex) = false;
  };

  absl::Status WaitForMore(Instant until);
  absl::Status CheckNotCancelled();

  const std::unique_ptr<Subscription> subscription_;
  HeadWatch* const heads_;
  const Clock* const clock_;
  const std::shared_ptr<Signal> signal_;
  std::deque<FeedItem> ready_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_SUBSCRIPTION_READER_H_
