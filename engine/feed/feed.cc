#include "engine/feed/feed.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {

Feed::Feed(EventLog* log, const Options& options) : log_(log), options_(options), heads_(log) {}

absl::StatusOr<std::unique_ptr<Subscription>> Feed::Subscribe(const v1::SubscribeRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(FeedMatcher matcher, FeedMatcher::FromProto(request.filter()));
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(request.timeline()));
  if (request.after() > head.position.value) {
    return absl::OutOfRangeError(
        absl::StrCat("timeline \"", request.timeline(), "\": position ", request.after(),
                     " is beyond the head, ", head.position.value,
                     ": what you have seen isn't from this store as it is now"));
  }
  return std::make_unique<Subscription>(Tail(request.timeline()), std::move(matcher),
                                        Position{request.after()}, options_.subscription);
}

std::shared_ptr<LiveTail> Feed::Tail(absl::string_view timeline) {
  MutexLock hold(&mutex_);
  std::weak_ptr<LiveTail>& kept = tails_[std::string(timeline)];
  std::shared_ptr<LiveTail> tail = kept.lock();
  if (tail == nullptr) {
    tail = std::make_shared<LiveTail>(log_, std::string(timeline), options_.tail);
    kept = tail;
  }
  return tail;
}

}  // namespace annals
