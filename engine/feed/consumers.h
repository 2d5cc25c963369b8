// Consumers: a store's durable consumers, by timeline and name.
//
//   ANNALS_ASSIGN_OR_RETURN(auto consumers, Consumers::Open(database, log, &feed, clock));
//   ANNALS_ASSIGN_OR_RETURN(auto consumer, consumers->Find("t", "mirror"));
#ifndef ANNALS_ENGINE_FEED_CONSUMERS_H_
#define ANNALS_ENGINE_FEED_CONSUMERS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/feed/durable_consumer.h"
#include "engine/feed/feed.h"
#include "engine/log/event_log.h"
#include "engine/storage/database.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

inline constexpr size_t kMaxConsumersPerTimeline = 1'000;

// Thread-safe. What it is made of must outlive it and the consumers it gave out.
class Consumers {
 public:
  // With those that the store keeps. Reads each event that is outstanding.
  // DATA_LOSS if what is stored is damaged.
  static absl::StatusOr<std::unique_ptr<Consumers>> Open(storage::Database* database,
                                                         const EventLog* log, Feed* feed,
                                                         const Clock* clock);

  // Makes one; what is returned has its defaults filled in. With the same settings
  // a second time it changes nothing.
  //   NOT_FOUND           no such timeline
  //   INVALID_ARGUMENT    the name, or a number that is too large; a filter's errors
  //   OUT_OF_RANGE        it would begin beyond the head
  //   ALREADY_EXISTS      one of that name has other settings
  //   RESOURCE_EXHAUSTED  the timeline has kMaxConsumersPerTimeline
  absl::StatusOr<v1::Consumer> Create(const v1::Consumer& settings);

  // NOT_FOUND if there is none; the message names those there are.
  absl::StatusOr<std::shared_ptr<DurableConsumer>> Find(absl::string_view timeline,
                                                        absl::string_view name) const;

  // A timeline's, by name. NOT_FOUND: no such timeline.
  absl::StatusOr<std::vector<v1::ConsumerStatus>> List(absl::string_view timeline) const;

  // With its parked events. NOT_FOUND as Find.
  absl::Status Delete(absl::string_view timeline, absl::string_view name);

 private:
  using Name = std::pair<std::string, std::string>;  // The timeline's, its own.

  Consumers(storage::Database* database, const EventLog* log, Feed* feed, const Clock* clock)
      : database_(database), log_(log), feed_(feed), clock_(clock) {}

  DurableConsumer::Place PlaceOf(absl::string_view timeline) const;
  std::vector<std::shared_ptr<DurableConsumer>> Of(absl::string_view timeline) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  storage::Database* const database_;
  const EventLog* const log_;
  Feed* const feed_;
  const Clock* const clock_;

  mutable Mutex mutex_;
  std::map<Name, std::shared_ptr<DurableConsumer>> consumers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_FEED_CONSUMERS_H_
