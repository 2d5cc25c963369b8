#include "engine/index/following/generation_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

// As many look-ups as the processor has under way at the same time, and some more.
constexpr size_t kEventsForeseen = 32;

}  // namespace

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

// A few events are projected before the first of them is added, so that what all of them
// need of memory comes at the same time.
absl::Status GenerationBuilder::TakeIn(const Arrivals& arrivals) {
  const auto started = std::chrono::steady_clock::now();
  const size_t count = arrivals.events.size();
  for (size_t begin = 0; begin < count; begin += kEventsForeseen) {
    const size_t end = std::min(count, begin + kEventsForeseen);
    while (foreseen_.size() < end - begin) {
      foreseen_.push_back({Contributions(&projection_->measures), {}, {}});
    }
    for (size_t i = begin; i < end; ++i) Foresee(arrivals.events[i], &foreseen_[i - begin]);
    for (size_t i = 0; i < index_->size(); ++i) index_->measure(i).Prefetch();
    for (size_t i = begin; i < end && status_.ok(); ++i) {
      ANNALS_RETURN_IF_ERROR(
          TakeInOne(arrivals.events[i], arrivals.corrected[i], foreseen_[i - begin]));
    }
    if (!status_.ok()) break;
  }
  last_took_ = std::chrono::steady_clock::now() - started;
  return absl::OkStatus();
}

void GenerationBuilder::Foresee(const DecodedEvent& event, Foreseen* foreseen) {
  foreseen->status = Contribute(event, &foreseen->contributions);
  if (!foreseen->status.ok()) return;
  const std::vector<Contribution>& contributions = foreseen->contributions.all();
  if (foreseen->names.size() < contributions.size()) foreseen->names.resize(contributions.size());
  for (size_t i = 0; i < contributions.size(); ++i) {
    MeasureIndex& measure = index_->measure(contributions[i].measure);
    measure.NameLists(contributions[i], &foreseen->names[i]);
    measure.Foresee(foreseen->names[i]);
  }
}

absl::Status GenerationBuilder::TakeInOne(const DecodedEvent& event,
                                          const std::vector<CorrectedEvent>& corrected,
                                          const Foreseen& foreseen) {
  absl::Status projected = foreseen.status;
  projected.Update(ProjectCorrected(corrected));
  if (!projected.ok()) {
    Stop(event, projected.message());
    return absl::OkStatus();
  }
  const EventTimes times = TimesOf(event.event);
  uint32_t ordinal = 0;
  for (const Contribution& contribution : foreseen.contributions.all()) {
    MeasureIndex& measure = index_->measure(contribution.measure);
    ANNALS_RETURN_IF_ERROR(
        measure.State(contribution, foreseen.names[ordinal], ordinal, event.position(), times));
    ++ordinal;
  }
  for (size_t i = 0; i < corrected.size(); ++i) {
    ANNALS_RETURN_IF_ERROR(Change(corrected[i], corrected_[i], event.position()));
  }
  position_ = event.position();
  return absl::OkStatus();
}

absl::Status GenerationBuilder::ProjectCorrected(const std::vector<CorrectedEvent>& corrected) {
  while (corrected_.size() < corrected.size()) corrected_.emplace_back(&projection_->measures);
  for (size_t i = 0; i < corrected.size(); ++i) {
    const absl::Status status = Contribute(corrected[i].event, &corrected_[i]);
    if (status.ok()) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("it corrects event ", corrected[i].event.position().value,
                     ", which the projection took in before and now refuses: ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status GenerationBuilder::Contribute(const DecodedEvent& event,
                                           Contributions* contributions) const {
  contributions->Clear();
  ANNALS_RETURN_IF_ERROR(projection_->project(event.Projected(), contributions));
  return contributions->status();
}

absl::Status GenerationBuilder::Change(const CorrectedEvent& corrected,
                                       const Contributions& contributions, Position arrival) {
  const EventTimes times = TimesOf(corrected.event.event);
  uint32_t ordinal = 0;
  for (const Contribution& contribution : contributions.all()) {
    MeasureIndex& measure = index_->measure(contribution.measure);
    ANNALS_RETURN_IF_ERROR(measure.Change(contribution, ordinal++, corrected.event.position(),
                                          times, corrected.steps, arrival));
  }
  return absl::OkStatus();
}

void GenerationBuilder::Stop(const DecodedEvent& event, absl::string_view reason) {
  status_ = absl::FailedPreconditionError(absl::StrCat(
      "timeline \"", timeline_, "\", event ", event.position().value, " (", event.event.id(),
      "): projection \"", projection_->name, "\" version ", projection_->version, " stopped here: ",
      reason, ". Correct the projection and start the program again, or run annals rebuild"));
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
  for (const Task& task : StagingTasks()) ANNALS_RETURN_IF_ERROR(task());
  return Commit(state);
}

std::vector<GenerationBuilder::Task> GenerationBuilder::StagingTasks() {
  std::vector<MeasureIndex::StagingPart> parts;
  for (size_t i = 0; i < index_->size(); ++i) {
    for (auto& part : index_->measure(i).StagingParts()) parts.push_back(std::move(part));
  }
  staged_.clear();
  staged_.resize(parts.size());
  std::vector<Task> tasks;
  for (size_t i = 0; i < parts.size(); ++i) {
    tasks.emplace_back([part = std::move(parts[i]), batch = &staged_[i]] { return part(batch); });
  }
  return tasks;
}

absl::Status GenerationBuilder::Commit(GenerationState state) {
  generation_.state = state;
  generation_.position = position_;
  PutGeneration(keys_, generation_, &staged_.emplace_back());
  ANNALS_RETURN_IF_ERROR(
      database_->Write(std::exchange(staged_, {}), storage::Durability::kBuffered));
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
