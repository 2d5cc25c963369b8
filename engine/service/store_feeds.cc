#include "engine/service/store_feeds.h"

#include "engine/base/status.h"

namespace annals {

Feed* StoreFeeds::OpenFeed() {
  MutexLock hold(&mutex_);
  return FeedLocked();
}

absl::StatusOr<Consumers*> StoreFeeds::OpenConsumers() {
  MutexLock hold(&mutex_);
  if (consumers_ == nullptr) {
    ANNALS_ASSIGN_OR_RETURN(consumers_, Consumers::Open(store_->folder().database(), &store_->log(),
                                                        FeedLocked(), store_->clock()));
  }
  return consumers_.get();
}

Feed* StoreFeeds::FeedLocked() {
  if (feed_ == nullptr) feed_ = std::make_unique<Feed>(&store_->log(), options_.feed);
  return feed_.get();
}

}  // namespace annals
