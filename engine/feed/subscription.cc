#include "engine/feed/subscription.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace annals {
namespace {

using ::google::protobuf::internal::WireFormatLite;
using ::google::protobuf::io::CodedOutputStream;

// Events that one call looks at, and at a time, when most don't match.
constexpr size_t kExaminedEvents = 4'096;
constexpr size_t kChunkEvents = 512;

}  // namespace

absl::StatusOr<v1::FeedItem> FeedItem::ToProto() const {
  v1::FeedItem item;
  switch (kind) {
    case Kind::kEvent: {
      ANNALS_ASSIGN_OR_RETURN(*item.mutable_event(), event->Decode());
      break;
    }
    case Kind::kCheckpoint:
      item.mutable_checkpoint()->set_position(position.value);
      break;
    case Kind::kCaughtUp:
      item.mutable_caught_up()->set_position(position.value);
      break;
  }
  return item;
}

namespace {

// A length-delimited field's tag and length.
void AppendFieldHead(int field, size_t bytes, std::string* out) {
  uint8_t head[2 * sizeof(uint64_t)];
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(
      WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED), head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes), end);
  out->append(reinterpret_cast<const char*>(head), end - head);
}

void AppendItem(const FeedItem& item, std::string* response) {
  constexpr int kItems = v1::SubscribeResponse::kItemsFieldNumber;
  if (item.kind != FeedItem::Kind::kEvent) {
    const std::string notice = item.ToProto()->SerializeAsString();
    AppendFieldHead(kItems, notice.size(), response);
    response->append(notice);
    return;
  }
  const absl::string_view bytes = item.event->bytes();
  std::string event_head;
  AppendFieldHead(v1::FeedItem::kEventFieldNumber, bytes.size(), &event_head);
  AppendFieldHead(kItems, event_head.size() + bytes.size(), response);
  response->append(event_head);
  response->append(bytes.data(), bytes.size());
}

}  // namespace

std::string SerializeSubscribeResponse(const std::vector<FeedItem>& items) {
  constexpr size_t kItemOverhead = 16;
  size_t bytes = 0;
  for (const FeedItem& item : items) {
    bytes += kItemOverhead + (item.event == nullptr ? 0 : item.event->bytes().size());
  }
  std::string response;
  response.reserve(bytes);
  for (const FeedItem& item : items) AppendItem(item, &response);
  return response;
}

Subscription::Subscription(std::shared_ptr<LiveTail> tail, FeedMatcher matcher, Position after,
                           const Options& options)
    : tail_(std::move(tail)),
      matcher_(std::move(matcher)),
      options_(options),
      position_(after),
      last_item_(after) {}

// One call of Next(). What it changes counts only once it is finished, so that
// after an error the next call begins where this one did.
class Subscription::Filling {
 public:
  Filling(const Subscription& subscription, const Limits& limits, Instant now)
      : subscription_(subscription),
        limits_(limits),
        now_(now),
        position_(subscription.position_),
        last_item_(subscription.last_item_),
        last_item_at_(subscription.last_item_at_),
        behind_(subscription.behind_) {
    if (last_item_at_ == Instant::Beginning()) last_item_at_ = now;
  }

  absl::Status Fill() {
    size_t examined = 0;
    while (!full_ && !batch_.at_head && examined < kExaminedEvents) {
      ANNALS_ASSIGN_OR_RETURN(const LiveTail::Chunk chunk,
                              subscription_.tail_->ReadAfter(position_, ChunkLimits()));
      if (chunk.head.value - position_.value > subscription_.options_.lag_positions) {
        behind_ = true;
      }
      for (const FeedEventPtr& event : chunk.events) {
        if (!Examine(event)) break;
        ++examined;
      }
      batch_.at_head = position_ == chunk.head;
    }
    if (batch_.at_head) EndAtHead();
    return absl::OkStatus();
  }

  FeedBatch Finish(Subscription* subscription) {
    subscription->position_ = position_;
    subscription->last_item_ = last_item_;
    subscription->last_item_at_ = last_item_at_;
    subscription->behind_ = behind_;
    return std::move(batch_);
  }

 private:
  Limits ChunkLimits() const {
    const size_t room = limits_.max_bytes - std::min(bytes_, limits_.max_bytes);
    return {.max_events = std::clamp<size_t>(limits_.max_events - events_, 1, kChunkEvents),
            .max_bytes = std::max<size_t>(room, 1)};
  }

  // False if there is no room for the event.
  bool Examine(const FeedEventPtr& event) {
    if (subscription_.matcher_.Matches(*event)) {
      const size_t bytes = event->bytes().size();
      if (events_ > 0 && bytes_ + bytes > limits_.max_bytes) {
        full_ = true;
        return false;
      }
      ++events_;
      bytes_ += bytes;
      full_ = events_ >= limits_.max_events || bytes_ >= limits_.max_bytes;
      position_ = event->position();
      Add(FeedItem::Kind::kEvent, event);
      return !full_;
    }
    position_ = event->position();
    if (position_.value - last_item_.value >= subscription_.options_.checkpoint_positions) {
      Add(FeedItem::Kind::kCheckpoint, nullptr);
    }
    return true;
  }

  void EndAtHead() {
    if (behind_) {
      behind_ = false;
      Add(FeedItem::Kind::kCaughtUp, nullptr);
    }
    if (position_ == last_item_) return;
    const Instant due = {last_item_at_.micros + subscription_.options_.checkpoint_micros};
    if (now_ >= due) {
      Add(FeedItem::Kind::kCheckpoint, nullptr);
    } else {
      batch_.again_at = due;
    }
  }

  void Add(FeedItem::Kind kind, FeedEventPtr event) {
    batch_.items.push_back({.kind = kind, .position = position_, .event = std::move(event)});
    last_item_ = position_;
    last_item_at_ = now_;
  }

  const Subscription& subscription_;
  const Limits limits_;
  const Instant now_;
  Position position_;
  Position last_item_;
  Instant last_item_at_;
  bool behind_;
  FeedBatch batch_;
  size_t events_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
};

absl::StatusOr<FeedBatch> Subscription::Next(const Limits& limits, Instant now) {
  Filling filling(*this, limits, now);
  ANNALS_RETURN_IF_ERROR(filling.Fill());
  return filling.Finish(this);
}

}  // namespace annals
