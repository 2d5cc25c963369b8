#include "engine/index/following/arrival_reader.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/index/admission.h"

namespace annals {
namespace {

constexpr size_t kMaxEvents = 2'000;
constexpr size_t kMaxEventBytes = size_t{4} << 20;

}  // namespace

ArrivalReader::ArrivalReader(storage::Database* database, const EventLog* log,
                             const PayloadTypes* types, const TimelineSettings* settings,
                             IndexKeys keys)
    : log_(log),
      types_(types),
      settings_(settings),
      corrections_(database, log, settings->name, keys) {}

absl::Status ArrivalReader::Load(Position head) {
  ahead_ = nullptr;
  ANNALS_RETURN_IF_ERROR(corrections_.Load());
  return corrections_.position() > head ? corrections_.Clear() : absl::OkStatus();
}

absl::Status ArrivalReader::Clear() {
  ahead_ = nullptr;
  return corrections_.Clear();
}

absl::StatusOr<ArrivalReader::Batch> ArrivalReader::Read(Position after, Position head) {
  if (ahead_ != nullptr && ahead_after_ == after) return std::exchange(ahead_, nullptr);
  return ReadBatch(after, head);
}

void ArrivalReader::ReadAhead(Position after, Position head) {
  absl::StatusOr<Batch> batch = ReadBatch(after, head);
  if (!batch.ok()) return;
  ahead_after_ = after;
  ahead_ = *std::move(batch);
}

absl::StatusOr<ArrivalReader::Batch> ArrivalReader::ReadBatch(Position after, Position head) {
  ANNALS_RETURN_IF_ERROR(corrections_.CatchUp(after));
  auto batch = std::make_shared<Arrivals>();
  batch->events = TakeSpare();
  ANNALS_RETURN_IF_ERROR(ReadDecoded(*log_, *types_, *settings_, after, head, kMaxEvents,
                                     kMaxEventBytes, &batch->events));
  ANNALS_RETURN_IF_ERROR(corrections_.TakeIn(batch->events));
  batch->corrected.resize(batch->events.size());
  for (size_t i = 0; i < batch->events.size(); ++i) {
    if (!batch->events[i].event.has_correction()) continue;
    ANNALS_ASSIGN_OR_RETURN(batch->corrected[i], CorrectedBy(batch->events[i]));
  }
  recent_.push_back(batch);
  return Batch(std::move(batch));
}

// Of a batch that everyone is done with. One is being taken in, another is ahead.
std::vector<DecodedEvent> ArrivalReader::TakeSpare() {
  constexpr size_t kBatchesInUse = 2;
  std::vector<DecodedEvent> spare;
  if (recent_.size() <= kBatchesInUse) return spare;
  if (recent_.front().use_count() == 1) spare = std::move(recent_.front()->events);
  recent_.erase(recent_.begin());
  return spare;
}

absl::StatusOr<std::vector<CorrectedEvent>> ArrivalReader::CorrectedBy(
    const DecodedEvent& corrector) const {
  ANNALS_ASSIGN_OR_RETURN(std::vector<PresenceChange> changes,
                          PresenceChanges(corrections_, corrector.position()));
  std::vector<CorrectedEvent> corrected;
  for (PresenceChange& change : changes) {
    ANNALS_ASSIGN_OR_RETURN(v1::Event event, log_->Read(settings_->name, change.event));
    ANNALS_ASSIGN_OR_RETURN(DecodedEvent decoded, Decode(std::move(event), *types_, *settings_));
    corrected.push_back({std::move(decoded), std::move(change.steps)});
  }
  return corrected;
}

}  // namespace annals
