#include "engine/log/log_verifier.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/log/event_bytes_reader.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"
#include "engine/log/tree_verifier.h"
#include "engine/storage/database.h"
#include "engine/storage/hash.h"

namespace annals {
namespace {

using storage::Cursor;
using storage::Database;
using storage::Family;

// Progress is told, and look-ups are compared, once every so many events.
constexpr size_t kEventsPerStep = 1'000;

// Entries of a look-up, in whatever order: two that have the same sum have the same
// entries, but for a chance of 2^-64 or less.
struct LookupSum {
  void Add(absl::string_view key, Position position) {
    const storage::Hash128 hash = storage::HashBytes(absl::StrCat(key, EncodePosition(position)));
    ++entries;
    high += hash.high;
    low += hash.low;
  }

  friend bool operator==(const LookupSum&, const LookupSum&) = default;

  uint64_t entries = 0;
  uint64_t high = 0;
  uint64_t low = 0;
};

// A key of kStreams or kTypes without what is at its end.
absl::string_view WithoutNumber(absl::string_view key) {
  return key.substr(0, key.size() - sizeof(uint64_t));
}

// The check of one timeline.
class TimelineVerifier {
 public:
  TimelineVerifier(const Database& database, const TimelineSettings& settings, Position head,
                   VerifyReport* report)
      : database_(database),
        settings_(settings),
        head_(head),
        report_(report),
        tree_(&database, &settings) {}

  absl::Status Verify(EventBytesReader* reader, const NodeReader& nodes,
                      const std::function<void(const VerifyReport&)>& progress);

 private:
  absl::Status Read(const EventBytesReader& reader);
  absl::Status Check(const v1::Event& event);
  absl::Status CompareIds();
  absl::Status CountIds();
  absl::Status CompareStreams();
  absl::Status CompareTypes();
  absl::Status CheckCount(uint64_t entries);
  absl::Status CheckSum(absl::string_view what, const LookupSum& found, const LookupSum& expected);

  absl::Status Fault(uint64_t position, absl::string_view what) const {
    return absl::DataLossError(
        absl::StrCat("timeline \"", settings_.name, "\", position ", position, ": ", what));
  }

  const Database& database_;
  const TimelineSettings& settings_;
  const Position head_;
  VerifyReport* const report_;
  TreeVerifier tree_;
  v1::Event event_;
  Instant recorded_at_ = Instant::Beginning();
  absl::flat_hash_map<std::string, uint64_t> revisions_;  // By stream.
  // Of the events of one step.
  std::vector<std::string> id_keys_;
  std::vector<uint64_t> id_positions_;
  // Of all events.
  LookupSum streams_;
  LookupSum types_;
};

absl::Status TimelineVerifier::Verify(EventBytesReader* reader, const NodeReader& nodes,
                                      const std::function<void(const VerifyReport&)>& progress) {
  // The reader itself checks that positions are dense and the chain holds.
  for (uint64_t left = head_.value; left > 0 && reader->Next(); --left) {
    ANNALS_RETURN_IF_ERROR(Read(*reader));
    ANNALS_RETURN_IF_ERROR(Check(event_));
    ++report_->events;
    if (report_->events % kEventsPerStep != 0) continue;
    ANNALS_RETURN_IF_ERROR(CompareIds());
    progress(*report_);
  }
  ANNALS_RETURN_IF_ERROR(reader->status());
  ANNALS_RETURN_IF_ERROR(CompareIds());
  // Every event has its own entry, so if there are as many entries as events, there is
  // nothing else.
  ANNALS_RETURN_IF_ERROR(CountIds());
  ANNALS_RETURN_IF_ERROR(CompareStreams());
  ANNALS_RETURN_IF_ERROR(CompareTypes());
  ANNALS_ASSIGN_OR_RETURN(const TreeHash root, tree_.Finish(nodes));
  report_->trees.push_back({settings_.name, tree_.size(), root});
  report_->tiles += tree_.tiles();
  report_->streams += revisions_.size();
  ++report_->timelines;
  progress(*report_);
  return absl::OkStatus();
}

absl::Status TimelineVerifier::Read(const EventBytesReader& reader) {
  const Record record = {.chain = {}, .event_bytes = reader.bytes()};
  const absl::Status decoded = DecodeEvent(record, &event_);
  if (!decoded.ok()) return Fault(reader.position().value, decoded.message());
  if (event_.position() != reader.position().value || event_.timeline() != settings_.name) {
    return Fault(reader.position().value,
                 absl::StrCat("holds the event of timeline \"", event_.timeline(), "\", position ",
                              event_.position()));
  }
  return tree_.Add(reader.bytes());
}

absl::Status TimelineVerifier::Check(const v1::Event& event) {
  const Instant recorded_at = FromTimestamp(event.recorded_at());
  if (recorded_at <= recorded_at_) {
    return Fault(event.position(), "was recorded no later than the event before it");
  }
  recorded_at_ = recorded_at;
  uint64_t& revision = revisions_[event.stream()];
  if (event.revision() != ++revision) {
    return Fault(event.position(), absl::StrCat("has revision ", event.revision(), " of stream \"",
                                                event.stream(), "\", which is at ", revision));
  }
  const uint32_t number = settings_.number;
  const Position position = {event.position()};
  id_keys_.push_back(EventIdKey(number, event.id()));
  id_positions_.push_back(event.position());
  streams_.Add(StreamKey(StreamPrefix(number, event.stream()), event.revision()), position);
  types_.Add(TypePrefix(number, PayloadTypeName(event)), position);
  return absl::OkStatus();
}

absl::Status TimelineVerifier::CompareIds() {
  ANNALS_ASSIGN_OR_RETURN(const auto values, database_.MultiGet(Family::kEventIds, id_keys_));
  for (size_t i = 0; i < values.size(); ++i) {
    const uint64_t position = id_positions_[i];
    if (!values[i]) {
      return Fault(position,
                   "the event is missing from a look-up; `annals rebuild` makes the look-ups anew");
    }
    ANNALS_ASSIGN_OR_RETURN(const Position found, DecodePosition(*values[i]));
    if (found.value != position) {
      return Fault(position, absl::StrCat("a look-up leads to position ", found.value,
                                          " instead; `annals rebuild` makes the look-ups anew"));
    }
  }
  report_->lookup_entries += values.size();
  id_keys_.clear();
  id_positions_.clear();
  return absl::OkStatus();
}

absl::Status TimelineVerifier::CountIds() {
  const std::string prefix = TimelinePrefix(settings_.number);
  Cursor cursor = database_.Scan(Family::kEventIds, prefix, PrefixEnd(prefix));
  uint64_t entries = 0;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const Position position, DecodePosition(cursor.value()));
    if (position <= head_) ++entries;
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return CheckCount(entries);
}

absl::Status TimelineVerifier::CompareStreams() {
  const std::string prefix = TimelinePrefix(settings_.number);
  Cursor cursor = database_.Scan(Family::kStreams, prefix, PrefixEnd(prefix));
  LookupSum found;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const StreamRow row, ReadStreamRow(cursor));
    const absl::string_view stream = WithoutNumber(cursor.key());
    uint64_t revision = row.first_revision;
    for (const Position position : row.positions) {
      if (position <= head_) found.Add(StreamKey(stream, revision), position);
      ++revision;
    }
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return CheckSum("streams", found, streams_);
}

