#include "engine/feed/view_changes.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/log/event_reader.h"
#include "engine/log/record.h"
#include "google/protobuf/util/message_differencer.h"

namespace annals {
namespace {

using google::protobuf::util::MessageDifferencer;

const v1::Row& RowOrNone(const std::map<Key, v1::Row>& rows, const Key& key) {
  const auto found = rows.find(key);
  return found == rows.end() ? v1::Row::default_instance() : found->second;
}

const v1::Cell& CellOrNone(const v1::Row& row, const std::string& column) {
  const auto found = row.cells().find(column);
  return found == row.cells().end() ? v1::Cell::default_instance() : found->second;
}

// One world's value of a cell; null if nothing is recorded there.
const v1::Value* ValueIn(v1::World world, const v1::Cell& cell) {
  if (world == v1::CERTAIN) return cell.has_certain() ? &cell.certain() : nullptr;
  return cell.has_possible() ? &cell.possible() : nullptr;
}

bool Same(const v1::Value* a, const v1::Value* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return MessageDifferencer::Equals(*a, *b);
}

void CompareCells(const std::string& column, const v1::Cell& before, const v1::Cell& after,
                  v1::RowChange* row) {
  for (const v1::World world : {v1::CERTAIN, v1::POSSIBLE}) {
    const v1::Value* const old_value = ValueIn(world, before);
    const v1::Value* const new_value = ValueIn(world, after);
    if (Same(old_value, new_value)) continue;
    v1::CellChange* const cell = row->add_cells();
    cell->set_column(column);
    cell->set_world(world);
    if (old_value != nullptr) *cell->mutable_before() = *old_value;
    if (new_value != nullptr) *cell->mutable_after() = *new_value;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<ViewChanges>> ViewChanges::Open(
    const QueryEngine* queries, const EventLog* log, const v1::SubscribeViewRequest& request) {
  const bool dated = !request.valid().empty();
  if (dated == request.known().empty()) {
    return absl::InvalidArgumentError("valid and known are given together or not at all");
  }
  AsOfQuestion question = {.position = request.after()};
  if (dated) {
    question.valid = request.valid();
    question.known = request.known();
  }
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf pinned, queries->Pin(request.timeline(), question));
  std::unique_ptr<ViewChanges> changes(
      new ViewChanges(queries, log, request.timeline(), request.view()));
  if (dated) changes->fixed_ = {.valid = pinned.valid, .known = pinned.known};
  // Now is never before the head was recorded. Asked for in any case: it tells
  // whether there is such a view.
  ANNALS_ASSIGN_OR_RETURN(Rows rows, changes->RowsAt(pinned.position, pinned.known));
  if (pinned.position == Position{}) rows.clear();
  changes->moment_ = {.position = pinned.position, .rows = std::move(rows)};
  return changes;
}

absl::StatusOr<ViewChangeBatch> ViewChanges::Next(const Limits& limits) {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(timeline_));
  if (moment_.position == head.position && !behind_) return ViewChangeBatch{.at_head = true};
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader,
                          log_->ReadAfter(timeline_, moment_.position));
  ViewChangeBatch batch;
  Moment moment = moment_;
  Position told = moment.position;
  size_t events = 0;
  size_t rows = 0;
  while (moment.position < head.position && events < limits.max_events && rows < limits.max_rows) {
    if (!reader->Next()) {
      ANNALS_RETURN_IF_ERROR(reader->status());
      return absl::DataLossError(
          absl::StrCat("timeline \"", timeline_, "\": the log ends before its head"));
    }
    ANNALS_ASSIGN_OR_RETURN(v1::ViewChange change, Advance(reader->event(), &moment));
    ++events;
    if (change.rows().empty()) continue;
    rows += change.rows_size();
    told = moment.position;
    *batch.items.emplace_back().mutable_change() = std::move(change);
  }
  batch.at_head = moment.position == head.position;
  if (batch.at_head && behind_) {
    batch.items.emplace_back().mutable_caught_up()->set_position(moment.position.value);
  } else if (told < moment.position) {
    batch.items.emplace_back().mutable_checkpoint()->set_position(moment.position.value);
  }
  behind_ = !batch.at_head;
  moment_ = std::move(moment);
  return batch;
}

absl::StatusOr<v1::ViewChange> ViewChanges::Advance(const v1::Event& event, Moment* moment) {
  v1::ViewChange change;
  change.set_position(event.position());
  change.set_event(event.id());
  moment->position = {event.position()};
  ANNALS_ASSIGN_OR_RETURN(Rows rows, RowsAt(moment->position, FromTimestamp(event.recorded_at())));
  Compare(moment->rows, rows, &change);
  moment->rows = std::move(rows);
  return change;
}

// Causality: whatever is recorded up to here happened and was known by
// `recorded_at`. So at that time and at any later one the view is the same, and
// between two events nothing changes.
absl::StatusOr<ViewChanges::Rows> ViewChanges::RowsAt(Position position, Instant recorded_at) {
  const Dates dates = fixed_.value_or(Dates{.valid = recorded_at, .known = recorded_at});
  ANNALS_ASSIGN_OR_RETURN(
      const v1::ViewResult result,
      queries_->AsOf(timeline_, view_,
                     {.valid = dates.valid, .known = dates.known, .position = position},
                     /*evidence=*/0));
  columns_.clear();
  std::vector<std::string> key_columns;
  for (const v1::Column& column : result.columns()) {
    (column.kind() == v1::Column::KEY ? key_columns : columns_).push_back(column.name());
  }
  Rows rows;
  for (const v1::Row& row : result.rows()) {
    Key key;
    for (const std::string& column : key_columns) key.push_back(row.key().at(column));
    rows.emplace(std::move(key), row);
  }
  return rows;
}

void ViewChanges::Compare(const Rows& before, const Rows& after, v1::ViewChange* change) const {
  std::set<Key> keys;
  for (const auto& [key, row] : before) keys.insert(key);
  for (const auto& [key, row] : after) keys.insert(key);
  for (const Key& key : keys) {
    const bool was = before.contains(key);
    const bool is = after.contains(key);
    const v1::Row& old_row = RowOrNone(before, key);
    const v1::Row& new_row = RowOrNone(after, key);
    v1::RowChange row;
    for (const std::string& column : columns_) {
      CompareCells(column, CellOrNone(old_row, column), CellOrNone(new_row, column), &row);
    }
    if (was && is && row.cells().empty()) continue;
    row.set_kind(!was ? v1::RowChange::ADDED
                 : is ? v1::RowChange::CHANGED
                      : v1::RowChange::REMOVED);
    *row.mutable_key() = (is ? new_row : old_row).key();
    *change->add_rows() = std::move(row);
  }
}

}  // namespace annals
