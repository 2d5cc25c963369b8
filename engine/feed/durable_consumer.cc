#include "engine/feed/durable_consumer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/log/limits.h"
#include "engine/log/record.h"

namespace annals {
namespace {

using storage::Batch;
using storage::Cursor;
using storage::Durability;
using storage::Family;
using State = OutstandingRecord::State;

// Events that a call looks at, and at a time, when most don't match.
constexpr size_t kExaminedEvents = 4'096;
constexpr size_t kChunkEvents = 512;
// Positions without a match after which that they are done is stored by itself.
constexpr uint64_t kUnstoredPositions = 10'000;
constexpr size_t kMaxReasonBytes = 1'000;
constexpr int64_t kMicrosPerMilli = 1'000;

absl::Status CheckMember(absl::string_view member) {
  if (!member.empty() && member.size() <= kMaxIdBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a member's name has ", member.size(), " bytes; 1 to ", kMaxIdBytes));
}

// Without what is named twice.
std::vector<Position> Unique(const std::vector<Position>& positions) {
  const std::set<Position> unique(positions.begin(), positions.end());
  return {unique.begin(), unique.end()};
}

}  // namespace

absl::StatusOr<v1::Delivery> Lease::ToProto() const {
  v1::Delivery delivery;
  ANNALS_ASSIGN_OR_RETURN(*delivery.mutable_event(), event->Decode());
  delivery.set_delivery(this->delivery);
  *delivery.mutable_leased_until() = ToTimestamp(until);
  return delivery;
}

// --- Opening ----------------------------------------------------------------------

DurableConsumer::DurableConsumer(Place place, std::string prefix, const v1::Consumer& settings)
    : place_(std::move(place)),
      prefix_(std::move(prefix)),
      settings_(settings),
      scanned_{settings.after()} {}

absl::StatusOr<std::unique_ptr<DurableConsumer>> DurableConsumer::Create(
    Place place, std::string prefix, const v1::Consumer& settings) {
  std::unique_ptr<DurableConsumer> consumer(
      new DurableConsumer(std::move(place), std::move(prefix), settings));
  ANNALS_ASSIGN_OR_RETURN(consumer->matcher_, FeedMatcher::FromProto(settings.filter()));
  MutexLock hold(&consumer->mutex_);
  ANNALS_RETURN_IF_ERROR(consumer->Store());
  return consumer;
}

absl::StatusOr<std::unique_ptr<DurableConsumer>> DurableConsumer::Load(Place place,
                                                                       std::string prefix) {
  ANNALS_ASSIGN_OR_RETURN(
      const auto bytes,
      place.database->Get(Family::kMeta, ConsumerKey(prefix, ConsumerPart::kRecord)));
  if (!bytes) return absl::DataLossError("a consumer has no record");
  ANNALS_ASSIGN_OR_RETURN(const ConsumerRecord record, DecodeConsumerRecord(*bytes));
  std::unique_ptr<DurableConsumer> consumer(
      new DurableConsumer(std::move(place), std::move(prefix), record.settings));
  ANNALS_ASSIGN_OR_RETURN(consumer->matcher_, FeedMatcher::FromProto(record.settings.filter()));
  MutexLock hold(&consumer->mutex_);
  consumer->scanned_ = consumer->stored_scanned_ = record.scanned;
  ANNALS_RETURN_IF_ERROR(consumer->Read());
  return consumer;
}

absl::Status DurableConsumer::Read() {
  Cursor cursor = place_.database->Scan(Family::kMeta, prefix_, PrefixEnd(prefix_));
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const ParsedConsumerKey key, ParseConsumerKey(cursor.key()));
    if (key.part == ConsumerPart::kParked) ++parked_;
    if (key.part != ConsumerPart::kOutstanding) continue;
    ANNALS_ASSIGN_OR_RETURN(OutstandingRecord record, DecodeOutstandingRecord(cursor.value()));
    ANNALS_ASSIGN_OR_RETURN(const FeedEventPtr event, ReadEvent(key.position));
    outstanding_.emplace(key.position,
                         Outstanding{std::move(record), std::string(event->stream())});
  }
  return cursor.status();
}

absl::StatusOr<FeedEventPtr> DurableConsumer::ReadEvent(Position position) const {
  ANNALS_ASSIGN_OR_RETURN(const LiveTail::Chunk chunk,
                          place_.tail->ReadAfter({position.value - 1}, {.max_events = 1}));
  if (!chunk.events.empty()) return chunk.events.front();
  return absl::DataLossError(absl::StrCat("timeline \"", settings_.timeline(), "\", consumer \"",
                                          settings_.name(), "\": position ", position.value,
                                          " is beyond the head"));
}

