// DurableConsumer: a named place in a timeline's feed, shared by its members.
//
//   ANNALS_ASSIGN_OR_RETURN(const Fetched fetched, consumer->Fetch("worker-1", {}));
//   for (const Lease& lease : fetched.leases) …;
//   ANNALS_ASSIGN_OR_RETURN(const Settled settled, consumer->Ack("worker-1", positions));
#ifndef ANNALS_ENGINE_FEED_DURABLE_CONSUMER_H_
#define ANNALS_ENGINE_FEED_DURABLE_CONSUMER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/feed/consumer_record.h"
#include "engine/feed/feed_event.h"
#include "engine/feed/feed_matcher.h"
#include "engine/feed/live_tail.h"
#include "engine/storage/database.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// An event in a member's hands.
struct Lease {
  FeedEventPtr event;
  uint32_t delivery = 1;  // 2 and more: it was leased before.
  Instant until;

  // DATA_LOSS if the stored event can't be decoded.
  absl::StatusOr<v1::Delivery> ToProto() const;
};

struct Fetched {
  std::vector<Lease> leases;  // By position.
  // Without leases: whether to ask again at once, since a call looks at a bounded
  // number of events; otherwise when the head is beyond `scanned`, or at
  // `again_at`, when a lease runs out or a retry is due.
  bool more = false;
  Position scanned;
  Instant again_at = Instant::End();
  // Nothing further is leased until something is acknowledged or parked.
  bool window_full = false;
};

// What became of the positions that a member spoke of.
struct Settled {
  std::vector<Position> done;
  // It doesn't hold them: they are done already, parked, somebody else's, or were
  // never leased.
  std::vector<Position> not_held;
};

// Every matching event is leased at least once, and again until it is acknowledged
// or parked; what a call reports is on disk, leases and their number included.
// Events of one stream are leased in order: one is held back while an earlier one
// waits for a retry or is another member's. When a lease runs out its holder may
// still be at work; parking lets the stream go on without the event; and a member
// that refuses an event may keep later ones of its stream. Only there may a
// stream's order be broken.
//
// Thread-safe. At most one synced write a call. Beside their own, all calls return
// NOT_FOUND once it was deleted, the log's errors, and FAILED_PRECONDITION after a
// failed write, until the store is opened again.
class DurableConsumer {
 public:
  struct Place {
    storage::Database* database;
    const Clock* clock;
    std::shared_ptr<LiveTail> tail;
  };

  // A new one, which is stored; one that is. `prefix` is that of its keys.
  static absl::StatusOr<std::unique_ptr<DurableConsumer>> Create(Place place, std::string prefix,
                                                                 const v1::Consumer& settings);
  static absl::StatusOr<std::unique_ptr<DurableConsumer>> Load(Place place, std::string prefix);

  const v1::Consumer& settings() const { return settings_; }

  // Leases what is due, at most so much. INVALID_ARGUMENT if the member's name is
  // empty or longer than an id.
  using Limits = LiveTail::Limits;
  absl::StatusOr<Fetched> Fetch(absl::string_view member, const Limits& limits);

  // The member is done with them. One whose lease ran out counts as long as nobody
  // else has it.
  absl::StatusOr<Settled> Ack(absl::string_view member, const std::vector<Position>& positions);

  // The member isn't: try again after `retry_micros`, or park them for `reason` at
  // once. A retry beyond max_deliveries parks too.
  struct Refusal {
    std::optional<int64_t> retry_micros;  // Absent: park.
    std::string reason;                   // At most 1,000 bytes are kept.
  };
  absl::StatusOr<Settled> Nack(absl::string_view member, const std::vector<Position>& positions,
                               const Refusal& refusal);

  // The parked ones after `after`, by position.
  absl::StatusOr<std::vector<v1::ParkedEvent>> Parked(Position after, size_t limit) const;

  // Makes them due again, as if they had never been leased; forgets them. Those
  // that aren't parked, or for which the window has no room, are not_held.
  absl::StatusOr<Settled> Replay(const std::vector<Position>& positions);
  absl::StatusOr<Settled> Discard(const std::vector<Position>& positions);

  // The cursor may lie further back after the store was opened again: events
  // without a match are then looked at again.
  absl::StatusOr<v1::ConsumerStatus> Status(Position head) const;

  // Deletes what is stored.
  absl::Status Delete();

 private:
  struct Outstanding {
    OutstandingRecord record;
    std::string stream;
  };
  class Leasing;

  DurableConsumer(Place place, std::string prefix, const v1::Consumer& settings);

  absl::Status Read() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<FeedEventPtr> ReadEvent(Position position) const;
  absl::Status CheckUsable() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Release(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Park(Position position, Instant now, std::string reason)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsHeldBy(Position position, absl::string_view member) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Settled> TakeFromParked(const std::vector<Position>& positions, bool replay);
  // Writes what was touched, and with it how far events were looked at.
  absl::Status Store() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Place place_;
  const std::string prefix_;
  const v1::Consumer settings_;  // With defaults filled in.
  FeedMatcher matcher_;

  mutable Mutex mutex_;
  std::map<Position, Outstanding> outstanding_ ABSL_GUARDED_BY(mutex_);
  Position scanned_ ABSL_GUARDED_BY(mutex_);
  Position stored_scanned_ ABSL_GUARDED_BY(mutex_);
  uint64_t parked_ ABSL_GUARDED_BY(mutex_) = 0;
  // What is not stored yet: changed positions, and parked ones put or removed.
  absl::flat_hash_set<uint64_t> touched_ ABSL_GUARDED_BY(mutex_);
  std::map<Position, std::optional<ParkedRecord>> reparked_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_DURABLE_CONSUMER_H_
