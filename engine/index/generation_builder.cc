#include "engine/index/generation_builder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {

absl::StatusOr<std::unique_ptr<GenerationBuilder>> GenerationBuilder::Open(
    const IndexOptions& options, storage::Database* database, forest::PageCache* cache,
    IndexKeys keys, std::string timeline, const Projection* projection, Generation generation) {
  ANNALS_ASSIGN_OR_RETURN(std::shared_ptr<GenerationIndex> index,
                          GenerationIndex::Open(options, database, cache, keys, generation.number,
                                                *projection, generation.position));
  return std::unique_ptr<GenerationBuilder>(
      new GenerationBuilder(options, database, keys, std::move(timeline), projection,
                            std::move(generation), std::move(index)));
}

GenerationBuilder::GenerationBuilder(const IndexOptions& options, storage::Database* database,
                                     IndexKeys keys, std::string timeline,
                                     const Projection* projection, Generation generation,
                                     std::shared_ptr<GenerationIndex> index)
    : options_(options),
      database_(database),
      keys_(keys),
      timeline_(std::move(timeline)),
      projection_(projection),
      generation_(std::move(generation)),
      index_(std::move(index)),
      position_(generation_.position) {
  SizeTails();
}

void GenerationBuilder::SizeTails() {
  for (size_t i = 0; i < index_->size(); ++i) {
    index_->measure(i).SetTailPoints(is_building() ? options_.building_contributions
                                                   : options_.merges.tail_points);
  }
}

absl::Status GenerationBuilder::TakeIn(const std::vector<Arrival>& arrivals) {
  std::vector<Projected> projected;
  for (const Arrival& arrival : arrivals) {
    if (!status_.ok()) return absl::OkStatus();
    projected.clear();
    if (!Project(arrival, &projected)) return absl::OkStatus();
    const Position position = arrival.event.position();
    for (const Projected& one : projected) ANNALS_RETURN_IF_ERROR(Add(one, position));
    position_ = position;
  }
  return IsFull() ? Store(generation_.state) : absl::OkStatus();
}

bool GenerationBuilder::Project(const Arrival& arrival, std::vector<Projected>* projected) {
  const auto fail = [&](absl::string_view message) {
    status_ = absl::FailedPreconditionError(absl::StrCat(
        "timeline \"", timeline_, "\", event ", arrival.event.position().value, " (",
        arrival.event.event.id(), "): projection \"", projection_->name, "\" version ",
        projection_->version, " stopped here: ", message,
        ". Correct the projection and start the program again, or run annals rebuild"));
    return false;
  };
  auto stated = ContributionsOf(arrival.event);
  if (!stated.ok()) return fail(stated.status().message());
  projected->push_back({&arrival.event, nullptr, *std::move(stated)});
  for (const CorrectedEvent& corrected : arrival.corrected) {
    auto contributions = ContributionsOf(corrected.event);
    if (!contributions.ok()) {
      return fail(absl::StrCat("it corrects event ", corrected.event.position().value,
                               ", which the projection took in before and now refuses: ",
                               contributions.status().message()));
    }
    projected->push_back({&corrected.event, &corrected.steps, *std::move(contributions)});
  }
  return true;
}

absl::StatusOr<std::vector<Contribution>> GenerationBuilder::ContributionsOf(
    const DecodedEvent& event) const {
  Contributions contributions(&projection_->measures);
  ANNALS_RETURN_IF_ERROR(projection_->project(event.Projected(), &contributions));
  ANNALS_RETURN_IF_ERROR(contributions.status());
  return std::move(contributions).TakeAll();
}

absl::Status GenerationBuilder::Add(const Projected& projected, Position arrival) {
  const EventTimes times = TimesOf(projected.event->event);
  const Position event = projected.event->position();
  for (uint32_t i = 0; i < projected.contributions.size(); ++i) {
    const Contribution& contribution = projected.contributions[i];
    MeasureIndex& measure = index_->measure(contribution.measure);
    if (projected.steps == nullptr) {
      ANNALS_RETURN_IF_ERROR(measure.State(contribution, i, event, times));
    } else {
      ANNALS_RETURN_IF_ERROR(
          measure.Change(contribution, i, event, times, *projected.steps, arrival));
    }
  }
  return absl::OkStatus();
}

bool GenerationBuilder::IsFull() const {
  size_t contributions = 0;
  size_t bytes = 0;
  for (size_t i = 0; i < index_->size(); ++i) {
    contributions += index_->measure(i).pending_contributions();
    bytes += index_->measure(i).pending_bytes();
  }
  return is_building()
             ? contributions >= options_.building_contributions || bytes >= options_.building_bytes
             : contributions >= options_.stored_contributions || bytes >= options_.stored_bytes;
}

absl::Status GenerationBuilder::Store(GenerationState state) {
  storage::Batch batch;
  for (size_t i = 0; i < index_->size(); ++i) {
    ANNALS_RETURN_IF_ERROR(index_->measure(i).Stage(&batch));
  }
  generation_.state = state;
  generation_.position = position_;
  PutGeneration(keys_, generation_, &batch);
  ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
  for (size_t i = 0; i < index_->size(); ++i) index_->measure(i).Stored(position_);
  SizeTails();
  return absl::OkStatus();
}

bool GenerationBuilder::HasUncommittedMerges() const {
  for (size_t i = 0; i < index_->size(); ++i) {
    if (index_->measure(i).HasUncommittedMerges()) return true;
  }
  return false;
}

}  // namespace annals