// --- Leasing ----------------------------------------------------------------------

// One call of Fetch(): decides what to lease, and then leases it.
class DurableConsumer::Leasing {
 public:
  Leasing(DurableConsumer* consumer, absl::string_view member, const Limits& limits)
      : consumer_(*consumer), member_(member), limits_(limits) {}

  // What waits to be leased again, or was held back.
  absl::Status TakeOutstanding() {
    consumer_.mutex_.AssertHeld();
    for (const auto& [position, outstanding] : consumer_.outstanding_) {
      if (full_) return absl::OkStatus();
      if (!IsFree(outstanding)) continue;
      ANNALS_ASSIGN_OR_RETURN(FeedEventPtr event, consumer_.ReadEvent(position));
      Take(std::move(event));
    }
    return absl::OkStatus();
  }

  // What has not been looked at yet.
  absl::Status TakeNew() {
    consumer_.mutex_.AssertHeld();
    size_t examined = 0;
    bool at_head = false;
    while (!full_ && !at_head && !WindowIsFull() && examined < kExaminedEvents) {
      ANNALS_ASSIGN_OR_RETURN(
          const LiveTail::Chunk chunk,
          consumer_.place_.tail->ReadAfter(
              consumer_.scanned_, {.max_events = kChunkEvents, .max_bytes = limits_.max_bytes}));
      for (const FeedEventPtr& event : chunk.events) {
        if (full_ || WindowIsFull()) break;
        Examine(event);
        ++examined;
      }
      at_head = consumer_.scanned_ == chunk.head;
    }
    more_ = !full_ && !at_head && !WindowIsFull();
    return absl::OkStatus();
  }

  Fetched Lease(Instant now) {
    consumer_.mutex_.AssertHeld();
    const Instant until = {now.micros + static_cast<int64_t>(consumer_.settings_.visibility_ms()) *
                                            kMicrosPerMilli};
    Fetched fetched;
    for (FeedEventPtr& event : taken_) {
      OutstandingRecord& record = consumer_.outstanding_.at(event->position()).record;
      record = {.state = State::kLeased,
                .deliveries = record.deliveries + 1,
                .until = until,
                .member = std::string(member_)};
      consumer_.touched_.insert(event->position().value);
      fetched.leases.push_back(
          {.event = std::move(event), .delivery = record.deliveries, .until = until});
    }
    fetched.more = more_;
    fetched.scanned = consumer_.scanned_;
    fetched.window_full = WindowIsFull();
    for (const auto& [position, outstanding] : consumer_.outstanding_) {
      if (outstanding.record.state == State::kReady) continue;
      fetched.again_at = std::min(fetched.again_at, outstanding.record.until);
    }
    return fetched;
  }

 private:
  bool WindowIsFull() const {
    consumer_.mutex_.AssertHeld();
    return consumer_.outstanding_.size() >= consumer_.settings_.window();
  }

  // Whether the event may be leased; if not, those after it in its stream may
  // neither, unless it is the member's own.
  bool IsFree(const Outstanding& outstanding) {
    const bool ready = outstanding.record.state == State::kReady;
    if (ready && !blocked_.contains(outstanding.stream)) return true;
    const bool own =
        outstanding.record.state == State::kLeased && outstanding.record.member == member_;
    if (!own) blocked_.insert(outstanding.stream);
    return false;
  }

  void Take(FeedEventPtr event) {
    bytes_ += event->bytes().size();
    if (!taken_.empty() && bytes_ > limits_.max_bytes) {
      full_ = true;
      return;
    }
    taken_.push_back(std::move(event));
    full_ = taken_.size() >= limits_.max_events;
  }

  void Examine(const FeedEventPtr& event) {
    consumer_.mutex_.AssertHeld();
    if (consumer_.matcher_.Matches(*event)) {
      const auto added = consumer_.outstanding_.emplace(
          event->position(), Outstanding{{}, std::string(event->stream())});
      consumer_.touched_.insert(event->position().value);
      if (IsFree(added.first->second)) Take(event);
    }
    consumer_.scanned_ = event->position();
  }

  DurableConsumer& consumer_;
  const absl::string_view member_;
  const Limits limits_;
  absl::flat_hash_set<std::string> blocked_;  // Streams.
  std::vector<FeedEventPtr> taken_;
  size_t bytes_ = 0;
  bool full_ = false;
  bool more_ = false;
};

