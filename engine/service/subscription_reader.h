// SubscriptionReader: a subscription that is waited for on the reader's thread.
#ifndef ANNALS_ENGINE_SERVICE_SUBSCRIPTION_READER_H_
#define ANNALS_ENGINE_SERVICE_SUBSCRIPTION_READER_H_

#include <deque>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/feed/head_watch.h"
#include "engine/feed/subscription.h"
#include "engine/service/feed_reader.h"
#include "engine/service/head_wait.h"

namespace annals {

// Next() adds to a FeedReader's errors those of Subscription::Next. The watch, the
// clock and the subscription's log must outlive it.
class SubscriptionReader final : public FeedReader {
 public:
  SubscriptionReader(std::unique_ptr<Subscription> subscription, HeadWatch* heads,
                     const Clock* clock);

  absl::StatusOr<v1::FeedItem> Next() override;
  void Cancel() override { wait_.Cancel(); }

 private:
  const std::unique_ptr<Subscription> subscription_;
  const Clock* const clock_;
  HeadWait wait_;
  std::deque<FeedItem> ready_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_SUBSCRIPTION_READER_H_
