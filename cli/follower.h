// Follower: a feed that is subscribed to again whenever it breaks off.
//
//   Follower<v1::SubscribeRequest, v1::FeedItem> follower(&session, request, subscribe, deliver);
//   return follower.Run(limit);
#ifndef ANNALS_CLI_FOLLOWER_H_
#define ANNALS_CLI_FOLLOWER_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/session.h"
#include "engine/base/status.h"
#include "engine/service/feed_reader.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// Where whoever has received `item` resumes.
inline uint64_t PositionOf(const v1::FeedItem& item) {
  if (item.has_event()) return item.event().position();
  return item.has_checkpoint() ? item.checkpoint().position() : item.caught_up().position();
}
inline uint64_t PositionOf(const v1::ViewFeedItem& item) {
  if (item.has_change()) return item.change().position();
  return item.has_checkpoint() ? item.checkpoint().position() : item.caught_up().position();
}

// Whether `item` is what the feed is about, and no notice.
inline bool IsNews(const v1::FeedItem& item) { return item.has_event(); }
inline bool IsNews(const v1::ViewFeedItem& item) { return item.has_change(); }

// Not thread-safe. The session must outlive it.
template <typename Request, typename Item>
class Follower {
 public:
  using Feed = absl::StatusOr<std::unique_ptr<ItemReader<Item>>>;
  using Subscribe = std::function<Feed(const Request&)>;
  using Deliver = std::function<absl::Status(const Item&)>;

  // Begins where `request` says. `deliver` is given the news.
  Follower(Session* session, Request request, Subscribe subscribe, Deliver deliver)
      : session_(session),
        request_(std::move(request)),
        subscribe_(std::move(subscribe)),
        deliver_(std::move(deliver)) {}

  // Delivers up to `limit` items, or for as long as there is somebody to read them.
  // What doesn't pass by itself is an error, and so is whatever keeps the first
  // subscription from being made.
  absl::Status Run(uint64_t limit) {
    Feed feed = subscribe_(request_);
    if (!feed.ok()) return feed.status();
    for (uint64_t delivered = 0; delivered < limit && session_->out().good();) {
      absl::StatusOr<Item> item = (*feed)->Next();
      if (!item.ok()) {
        if (!MayPass(item.status())) return item.status();
        feed = Resume(item.status());
        if (!feed.ok()) return feed.status();
        continue;
      }
      pause_ = kFirstPause;
      if (IsNews(*item)) {
        ANNALS_RETURN_IF_ERROR(deliver_(*item));
        ++delivered;
      }
      request_.set_after(std::max(request_.after(), PositionOf(*item)));
    }
    return absl::OkStatus();
  }

 private:
  static constexpr std::chrono::milliseconds kFirstPause{100};
  static constexpr std::chrono::milliseconds kLongestPause{10'000};

  // The server goes away, or cuts whoever reads too slowly.
  static bool MayPass(const absl::Status& status) {
    return absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
  }

  // The feed after the last item, once there is one again.
  Feed Resume(const absl::Status& why) {
    session_->Remark(absl::StrCat(why.message(), "; going on after position ", request_.after(),
                                  " as soon as that is possible"));
    while (true) {
      if (session_->environment().pause) session_->environment().pause(pause_);
      pause_ = std::min(2 * pause_, kLongestPause);
      Feed feed = subscribe_(request_);
      if (feed.ok() || !MayPass(feed.status())) return feed;
    }
  }

  Session* const session_;
  Request request_;
  const Subscribe subscribe_;
  const Deliver deliver_;
  std::chrono::milliseconds pause_ = kFirstPause;
};

}  // namespace annals

#endif  // ANNALS_CLI_FOLLOWER_H_
