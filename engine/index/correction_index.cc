#include "engine/index/correction_index.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/index/decoded_event.h"
#include "engine/index/index_row.h"

namespace annals {

using storage::Family;

CorrectionIndex::CorrectionIndex(storage::Database* database, const EventLog* log,
                                 std::string timeline, IndexKeys keys)
    : database_(database), log_(log), timeline_(std::move(timeline)), keys_(keys) {}

absl::Status CorrectionIndex::Load() {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                          database_->Get(Family::kContributions, keys_.CorrectionsCursor()));
  position_ = Position{0};
  if (!stored) return absl::OkStatus();
  absl::string_view bytes = *stored;
  ANNALS_ASSIGN_OR_RETURN(position_.value, ReadBigEndian64(&bytes));
  return absl::OkStatus();
}

absl::Status CorrectionIndex::TakeIn(Position head, size_t limit) {
  if (position_ >= head) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader,
                          log_->ReadAfter(timeline_, position_));
  storage::Batch batch;
  Position reached = position_;
  for (size_t taken = 0; taken < limit && reached < head && reader->Next(); ++taken) {
    const v1::Event& event = reader->event();
    reached = Position{event.position()};
    if (!event.has_correction()) continue;
    std::string known;
    AppendBounds(&known, TimesOf(event).known);
    for (const uint64_t target : event.correction().target_positions()) {
      batch.Put(Family::kContributions, keys_.Correction(Position{target}, reached), known);
    }
  }
  ANNALS_RETURN_IF_ERROR(reader->status());
  if (reached == position_) return LogEndsEarly(position_, head);
  std::string cursor;
  AppendBigEndian64(&cursor, reached.value);
  batch.Put(Family::kContributions, keys_.CorrectionsCursor(), cursor);
  ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
  position_ = reached;
  return absl::OkStatus();
}

absl::Status CorrectionIndex::Clear() {
  const KeyRange rows = keys_.Corrections();
  storage::Batch batch;
  batch.DeleteRange(Family::kContributions, rows.begin, rows.end);
  batch.Delete(Family::kContributions, keys_.CorrectionsCursor());
  ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
  position_ = Position{0};
  return absl::OkStatus();
}

absl::StatusOr<CorrectionGraph::Node> CorrectionIndex::Find(Position event) const {
  ANNALS_ASSIGN_OR_RETURN(const v1::Event found, log_->Read(timeline_, event));
  Node node;
  node.known = TimesOf(found).known;
  for (const uint64_t target : found.correction().target_positions()) {
    node.targets.push_back(Position{target});
  }
  return node;
}

absl::StatusOr<std::vector<CorrectionGraph::Corrector>> CorrectionIndex::Correctors(
    Position event, Position up_to) const {
  const KeyRange range = keys_.CorrectionsOf(event, up_to);
  storage::Cursor cursor = database_->Scan(Family::kContributions, range.begin, range.end);
  std::vector<Corrector> correctors;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    Corrector corrector;
    ANNALS_ASSIGN_OR_RETURN(corrector.position, IndexKeys::CorrectorOf(cursor.key()));
    absl::string_view bytes = cursor.value();
    ANNALS_ASSIGN_OR_RETURN(corrector.known, ReadBounds(&bytes));
    correctors.push_back(corrector);
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  return correctors;
}

}  // namespace annals
