// Subscription: a cursor over a timeline's matching events, those that are there
// and those to come.
//
//   ANNALS_ASSIGN_OR_RETURN(FeedBatch batch, subscription->Next({}, clock->Now()));
//   for (const FeedItem& item : batch.items) …;
//   if (batch.at_head) …;  // Go on when the head is beyond position(), or it is `again_at`.
#ifndef ANNALS_ENGINE_FEED_SUBSCRIPTION_H_
#define ANNALS_ENGINE_FEED_SUBSCRIPTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/feed/feed_event.h"
#include "engine/feed/feed_matcher.h"
#include "engine/feed/live_tail.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// A v1.FeedItem whose event is shared.
struct FeedItem {
  enum class Kind { kEvent, kCheckpoint, kCaughtUp };

  Kind kind = Kind::kEvent;
  Position position;
  FeedEventPtr event;  // Null unless it is one.

  // DATA_LOSS if the stored event can't be decoded.
  absl::StatusOr<v1::FeedItem> ToProto() const;
};

struct FeedBatch {
  std::vector<FeedItem> items;
  // Whether there was nothing more when it was made. Otherwise ask again at once,
  // even if there are no items: a call looks at a bounded number of events.
  bool at_head = false;
  // At the head: when a checkpoint will be due though nothing happens. Or never.
  Instant again_at = Instant::End();
};

// A serialized v1.SubscribeResponse of the items, the events' bytes as they are
// stored: none is decoded.
std::string SerializeSubscribeResponse(const std::vector<FeedItem>& items);

// The guarantees are those of v1.FeedItem. It holds no thread and no events: an
// idle one costs its filter and a few words. Not thread-safe. The log must
// outlive it.
class Subscription {
 public:
  struct Options {
    // A checkpoint after so many positions without a match, and when there is one
    // to report so long after the last item.
    uint64_t checkpoint_positions = 1'000;
    int64_t checkpoint_micros = 1'000'000;
    // Further than this from the head it counts as having fallen behind.
    uint64_t lag_positions = 4'096;
  };

  // Begins after `after`, which is not beyond the head.
  Subscription(std::shared_ptr<LiveTail> tail, FeedMatcher matcher, Position after,
               const Options& options);

  // At most `limits.max_events` events, of `limits.max_bytes` together unless there
  // is one only, and the checkpoints between them. DATA_LOSS: the log is damaged;
  // nothing was skipped.
  using Limits = LiveTail::Limits;
  absl::StatusOr<FeedBatch> Next(const Limits& limits, Instant now);

  const std::string& timeline() const { return tail_->timeline(); }

  // Every matching event up to here was delivered.
  Position position() const { return position_; }

 private:
  class Filling;

  const std::shared_ptr<LiveTail> tail_;
  const FeedMatcher matcher_;
  const Options options_;
  Position position_;
  Position last_item_;  // Where the last item stood, or the subscription began.
  Instant last_item_at_ = Instant::Beginning();  // When; or of the first call.
  bool behind_ = true;  // Caught up is to be said when the head is reached.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_SUBSCRIPTION_H_