absl::Status TimelineVerifier::CompareTypes() {
  const std::string prefix = TimelinePrefix(settings_.number);
  Cursor cursor = database_.Scan(Family::kTypes, prefix, PrefixEnd(prefix));
  LookupSum found;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> positions, ReadTypeRow(cursor));
    const absl::string_view type = WithoutNumber(cursor.key());
    for (const Position position : positions) {
      if (position <= head_) found.Add(type, position);
    }
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return CheckSum("types", found, types_);
}

absl::Status TimelineVerifier::CheckCount(uint64_t entries) {
  if (entries == head_.value) return absl::OkStatus();
  return Fault(head_.value, absl::StrCat("a look-up has ", entries, " entries for ", head_.value,
                                         " events; `annals rebuild` makes the look-ups anew"));
}

absl::Status TimelineVerifier::CheckSum(absl::string_view what, const LookupSum& found,
                                        const LookupSum& expected) {
  ANNALS_RETURN_IF_ERROR(CheckCount(found.entries));
  report_->lookup_entries += found.entries;
  if (found == expected) return absl::OkStatus();
  return Fault(head_.value, absl::StrCat("up to there the look-up of ", what,
                                         " doesn't lead to the events; `annals rebuild` makes "
                                         "the look-ups anew"));
}

}  // namespace

absl::StatusOr<VerifyReport> VerifyLog(const storage::StoreFolder& folder, const EventLog& log,
                                       const std::function<void(const VerifyReport&)>& progress) {
  const Database& database = *folder.database();
  ANNALS_RETURN_IF_ERROR(Annotate(database.VerifyChecksums(), "file checksums"));
  ANNALS_RETURN_IF_ERROR(folder.VerifyHead());
  VerifyReport report;
  for (const std::string& name : log.Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, log.Settings(name));
    // The head first: what the reader sees is at least that, and is checked up to it.
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log.GetHead(name));
    ANNALS_ASSIGN_OR_RETURN(const auto reader, log.ReadBytesAfter(name, Position{}));
    ANNALS_ASSIGN_OR_RETURN(const NodeReader nodes, log.TreeNodes(name));
    TimelineVerifier verifier(database, settings, head.position, &report);
    ANNALS_RETURN_IF_ERROR(verifier.Verify(reader.get(), nodes, progress));
  }
  return report;
}

}  // namespace annals
