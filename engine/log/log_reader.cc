#include "engine/log/log_reader.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/lookup_rows.h"
#include "engine/log/record.h"
#include "engine/storage/commit_record.h"

namespace annals {
namespace {

using storage::Cursor;
using storage::Database;
using storage::Family;
using storage::LogKey;

std::string Where(const TimelineState& timeline, Position position) {
  return absl::StrCat("timeline \"", timeline.settings->name, "\", position ", position.value);
}

absl::Status Missing(const TimelineState& timeline, Position position) {
  return absl::DataLossError(
      absl::StrCat(Where(timeline, position), ": the event is missing from the log"));
}

// What both readers do once they have a stored value, or its Record.
template <typename Stored>
absl::Status DecodeAt(const TimelineState& timeline, Position position, const Stored& stored,
                      v1::Event* event) {
  const absl::Status decoded = DecodeEvent(stored, event);
  if (!decoded.ok()) return Annotate(decoded, Where(timeline, position));
  if (event->position() == position.value && event->timeline() == timeline.settings->name) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(Where(timeline, position),
                                          ": holds the event of timeline \"", event->timeline(),
                                          "\", position ", event->position()));
}

// Walks along the log and checks the chain.
class LogBytesReader final : public EventBytesReader {
 public:
  LogBytesReader(const Database* database, TimelineState timeline, Position after,
                 const storage::Hash128& chain)
      : timeline_(std::move(timeline)),
        position_(after),
        chain_(chain),
        cursor_(database->Scan(Family::kLog, LogKey(timeline_.settings->number, after.Next()),
                               LogKey(timeline_.settings->number, timeline_.head.Next()),
                               Database::Reading::kOnce)) {
    cursor_.SeekToFirst();
  }

  bool Next() override {
    if (!status_.ok() || position_ >= timeline_.head) return false;
    if (started_) cursor_.Next();
    started_ = true;
    status_ = Advance();
    return status_.ok();
  }

  Position position() const override { return position_; }
  absl::string_view bytes() const override { return record_.event_bytes; }
  absl::Status status() const override { return status_; }

  const TimelineState& timeline() const { return timeline_; }
  const Record& record() const { return record_; }

 private:
  absl::Status Advance() {
    const Position expected = position_.Next();
    if (!cursor_.Valid()) {
      ANNALS_RETURN_IF_ERROR(Annotate(cursor_.status(), Where(timeline_, expected)));
      return Missing(timeline_, expected);
    }
    if (cursor_.key() != LogKey(timeline_.settings->number, expected)) {
      return Missing(timeline_, expected);
    }
    ANNALS_ASSIGN_OR_RETURN(record_, SplitRecord(cursor_.value()));
    if (storage::ChainHash(chain_, record_.event_bytes) != record_.chain &&
        !IsRedacted(record_.event_bytes)) {
      return absl::DataLossError(
          absl::StrCat(Where(timeline_, expected), ": the event doesn't match its chain hash"));
    }
    chain_ = record_.chain;
    position_ = expected;
    return absl::OkStatus();
  }

  const TimelineState timeline_;
  Position position_;
  storage::Hash128 chain_;
  Cursor cursor_;
  Record record_;
  bool started_ = false;
  absl::Status status_;
};

class LogReader final : public EventReader {
 public:
  explicit LogReader(std::unique_ptr<LogBytesReader> reader) : reader_(std::move(reader)) {}

  bool Next() override {
    if (!status_.ok()) return false;
    if (!reader_->Next()) {
      status_ = reader_->status();
      return false;
    }
    status_ = DecodeAt(reader_->timeline(), reader_->position(), reader_->record(), &event_);
    return status_.ok();
  }

  const v1::Event& event() const override { return event_; }
  void Take(v1::Event* event) override { event_.Swap(event); }
  absl::Status status() const override { return status_; }

 private:
  const std::unique_ptr<LogBytesReader> reader_;
  v1::Event event_;
  absl::Status status_;
};

// What a look-up row says.
using PositionsOf = absl::StatusOr<std::vector<Position>> (*)(const Cursor& cursor);

absl::StatusOr<std::vector<Position>> PositionsOfStream(const Cursor& cursor) {
  ANNALS_ASSIGN_OR_RETURN(StreamRow row, ReadStreamRow(cursor));
  return std::move(row.positions);
}

class LookupReader final : public EventReader {
 public:
  // `cursor` is at the row in which the first event after `after` may be.
  LookupReader(const Database* database, TimelineState timeline, Position after, Cursor cursor,
               PositionsOf positions_of)
      : database_(database),
        timeline_(std::move(timeline)),
        after_(after),
        cursor_(std::move(cursor)),
        positions_of_(positions_of) {}

  bool Next() override {
    if (status_.ok() && fetched_.empty()) status_ = Fetch();
    if (!status_.ok() || fetched_.empty()) return false;
    auto [position, value] = std::move(fetched_.front());
    fetched_.pop_front();
    status_ = value ? DecodeAt(timeline_, position, *value, &event_) : Missing(timeline_, position);
    return status_.ok();
  }

  const v1::Event& event() const override { return event_; }
  void Take(v1::Event* event) override { event_.Swap(event); }
  absl::Status status() const override { return status_; }

 private:
  // Reads rows until one has a position after `after_`, or there is none.
  absl::Status FillRow() {
    while (row_.empty() && cursor_.Valid()) {
      ANNALS_ASSIGN_OR_RETURN(const std::vector<Position> positions, positions_of_(cursor_));
      row_.assign(std::ranges::upper_bound(positions, after_), positions.end());
      cursor_.Next();
    }
    return cursor_.status();
  }

