#include "engine/service/subscription_reader.h"

#include <utility>

#include "engine/base/status.h"

namespace annals {

SubscriptionReader::SubscriptionReader(std::unique_ptr<Subscription> subscription, HeadWatch* heads,
                                       const Clock* clock)
    : subscription_(std::move(subscription)), clock_(clock), wait_(heads, clock) {}

absl::StatusOr<v1::FeedItem> SubscriptionReader::Next() {
  ANNALS_RETURN_IF_ERROR(wait_.CheckNotCancelled());
  while (ready_.empty()) {
    ANNALS_ASSIGN_OR_RETURN(FeedBatch batch, subscription_->Next({}, clock_->Now()));
    if (batch.items.empty() && batch.at_head) {
      ANNALS_RETURN_IF_ERROR(
          wait_.Beyond(subscription_->timeline(), subscription_->position(), batch.again_at));
    }
    for (FeedItem& item : batch.items) ready_.push_back(std::move(item));
    ANNALS_RETURN_IF_ERROR(wait_.CheckNotCancelled());
  }
  const FeedItem next = std::move(ready_.front());
  ready_.pop_front();
  return next.ToProto();
}

}  // namespace annals
