#include "engine/feed/consumers.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/feed/consumer_record.h"
#include "google/protobuf/util/message_differencer.h"

namespace annals {
namespace {

using google::protobuf::util::MessageDifferencer;
using storage::Cursor;
using storage::Family;

constexpr size_t kMaxNameBytes = 100;
constexpr uint64_t kDefaultVisibilityMs = 30'000;
constexpr uint64_t kMaxVisibilityMs = 86'400'000;
constexpr uint32_t kDefaultDeliveries = 5;
constexpr uint32_t kMaxDeliveries = 1'000;
constexpr uint32_t kDefaultWindow = 1'000;
constexpr uint32_t kMaxWindow = 10'000;

bool IsNameByte(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_' || c == '.';
}

std::string Where(absl::string_view timeline, absl::string_view name) {
  return absl::StrCat("timeline \"", timeline, "\", consumer \"", name, "\"");
}

absl::Status CheckAtMost(absl::string_view field, uint64_t value, uint64_t most) {
  if (value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, " is ", value, "; at most ", most));
}

absl::StatusOr<v1::Consumer> WithDefaults(const v1::Consumer& stated) {
  const std::string& name = stated.name();
  if (name.empty() || name.size() > kMaxNameBytes ||
      !std::all_of(name.begin(), name.end(), IsNameByte)) {
    return absl::InvalidArgumentError(
        "a consumer's name is 1 to 100 of a-z, 0-9, \"-\", \"_\" and \".\"");
  }
  ANNALS_RETURN_IF_ERROR(CheckAtMost("visibility_ms", stated.visibility_ms(), kMaxVisibilityMs));
  ANNALS_RETURN_IF_ERROR(CheckAtMost("max_deliveries", stated.max_deliveries(), kMaxDeliveries));
  ANNALS_RETURN_IF_ERROR(CheckAtMost("window", stated.window(), kMaxWindow));
  v1::Consumer settings = stated;
  if (settings.visibility_ms() == 0) settings.set_visibility_ms(kDefaultVisibilityMs);
  if (settings.max_deliveries() == 0) settings.set_max_deliveries(kDefaultDeliveries);
  if (settings.window() == 0) settings.set_window(kDefaultWindow);
  return settings;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Consumers>> Consumers::Open(storage::Database* database,
                                                           const EventLog* log, Feed* feed,
                                                           const Clock* clock) {
  std::unique_ptr<Consumers> opened(new Consumers(database, log, feed, clock));
  MutexLock hold(&opened->mutex_);
  Cursor cursor = database->Scan(Family::kMeta, kConsumerKeyPrefix, PrefixEnd(kConsumerKeyPrefix));
  cursor.SeekToFirst();
  while (cursor.Valid()) {
    ANNALS_ASSIGN_OR_RETURN(const ParsedConsumerKey key, ParseConsumerKey(cursor.key()));
    if (key.part != ConsumerPart::kRecord) return absl::DataLossError("a consumer has no record");
    ANNALS_ASSIGN_OR_RETURN(const ConsumerRecord record, DecodeConsumerRecord(cursor.value()));
    const v1::Consumer& settings = record.settings;
    auto loaded = DurableConsumer::Load(opened->PlaceOf(settings.timeline()), key.prefix);
    if (!loaded.ok()) {
      return Annotate(loaded.status(), Where(settings.timeline(), settings.name()));
    }
    opened->consumers_.emplace(Name(settings.timeline(), settings.name()), *std::move(loaded));
    cursor.Seek(PrefixEnd(key.prefix));
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return opened;
}

DurableConsumer::Place Consumers::PlaceOf(absl::string_view timeline) const {
  return {.database = database_, .clock = clock_, .tail = feed_->Tail(timeline)};
}

std::vector<std::shared_ptr<DurableConsumer>> Consumers::Of(absl::string_view timeline) const {
  std::vector<std::shared_ptr<DurableConsumer>> found;
  for (auto at = consumers_.lower_bound(Name(timeline, ""));
       at != consumers_.end() && at->first.first == timeline; ++at) {
    found.push_back(at->second);
  }
  return found;
}

absl::StatusOr<v1::Consumer> Consumers::Create(const v1::Consumer& stated) {
  ANNALS_ASSIGN_OR_RETURN(const v1::Consumer settings, WithDefaults(stated));
  ANNALS_RETURN_IF_ERROR(FeedMatcher::FromProto(settings.filter()).status());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, log_->Settings(settings.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(settings.timeline()));
  const std::string where = Where(settings.timeline(), settings.name());
  MutexLock hold(&mutex_);
  const Name name(settings.timeline(), settings.name());
  const auto found = consumers_.find(name);
  if (found != consumers_.end()) {
    if (MessageDifferencer::Equals(found->second->settings(), settings)) return settings;
    return absl::AlreadyExistsError(absl::StrCat(where, " is there, with other settings"));
  }
  if (settings.after() > head.position.value) {
    return absl::OutOfRangeError(absl::StrCat(where, ": position ", settings.after(),
                                              " is beyond the head, ", head.position.value));
  }
  if (Of(settings.timeline()).size() >= kMaxConsumersPerTimeline) {
    return absl::ResourceExhaustedError(
        absl::StrCat(where, ": the timeline has ", kMaxConsumersPerTimeline, " already"));
  }
  ANNALS_ASSIGN_OR_RETURN(
      std::unique_ptr<DurableConsumer> consumer,
      DurableConsumer::Create(PlaceOf(settings.timeline()),
                              ConsumerPrefix(timeline.number, settings.name()), settings));
  consumers_.emplace(name, std::move(consumer));
  return settings;
}

absl::StatusOr<std::shared_ptr<DurableConsumer>> Consumers::Find(absl::string_view timeline,
                                                                 absl::string_view name) const {
  MutexLock hold(&mutex_);
  const auto found = consumers_.find(Name(timeline, name));
  if (found != consumers_.end()) return found->second;
  const std::string there = absl::StrJoin(
      Of(timeline), ", ", [](std::string* out, const std::shared_ptr<DurableConsumer>& consumer) {
        absl::StrAppend(out, consumer->settings().name());
      });
  return absl::NotFoundError(absl::StrCat("timeline \"", timeline, "\" has no consumer \"", name,
                                          "\"; ", there.empty() ? "it has none" : "there is ",
                                          there));
}

absl::StatusOr<std::vector<v1::ConsumerStatus>> Consumers::List(absl::string_view timeline) const {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline));
  std::vector<std::shared_ptr<DurableConsumer>> consumers;
  {
    MutexLock hold(&mutex_);
    consumers = Of(timeline);
  }
  std::vector<v1::ConsumerStatus> statuses;
  for (const std::shared_ptr<DurableConsumer>& consumer : consumers) {
    absl::StatusOr<v1::ConsumerStatus> status = consumer->Status(head.position);
    if (absl::IsNotFound(status.status())) continue;  // Deleted meanwhile.
    ANNALS_RETURN_IF_ERROR(status.status());
    statuses.push_back(*std::move(status));
  }
  return statuses;
}

absl::Status Consumers::Delete(absl::string_view timeline, absl::string_view name) {
  ANNALS_ASSIGN_OR_RETURN(const std::shared_ptr<DurableConsumer> consumer, Find(timeline, name));
  // Held while it is deleted, so that one of the same name isn't made meanwhile.
  MutexLock hold(&mutex_);
  ANNALS_RETURN_IF_ERROR(consumer->Delete());
  consumers_.erase(Name(timeline, name));
  return absl::OkStatus();
}

}  // namespace annals
