#include "engine/index/generation_builder.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace annals {

GenerationBuilder::GenerationBuilder(const Projection* projection, IndexKeys keys,
                                     std::string timeline, Generation generation)
    : projection_(projection),
      keys_(keys),
      timeline_(std::move(timeline)),
      generation_(std::move(generation)),
      rows_(projection, keys, generation_.number) {}

void GenerationBuilder::Begin(const DecodedEvent& event) {
  arriving_ = &event;
  staged_.clear();
  if (status_.ok()) Stage(rows_.Stated(event.Projected()));
}

void GenerationBuilder::Correct(const CorrectedEvent& corrected) {
  if (!status_.ok()) return;
  Stage(rows_.Changed(corrected.event->Projected(), *corrected.steps, arriving_->position()));
}

void GenerationBuilder::End() {
  if (!status_.ok()) return;
  for (const IndexRow& row : staged_) {
    batch_.Put(storage::Family::kContributions, row.key, row.value);
  }
  generation_.position = arriving_->position();
}

absl::Status GenerationBuilder::Write(storage::Database* database) {
  PutGeneration(keys_, generation_, &batch_);
  return database->Write(std::exchange(batch_, storage::Batch()), storage::Durability::kBuffered);
}

void GenerationBuilder::Stage(absl::StatusOr<std::vector<IndexRow>> rows) {
  if (rows.ok()) {
    std::move(rows->begin(), rows->end(), std::back_inserter(staged_));
    return;
  }
  status_ = absl::FailedPreconditionError(
      absl::StrCat("timeline \"", timeline_, "\", event ", arriving_->position().value, " (",
                   arriving_->event.id(), "): projection \"", projection_->name, "\" version ",
                   projection_->version, " stopped here: ", rows.status().message(),
                   ". Correct the projection and start the program again, or run annals rebuild"));
}

}  // namespace annals
