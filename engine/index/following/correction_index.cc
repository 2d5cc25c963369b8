#include "engine/index/following/correction_index.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/index/index_row.h"

namespace annals {

using storage::Family;

namespace {

constexpr size_t kMaxBatchBytes = size_t{4} << 20;

// Those without corrections don't move what is stored, until there are so many.
constexpr uint64_t kMostEventsReadAgain = 1'000;

}  // namespace

CorrectionIndex::CorrectionIndex(storage::Database* database, const EventLog* log,
                                 std::string timeline, IndexKeys keys)
    : database_(database), log_(log), timeline_(std::move(timeline)), keys_(keys) {}

absl::Status CorrectionIndex::Load() {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                          database_->Get(Family::kContributions, keys_.CorrectionsCursor()));
  position_ = stored_ = Position{0};
  if (!stored) return absl::OkStatus();
  absl::string_view bytes = *stored;
  ANNALS_ASSIGN_OR_RETURN(position_.value, ReadBigEndian64(&bytes));
  stored_ = position_;
  return absl::OkStatus();
}

absl::Status CorrectionIndex::CatchUp(Position head) {
  if (position_ >= head) return absl::OkStatus();
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<EventReader> reader,
                          log_->ReadAfter(timeline_, position_));
  storage::Batch batch;
  while (position_ < head && reader->Next()) {
    Stage(reader->event(), &batch);
    if (batch.bytes() < kMaxBatchBytes) continue;
    ANNALS_RETURN_IF_ERROR(Store(std::exchange(batch, storage::Batch())));
  }
  ANNALS_RETURN_IF_ERROR(reader->status());
  if (position_ < head) return LogEndsEarly(position_, head);
  return Store(std::move(batch));
}

absl::Status CorrectionIndex::TakeIn(const std::vector<DecodedEvent>& events) {
  storage::Batch batch;
  for (const DecodedEvent& event : events) {
    if (event.position() > position_) Stage(event.event, &batch);
  }
  const bool is_far = position_.value - stored_.value >= kMostEventsReadAgain;
  return batch.empty() && !is_far ? absl::OkStatus() : Store(std::move(batch));
}

void CorrectionIndex::Stage(const v1::Event& event, storage::Batch* batch) {
  position_ = Position{event.position()};
  if (!event.has_correction()) return;
  std::string known;
  AppendBounds(&known, TimesOf(event).known);
  for (const uint64_t target : event.correction().target_positions()) {
    batch->Put(Family::kContributions, keys_.Correction(Position{target}, position_), known);
  }
}

absl::Status CorrectionIndex::Store(storage::Batch batch) {
  std::string cursor;
  AppendBigEndian64(&cursor, position_.value);
  batch.Put(Family::kContributions, keys_.CorrectionsCursor(), cursor);
  ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
  stored_ = position_;
  return absl::OkStatus();
}

absl::Status CorrectionIndex::Clear() {
  const KeyRange rows = keys_.Corrections();
  storage::Batch batch;
  batch.DeleteRange(Family::kContributions, rows.begin, rows.end);
  batch.Delete(Family::kContributions, keys_.CorrectionsCursor());
  ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
  position_ = stored_ = Position{0};
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