absl::StatusOr<Fetched> DurableConsumer::Fetch(absl::string_view member, const Limits& limits) {
  ANNALS_RETURN_IF_ERROR(CheckMember(member));
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  const Instant now = place_.clock->Now();
  Release(now);
  Leasing leasing(this, member, limits);
  ANNALS_RETURN_IF_ERROR(leasing.TakeOutstanding());
  ANNALS_RETURN_IF_ERROR(leasing.TakeNew());
  Fetched fetched = leasing.Lease(now);
  const bool looked_far = scanned_.value - stored_scanned_.value >= kUnstoredPositions;
  if (!touched_.empty() || !reparked_.empty() || looked_far) ANNALS_RETURN_IF_ERROR(Store());
  return fetched;
}

void DurableConsumer::Release(Instant now) {
  std::vector<Position> given_up;
  for (auto& [position, outstanding] : outstanding_) {
    OutstandingRecord& record = outstanding.record;
    if (record.state == State::kReady || record.until > now) continue;
    if (record.state == State::kLeased && record.deliveries >= settings_.max_deliveries()) {
      given_up.push_back(position);
    }
    // Not touched: what is stored says the same, now that the time is past.
    record.state = State::kReady;
  }
  for (const Position position : given_up) {
    Park(position, now,
         absl::StrCat("leased ", settings_.max_deliveries(), " times and never acknowledged"));
  }
}

// --- Settling ---------------------------------------------------------------------

bool DurableConsumer::IsHeldBy(Position position, absl::string_view member) const {
  const auto found = outstanding_.find(position);
  // What is ready again was this member's last, and is nobody else's yet.
  return found != outstanding_.end() && found->second.record.state != State::kWaiting &&
         found->second.record.deliveries > 0 && found->second.record.member == member;
}

absl::StatusOr<Settled> DurableConsumer::Ack(absl::string_view member,
                                             const std::vector<Position>& positions) {
  ANNALS_RETURN_IF_ERROR(CheckMember(member));
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  Settled settled;
  for (const Position position : Unique(positions)) {
    if (!IsHeldBy(position, member)) {
      settled.not_held.push_back(position);
      continue;
    }
    outstanding_.erase(position);
    touched_.insert(position.value);
    settled.done.push_back(position);
  }
  if (!touched_.empty()) ANNALS_RETURN_IF_ERROR(Store());
  return settled;
}

absl::StatusOr<Settled> DurableConsumer::Nack(absl::string_view member,
                                              const std::vector<Position>& positions,
                                              const Refusal& refusal) {
  ANNALS_RETURN_IF_ERROR(CheckMember(member));
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  const Instant now = place_.clock->Now();
  Settled settled;
  for (const Position position : Unique(positions)) {
    if (!IsHeldBy(position, member)) {
      settled.not_held.push_back(position);
      continue;
    }
    settled.done.push_back(position);
    OutstandingRecord& record = outstanding_.at(position).record;
    if (!refusal.retry_micros || record.deliveries >= settings_.max_deliveries()) {
      Park(position, now, refusal.reason);
      continue;
    }
    record.state = State::kWaiting;
    record.until = {now.micros + std::max<int64_t>(*refusal.retry_micros, 0)};
    touched_.insert(position.value);
  }
  if (!touched_.empty()) ANNALS_RETURN_IF_ERROR(Store());
  return settled;
}

void DurableConsumer::Park(Position position, Instant now, std::string reason) {
  const auto found = outstanding_.find(position);
  reason.resize(std::min(reason.size(), kMaxReasonBytes));
  reparked_[position] = ParkedRecord{
      .deliveries = found->second.record.deliveries, .parked_at = now, .reason = std::move(reason)};
  outstanding_.erase(found);
  touched_.insert(position.value);
  ++parked_;
}

// --- Parked events ----------------------------------------------------------------

absl::StatusOr<std::vector<v1::ParkedEvent>> DurableConsumer::Parked(Position after,
                                                                     size_t limit) const {
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  Cursor cursor = place_.database->Scan(
      Family::kMeta, ConsumerKey(prefix_, ConsumerPart::kParked, after.Next()), PrefixEnd(prefix_));
  std::vector<v1::ParkedEvent> parked;
  for (cursor.SeekToFirst(); cursor.Valid() && parked.size() < limit; cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const ParsedConsumerKey key, ParseConsumerKey(cursor.key()));
    ANNALS_ASSIGN_OR_RETURN(const ParkedRecord record, DecodeParkedRecord(cursor.value()));
    v1::ParkedEvent& event = parked.emplace_back();
    event.set_position(key.position.value);
    event.set_deliveries(record.deliveries);
    event.set_reason(record.reason);
    *event.mutable_parked_at() = ToTimestamp(record.parked_at);
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return parked;
}

