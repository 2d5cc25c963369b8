// StoreFeeds: the feed of a store, and its durable consumers.
//
//   StoreFeeds feeds(store.get(), {});
//   ANNALS_ASSIGN_OR_RETURN(Consumers* const consumers, feeds.OpenConsumers());
#ifndef ANNALS_ENGINE_SERVICE_STORE_FEEDS_H_
#define ANNALS_ENGINE_SERVICE_STORE_FEEDS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/feed/consumers.h"
#include "engine/feed/feed.h"
#include "engine/query/store.h"

namespace annals {

// Made when they are first asked for: whoever only asks questions of a store pays
// neither a thread for the feed nor a reading of what consumers hold. A store has
// one of these, which everything that delivers its events shares. Thread-safe. The
// store must outlive it.
class StoreFeeds {
 public:
  struct Options {
    Feed::Options feed;
  };

  StoreFeeds(Store* store, const Options& options) : store_(store), options_(options) {}

  // Lives as long as this.
  Feed* OpenFeed();

  // Likewise. Consumers::Open's errors, as long as it fails.
  absl::StatusOr<Consumers*> OpenConsumers();

 private:
  Feed* FeedLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Store* const store_;
  const Options options_;

  Mutex mutex_;
  std::unique_ptr<Feed> feed_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Consumers> consumers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_STORE_FEEDS_H_
