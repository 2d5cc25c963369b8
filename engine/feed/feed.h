// Feed: where a store's subscriptions begin.
//
//   Feed feed(&store->log(), {});
//   ANNALS_ASSIGN_OR_RETURN(auto subscription, feed.Subscribe(request));
#ifndef ANNALS_ENGINE_FEED_FEED_H_
#define ANNALS_ENGINE_FEED_FEED_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/feed/head_watch.h"
#include "engine/feed/live_tail.h"
#include "engine/feed/subscription.h"
#include "engine/log/event_log.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// Gives the subscriptions of a timeline their common tail, which is there as long
// as they are. Thread-safe. The log must outlive it and its subscriptions; those
// may outlive it.
class Feed {
 public:
  struct Options {
    LiveTail::Options tail;
    Subscription::Options subscription;
  };

  Feed(EventLog* log, const Options& options);

  // NOT_FOUND if there is no such timeline; OUT_OF_RANGE if `after` is beyond its
  // head; a filter's errors.
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(const v1::SubscribeRequest& request);

  // The timeline's tail, for other readers that follow it. It must exist.
  std::shared_ptr<LiveTail> Tail(absl::string_view timeline);

  // For waiting until a subscription has something more.
  HeadWatch& heads() { return heads_; }

 private:
  EventLog* const log_;
  const Options options_;
  HeadWatch heads_;

  Mutex mutex_;
  std::map<std::string, std::weak_ptr<LiveTail>, std::less<>> tails_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_FEED_H_