absl::StatusOr<Settled> DurableConsumer::Replay(const std::vector<Position>& positions) {
  return TakeFromParked(positions, /*replay=*/true);
}

absl::StatusOr<Settled> DurableConsumer::Discard(const std::vector<Position>& positions) {
  return TakeFromParked(positions, /*replay=*/false);
}

absl::StatusOr<Settled> DurableConsumer::TakeFromParked(const std::vector<Position>& positions,
                                                        bool replay) {
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  Settled settled;
  for (const Position position : Unique(positions)) {
    const std::string key = ConsumerKey(prefix_, ConsumerPart::kParked, position);
    ANNALS_ASSIGN_OR_RETURN(const auto stored, place_.database->Get(Family::kMeta, key));
    if (!stored || (replay && outstanding_.size() >= settings_.window())) {
      settled.not_held.push_back(position);
      continue;
    }
    if (replay) {
      ANNALS_ASSIGN_OR_RETURN(const FeedEventPtr event, ReadEvent(position));
      outstanding_.emplace(position, Outstanding{{}, std::string(event->stream())});
      touched_.insert(position.value);
    }
    reparked_[position] = std::nullopt;
    --parked_;
    settled.done.push_back(position);
  }
  if (!reparked_.empty()) ANNALS_RETURN_IF_ERROR(Store());
  return settled;
}

// --- The whole --------------------------------------------------------------------

absl::StatusOr<v1::ConsumerStatus> DurableConsumer::Status(Position head) const {
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  const Instant now = place_.clock->Now();
  const Position cursor =
      outstanding_.empty() ? scanned_ : Position{outstanding_.begin()->first.value - 1};
  uint64_t leased = 0;
  for (const auto& [position, outstanding] : outstanding_) {
    const OutstandingRecord& record = outstanding.record;
    if (record.state == State::kLeased && record.until > now) ++leased;
  }
  v1::ConsumerStatus status;
  *status.mutable_consumer() = settings_;
  status.set_cursor(cursor.value);
  status.set_head(std::max(head, cursor).value);
  status.set_lag(status.head() - cursor.value);
  status.set_leased(leased);
  status.set_waiting(outstanding_.size() - leased);
  status.set_parked(parked_);
  return status;
}

absl::Status DurableConsumer::Delete() {
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(CheckUsable());
  Batch batch;
  batch.DeleteRange(Family::kMeta, prefix_, PrefixEnd(prefix_));
  ANNALS_RETURN_IF_ERROR(place_.database->Write(std::move(batch), Durability::kSynced));
  failure_ =
      absl::NotFoundError(absl::StrCat("timeline \"", settings_.timeline(), "\": the consumer \"",
                                       settings_.name(), "\" was deleted"));
  return absl::OkStatus();
}

absl::Status DurableConsumer::CheckUsable() const { return failure_; }

absl::Status DurableConsumer::Store() {
  Batch batch;
  for (const uint64_t value : touched_) {
    const Position position{value};
    const std::string key = ConsumerKey(prefix_, ConsumerPart::kOutstanding, position);
    const auto found = outstanding_.find(position);
    if (found == outstanding_.end()) {
      batch.Delete(Family::kMeta, key);
    } else {
      batch.Put(Family::kMeta, key, Encode(found->second.record));
    }
  }
  for (const auto& [position, parked] : reparked_) {
    const std::string key = ConsumerKey(prefix_, ConsumerPart::kParked, position);
    if (parked) {
      batch.Put(Family::kMeta, key, Encode(*parked));
    } else {
      batch.Delete(Family::kMeta, key);
    }
  }
  batch.Put(Family::kMeta, ConsumerKey(prefix_, ConsumerPart::kRecord),
            Encode(ConsumerRecord{.settings = settings_, .scanned = scanned_}));
  const absl::Status written = place_.database->Write(std::move(batch), Durability::kSynced);
  if (!written.ok()) {
    failure_ = absl::FailedPreconditionError(
        absl::StrCat("a former write failed, so what is stored of the consumer is unknown: close "
                     "the store and open it again. It was: ",
                     written.message()));
    return written;
  }
  touched_.clear();
  reparked_.clear();
  stored_scanned_ = scanned_;
  return absl::OkStatus();
}

}  // namespace annals
