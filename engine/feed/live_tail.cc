#include "engine/feed/live_tail.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/event_bytes_reader.h"

namespace annals {
namespace {

// Counts what goes into a chunk. At least one event always fits.
class Room {
 public:
  explicit Room(const LiveTail::Limits& limits) : limits_(limits) {}

  bool Take(size_t bytes) {
    if (events_ > 0 && (events_ >= limits_.max_events || bytes_ + bytes > limits_.max_bytes)) {
      return false;
    }
    ++events_;
    bytes_ += bytes;
    return true;
  }

 private:
  const LiveTail::Limits limits_;
  size_t events_ = 0;
  size_t bytes_ = 0;
};

}  // namespace

LiveTail::LiveTail(const EventLog* log, std::string timeline, const Options& options)
    : log_(log), timeline_(std::move(timeline)), options_(options) {}

absl::StatusOr<LiveTail::Chunk> LiveTail::ReadAfter(Position after, const Limits& limits) {
  Chunk chunk;
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline_));
  chunk.head = head.position;
  if (after >= chunk.head) return chunk;
  if (chunk.head.value - after.value <= options_.max_events) {
    MutexLock hold(&mutex_);
    ANNALS_RETURN_IF_ERROR(DropRedacted());
    if (ring_.empty() || after >= ring_.back()->position()) {
      ANNALS_RETURN_IF_ERROR(Extend(after, chunk.head));
    }
    if (ring_.front()->position() <= after.Next()) {
      Room room(limits);
      const size_t first = after.Next().value - ring_.front()->position().value;
      for (size_t i = first; i < ring_.size() && room.Take(ring_[i]->bytes().size()); ++i) {
        chunk.events.push_back(ring_[i]);
      }
      // The ring may know of a later head by now.
      chunk.head = std::max(chunk.head, ring_.back()->position());
      return chunk;
    }
  }
  ANNALS_ASSIGN_OR_RETURN(chunk.events, ReadLog(after, limits));
  if (!chunk.events.empty()) {
    chunk.head = std::max(chunk.head, chunk.events.back()->position());
  }
  return chunk;
}

// What was read before a payload was redacted is read again.
absl::Status LiveTail::DropRedacted() {
  ANNALS_ASSIGN_OR_RETURN(RedactionsPtr redactions, log_->GetRedactions(timeline_));
  if (redactions == redactions_) return absl::OkStatus();
  redactions_ = std::move(redactions);
  ring_.clear();
  ring_bytes_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FeedEventPtr>> LiveTail::ReadLog(Position after,
                                                            const Limits& limits) const {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventBytesReader> reader,
                          log_->ReadBytesAfter(timeline_, after));
  std::vector<FeedEventPtr> events;
  Room room(limits);
  while (events.size() < std::max<size_t>(limits.max_events, 1) && reader->Next()) {
    if (!room.Take(reader->bytes().size())) return events;
    ANNALS_ASSIGN_OR_RETURN(FeedEventPtr event,
                            FeedEvent::FromBytes(reader->position(), std::string(reader->bytes())));
    events.push_back(std::move(event));
  }
  ANNALS_RETURN_IF_ERROR(reader->status());
  return events;
}

absl::Status LiveTail::Extend(Position after, Position head) {
  if (!ring_.empty() && ring_.back()->position() < after) {
    ring_.clear();
    ring_bytes_ = 0;
  }
  const Limits limits = {.max_events = head.value - after.value, .max_bytes = options_.max_bytes};
  ANNALS_ASSIGN_OR_RETURN(std::vector<FeedEventPtr> events, ReadLog(after, limits));
  if (events.empty()) {
    return absl::DataLossError("the log ends before its head");
  }
  for (FeedEventPtr& event : events) {
    ring_bytes_ += event->bytes().size();
    ring_.push_back(std::move(event));
  }
  while (ring_.size() > 1 &&
         (ring_.size() > options_.max_events || ring_bytes_ > options_.max_bytes)) {
    ring_bytes_ -= ring_.front()->bytes().size();
    ring_.pop_front();
  }
  return absl::OkStatus();
}

}  // namespace annals
