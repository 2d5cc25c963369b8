#include "engine/log/census_taker.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"

namespace annals {
namespace {

using storage::Cursor;
using storage::Family;

// The element between the timeline's number and the number at the end.
absl::StatusOr<std::string> NameIn(absl::string_view key) {
  ANNALS_RETURN_IF_ERROR(ReadBigEndian32(&key).status());
  return ReadKeyElement(&key);
}

absl::Status CountTypes(const storage::Database& database, const TimelineState& timeline,
                        Census* census) {
  const std::string prefix = TimelinePrefix(timeline.settings->number);
  Cursor cursor = database.Scan(Family::kTypes, prefix, PrefixEnd(prefix));
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> positions, ReadTypeRow(cursor));
    const auto beyond = std::ranges::upper_bound(positions, timeline.head);
    if (beyond == positions.begin()) continue;
    ANNALS_ASSIGN_OR_RETURN(std::string type, NameIn(cursor.key()));
    auto& counts = census->events_by_type;
    if (counts.empty() || counts.back().first != type) counts.emplace_back(std::move(type), 0);
    counts.back().second += beyond - positions.begin();
  }
  return cursor.status();
}

absl::Status CountStreams(const storage::Database& database, const TimelineState& timeline,
                          Census* census) {
  const uint32_t number = timeline.settings->number;
  const std::string prefix = TimelinePrefix(number);
  Cursor cursor = database.Scan(Family::kStreams, prefix, PrefixEnd(prefix));
  cursor.SeekToFirst();
  while (cursor.Valid()) {
    ANNALS_ASSIGN_OR_RETURN(const StreamRow row, ReadStreamRow(cursor));
    if (row.positions.front() <= timeline.head) ++census->streams;
    ANNALS_ASSIGN_OR_RETURN(const std::string stream, NameIn(cursor.key()));
    cursor.Seek(PrefixEnd(StreamPrefix(number, stream)));
  }
  return cursor.status();
}

}  // namespace

absl::StatusOr<Census> TakeCensusOf(const storage::Database& database,
                                    const TimelineState& timeline) {
  Census census;
  ANNALS_RETURN_IF_ERROR(CountTypes(database, timeline, &census));
  ANNALS_RETURN_IF_ERROR(CountStreams(database, timeline, &census));
  return census;
}

}  // namespace annals