  // Gets the next few events at once; none at the end.
  absl::Status Fetch() {
    std::vector<Position> positions;
    std::vector<std::string> keys;
    while (keys.size() < kEventsPerFetch) {
      ANNALS_RETURN_IF_ERROR(FillRow());
      if (row_.empty() || row_.front() > timeline_.head) break;
      after_ = row_.front();
      row_.pop_front();
      positions.push_back(after_);
      keys.push_back(LogKey(timeline_.settings->number, after_));
    }
    if (keys.empty()) return absl::OkStatus();
    ANNALS_ASSIGN_OR_RETURN(auto values, database_->MultiGet(Family::kLog, keys));
    for (size_t i = 0; i < keys.size(); ++i) {
      fetched_.emplace_back(positions[i], std::move(values[i]));
    }
    return absl::OkStatus();
  }

  static constexpr size_t kEventsPerFetch = 64;

  const Database* const database_;
  const TimelineState timeline_;
  Position after_;
  Cursor cursor_;
  const PositionsOf positions_of_;
  std::deque<Position> row_;  // What is left of the row before the cursor's.
  std::deque<std::pair<Position, std::optional<std::string>>> fetched_;
  v1::Event event_;
  absl::Status status_;
};

// Moves to the last row of a stream that begins at or before `after`, or else to its
// first, by bisection: positions grow with revisions.
absl::Status SeekInStream(const std::string& prefix, Position after, Cursor* cursor) {
  cursor->SeekToLast();
  if (!cursor->Valid()) return cursor->status();
  ANNALS_ASSIGN_OR_RETURN(uint64_t high, NumberAtEnd(cursor->key()));
  uint64_t low = 1;  // The row sought begins with a revision in [low, high].
  while (low < high) {
    const uint64_t middle = high - (high - low) / 2;
    cursor->SeekForPrevious(StreamKey(prefix, middle));
    if (!cursor->Valid()) break;
    ANNALS_ASSIGN_OR_RETURN(const StreamRow row, ReadStreamRow(*cursor));
    if (row.positions.front() > after) {
      high = std::max(low, row.first_revision - 1);
    } else if (row.first_revision > low) {
      low = row.first_revision;
    } else {
      high = middle - 1;
    }
  }
  cursor->SeekForPrevious(StreamKey(prefix, low));
  return cursor->status();
}

absl::StatusOr<std::unique_ptr<LogBytesReader>> OpenLogBytes(const Database* database,
                                                             const TimelineState& timeline,
                                                             Position after) {
  storage::Hash128 chain;
  if (after > Position{} && after <= timeline.head) {
    ANNALS_ASSIGN_OR_RETURN(const auto value,
                            database->Get(Family::kLog, LogKey(timeline.settings->number, after)));
    if (!value) return Missing(timeline, after);
    ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(*value));
    chain = record.chain;
  }
  // Beyond the head there is nothing yet: an empty reader, not an error.
  const Position from = std::min(after, timeline.head);
  return std::make_unique<LogBytesReader>(database, timeline, from, chain);
}

}  // namespace

absl::StatusOr<v1::Event> ReadEvent(const Database& database, const TimelineState& timeline,
                                    Position position) {
  ANNALS_ASSIGN_OR_RETURN(const auto value,
                          database.Get(Family::kLog, LogKey(timeline.settings->number, position)));
  if (!value) return Missing(timeline, position);
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(DecodeAt(timeline, position, *value, &event));
  return event;
}

absl::StatusOr<std::unique_ptr<EventReader>> ReadLog(const Database* database,
                                                     const TimelineState& timeline,
                                                     Position after) {
  ANNALS_ASSIGN_OR_RETURN(auto reader, OpenLogBytes(database, timeline, after));
  return std::make_unique<LogReader>(std::move(reader));
}

absl::StatusOr<std::unique_ptr<EventBytesReader>> ReadLogBytes(const Database* database,
                                                               const TimelineState& timeline,
                                                               Position after) {
  return OpenLogBytes(database, timeline, after);
}

absl::StatusOr<std::unique_ptr<EventReader>> ReadStreamOf(const Database* database,
                                                          const TimelineState& timeline,
                                                          absl::string_view stream,
                                                          Position after) {
  const std::string prefix = StreamPrefix(timeline.settings->number, stream);
  Cursor cursor = database->Scan(Family::kStreams, prefix, PrefixEnd(prefix));
  ANNALS_RETURN_IF_ERROR(SeekInStream(prefix, after, &cursor));
  return std::make_unique<LookupReader>(database, timeline, after, std::move(cursor),
                                        &PositionsOfStream);
}

absl::StatusOr<std::unique_ptr<EventReader>> ReadTypeOf(const Database* database,
                                                        const TimelineState& timeline,
                                                        absl::string_view type, Position after) {
  const std::string prefix = TypePrefix(timeline.settings->number, type);
  Cursor cursor = database->Scan(Family::kTypes, prefix, PrefixEnd(prefix));
  cursor.SeekForPrevious(TypeKey(prefix, after));
  ANNALS_RETURN_IF_ERROR(cursor.status());
  if (!cursor.Valid()) cursor.SeekToFirst();
  return std::make_unique<LookupReader>(database, timeline, after, std::move(cursor), &ReadTypeRow);
}

}  // namespace annals
