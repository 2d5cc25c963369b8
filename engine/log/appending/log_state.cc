#include "engine/log/appending/log_state.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"
#include "engine/storage/commit_record.h"
#include "proto/annals/v1/timeline.pb.h"

namespace annals {

using storage::Cursor;
using storage::Family;

absl::StatusOr<std::vector<std::optional<Position>>> LogState::FindIds(
    const std::vector<std::string>& id_keys) const {
  ANNALS_ASSIGN_OR_RETURN(const auto values, database_->MultiGet(Family::kEventIds, id_keys));
  std::vector<std::optional<Position>> positions(id_keys.size());
  for (size_t i = 0; i < id_keys.size(); ++i) {
    if (!values[i]) continue;
    ANNALS_ASSIGN_OR_RETURN(positions[i], DecodePosition(*values[i]));
  }
  return positions;
}

absl::StatusOr<std::optional<Position>> LogState::FindId(absl::string_view id_key) const {
  ANNALS_ASSIGN_OR_RETURN(const auto value, database_->Get(Family::kEventIds, id_key));
  if (!value) return std::optional<Position>();
  ANNALS_ASSIGN_OR_RETURN(const Position position, DecodePosition(*value));
  return std::optional<Position>(position);
}

absl::StatusOr<std::string> LogState::ReadRecord(uint32_t timeline, Position position) const {
  ANNALS_ASSIGN_OR_RETURN(auto value,
                          database_->Get(Family::kLog, storage::LogKey(timeline, position)));
  if (value) return *std::move(value);
  return absl::DataLossError(
      absl::StrCat("the event at position ", position.value, " is missing from the log"));
}

absl::StatusOr<uint64_t> LogState::StreamRevision(absl::string_view stream_prefix) {
  if (const uint64_t* const cached = streams_.Find(stream_prefix)) return *cached;
  ANNALS_ASSIGN_OR_RETURN(const uint64_t revision, ReadStreamRevision(stream_prefix));
  streams_.Put(std::string(stream_prefix), revision);
  return revision;
}

absl::StatusOr<uint64_t> LogState::ReadStreamRevision(absl::string_view stream_prefix) const {
  // Most streams that aren't cached are new, and a bloom filter tells for
  // revision 1 without touching the disk.
  ANNALS_ASSIGN_OR_RETURN(const auto first,
                          database_->Get(Family::kStreams, StreamKey(stream_prefix, 1)));
  if (!first) return 0;
  Cursor cursor = database_->Scan(Family::kStreams, stream_prefix, PrefixEnd(stream_prefix));
  cursor.SeekToLast();
  if (cursor.Valid()) {
    ANNALS_ASSIGN_OR_RETURN(const StreamRow last, ReadStreamRow(cursor));
    return last.last_revision();
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return absl::DataLossError("a stream has a first revision, but no last one");
}

absl::StatusOr<const SourceInfo*> LogState::FindSource(const TimelineSettings& settings,
                                                       absl::string_view source) {
  const std::string prefix = StreamPrefix(settings.number, SourceStream(source));
  if (const SourceInfo* const cached = sources_.Find(prefix)) return cached;
  ANNALS_ASSIGN_OR_RETURN(std::optional<SourceInfo> info, ReadSource(settings, prefix));
  if (!info) return static_cast<const SourceInfo*>(nullptr);
  return sources_.Put(prefix, *std::move(info));
}

absl::StatusOr<std::optional<SourceInfo>> LogState::ReadSource(
    const TimelineSettings& settings, const std::string& stream_prefix) const {
  std::optional<SourceInfo> info;
  Cursor cursor = database_->Scan(Family::kStreams, stream_prefix, PrefixEnd(stream_prefix));
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const StreamRow row, ReadStreamRow(cursor));
    for (const Position position : row.positions) {
      ANNALS_ASSIGN_OR_RETURN(const std::string record, ReadRecord(settings.number, position));
      v1::Event event;
      ANNALS_RETURN_IF_ERROR(DecodeEvent(record, &event));
      v1::SourceRegistered registered;
      // A source's stream may hold other events too, such as a retraction.
      if (!event.payload().UnpackTo(&registered)) continue;
      ANNALS_ASSIGN_OR_RETURN(const SourceEdition edition,
                              SourceEdition::FromProto(registered, settings));
      if (!info) info.emplace();
      info->Add(edition);
    }
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return info;
}

std::optional<TimelineState> LogState::FindTimeline(absl::string_view name) const {
  absl::StatusOr<TimelineState> found = timelines_->Find(name);
  if (!found.ok()) return std::nullopt;
  return *std::move(found);
}

void LogState::SetStreamRevision(absl::string_view stream_prefix, uint64_t revision) {
  if (uint64_t* const cached = streams_.Find(stream_prefix)) {
    *cached = revision;
  } else {
    streams_.Put(std::string(stream_prefix), revision);
  }
}

void LogState::SetSource(std::string stream_prefix, SourceInfo source) {
  sources_.Put(std::move(stream_prefix), std::move(source));
}

}  // namespace annals
