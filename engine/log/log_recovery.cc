#include "engine/log/log_recovery.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/log/lookup_rebuild.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"
#include "proto/annals/v1/erasure.pb.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {
namespace {

using storage::Cursor;
using storage::Database;
using storage::Family;

absl::StatusOr<std::shared_ptr<const TimelineSettings>> RecoverSettings(const Database& database,
                                                                        const std::string& name,
                                                                        uint32_t number) {
  ANNALS_ASSIGN_OR_RETURN(const auto value,
                          database.Get(Family::kLog, storage::LogKey(number, Position{1})));
  if (!value) return absl::DataLossError("its first event is missing");
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(DecodeEvent(*value, &event));
  v1::TimelineCreated created;
  if (!event.payload().UnpackTo(&created)) {
    return absl::DataLossError("its first event is no annals.v1.TimelineCreated");
  }
  absl::StatusOr<TimelineSettings> settings = TimelineSettings::FromProto(name, created);
  if (!settings.ok()) return absl::FailedPreconditionError(settings.status().message());
  settings->number = number;
  return std::make_shared<const TimelineSettings>(*std::move(settings));
}

absl::StatusOr<v1::PayloadRedacted> ReadRedaction(const Database& database, uint32_t number,
                                                  Position position) {
  ANNALS_ASSIGN_OR_RETURN(const auto value,
                          database.Get(Family::kLog, storage::LogKey(number, position)));
  const std::string event_name = absl::StrCat("event ", position.value);
  if (!value) return absl::DataLossError(absl::StrCat(event_name, " is missing"));
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(DecodeEvent(*value, &event));
  v1::PayloadRedacted redacted;
  if (event.payload().UnpackTo(&redacted)) return redacted;
  return absl::DataLossError(absl::StrCat(event_name, " is no annals.v1.PayloadRedacted"));
}

absl::StatusOr<RedactionsPtr> RecoverRedactions(const Database& database, uint32_t number) {
  const std::string prefix = TypePrefix(number, v1::PayloadRedacted::descriptor()->full_name());
  RedactionsPtr redactions;
  Cursor cursor = database.Scan(Family::kTypes, prefix, PrefixEnd(prefix));
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> positions, ReadTypeRow(cursor));
    for (const Position by : positions) {
      ANNALS_ASSIGN_OR_RETURN(const auto redacted, ReadRedaction(database, number, by));
      redactions = WithRedactions(redactions, redacted, by);
    }
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return redactions;
}

absl::StatusOr<TimelineState> RecoverTimeline(const Database& database, const std::string& name,
                                              uint32_t number) {
  TimelineState state;
  ANNALS_ASSIGN_OR_RETURN(state.settings, RecoverSettings(database, name, number));
  const std::string prefix = TimelinePrefix(number);
  Cursor cursor = database.Scan(Family::kLog, prefix, PrefixEnd(prefix));
  cursor.SeekToLast();
  if (!cursor.Valid()) {
    ANNALS_RETURN_IF_ERROR(cursor.status());
    return absl::DataLossError("its events are missing");
  }
  ANNALS_ASSIGN_OR_RETURN(state.head.value, NumberAtEnd(cursor.key()));
  ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(cursor.value()));
  state.chain = record.chain;
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(DecodeEvent(cursor.value(), &event));
  state.recorded_at = FromTimestamp(event.recorded_at());
  ANNALS_ASSIGN_OR_RETURN(state.redactions, RecoverRedactions(database, number));
  return state;
}

}  // namespace

absl::StatusOr<TimelineStates> RecoverTimelines(const storage::StoreFolder& folder) {
  const Database& database = *folder.database();
  ANNALS_RETURN_IF_ERROR(CheckLookupsAreWhole(database));
  TimelineStates timelines;
  uint64_t events = 0;
  Cursor names = database.Scan(Family::kMeta, storage::kTimelineKeyPrefix,
                               PrefixEnd(storage::kTimelineKeyPrefix));
  for (names.SeekToFirst(); names.Valid(); names.Next()) {
    const std::string name(absl::StripPrefix(names.key(), storage::kTimelineKeyPrefix));
    absl::string_view value = names.value();
    ANNALS_ASSIGN_OR_RETURN(const uint32_t number, ReadBigEndian32(&value));
    absl::StatusOr<TimelineState> state = RecoverTimeline(database, name, number);
    if (!state.ok()) return Annotate(state.status(), absl::StrCat("timeline \"", name, "\""));
    events += state->head.value;
    timelines.emplace(name, *std::move(state));
  }
  ANNALS_RETURN_IF_ERROR(names.status());
  const storage::CommitRecord commit = folder.last_commit();
  if (events == commit.events) return timelines;
  return absl::DataLossError(absl::StrCat("the timelines end after ", events,
                                          " events together, but commit ", commit.number, " says ",
                                          commit.events,
                                          ". Copy the whole folder before you try anything; then "
                                          "restore a backup"));
}

}  // namespace annals
