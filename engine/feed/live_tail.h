// LiveTail: a timeline's latest events, read once for all who follow it.
#ifndef ANNALS_ENGINE_FEED_LIVE_TAIL_H_
#define ANNALS_ENGINE_FEED_LIVE_TAIL_H_

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/feed/feed_event.h"
#include "engine/log/event_log.h"
#include "engine/log/redaction.h"

namespace annals {

// A ring of consecutive events. The first reader to come to its end extends it
// from the log, while others who come there wait; a reader that is behind it, or
// too far from the head, reads the log itself. So which of the two an event
// comes from makes no difference, and without readers it costs nothing.
// Thread-safe. The log must outlive it.
class LiveTail {
 public:
  struct Options {
    // What the ring holds at most, but always one event. Renderings of its
    // events come on top.
    size_t max_events = 4'096;
    size_t max_bytes = size_t{8} << 20;
  };

  LiveTail(const EventLog* log, std::string timeline, const Options& options);

  const std::string& timeline() const { return timeline_; }

  struct Limits {
    size_t max_events = 1'000;
    size_t max_bytes = size_t{256} << 10;  // But one event at least.
  };
  struct Chunk {
    std::vector<FeedEventPtr> events;  // Consecutive.
    Position head;                     // As it was when they were read.
  };

  // The events after `after`; none only at the head. The log's errors.
  absl::StatusOr<Chunk> ReadAfter(Position after, const Limits& limits);

 private:
  absl::StatusOr<std::vector<FeedEventPtr>> ReadLog(Position after, const Limits& limits) const;
  absl::Status DropRedacted() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Extend(Position after, Position head) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const EventLog* const log_;
  const std::string timeline_;
  const Options options_;

  Mutex mutex_;
  std::deque<FeedEventPtr> ring_ ABSL_GUARDED_BY(mutex_);
  size_t ring_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  RedactionsPtr redactions_ ABSL_GUARDED_BY(mutex_);  // That the ring knows of.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_LIVE_TAIL_H_
