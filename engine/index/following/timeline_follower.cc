#include "engine/index/following/timeline_follower.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/giving_back.h"
#include "engine/base/status.h"

namespace annals {
namespace {

// To be changed with any of the index's keys and values.
const std::string kIndexFormat = "4";

// The first error among the tasks in their order, once all are done.
absl::Status RunAll(WorkCrew* crew, absl::Span<const std::function<absl::Status()>> tasks) {
  std::vector<absl::Status> statuses(tasks.size());
  std::vector<std::function<void()>> runs;
  runs.reserve(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i) {
    runs.emplace_back([&, i] { statuses[i] = tasks[i](); });
  }
  crew->Run(runs);
  for (const absl::Status& status : statuses) ANNALS_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

}  // namespace

TimelineFollower::TimelineFollower(const IndexOptions& options, const Workplace& workplace,
                                   TimelineSettings settings,
                                   std::vector<const Projection*> projections)
    : options_(options),
      workplace_(workplace),
      settings_(std::move(settings)),
      keys_(settings_.number),
      served_(settings_.name, std::move(projections)),
      index_(&served_, workplace.answering, options),
      arrivals_(workplace.database, workplace.log, workplace.types, &settings_, keys_) {}

std::shared_ptr<RebuildTicket> TimelineFollower::RequestRebuild() {
  auto ticket = std::make_shared<RebuildTicket>();
  MutexLock lock(&mutex_);
  requests_.push_back(ticket);
  return ticket;
}

bool TimelineFollower::Advance() {
  std::vector<std::shared_ptr<RebuildTicket>> requests;
  {
    MutexLock lock(&mutex_);
    requests = std::exchange(requests_, {});
  }
  if (!failure_.ok() && requests.empty()) return false;
  if (!requests.empty()) {
    std::move(requests.begin(), requests.end(), std::back_inserter(tickets_));
    const absl::Status started = StartRebuild();
    if (!started.ok()) {
      Fail(started);
      return false;
    }
  }
  const absl::StatusOr<bool> more = Step();
  if (!more.ok()) Fail(more.status());
  return more.ok() && *more;
}

absl::StatusOr<bool> TimelineFollower::Step() {
  if (!loaded_) ANNALS_RETURN_IF_ERROR(Load());
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head log_head, workplace_.log->GetHead(settings_.name));
  const Position head = log_head.position;

  // Those nearest to the head first: readers wait for them.
  std::map<Position, std::vector<GenerationBuilder*>, std::greater<Position>> together;
  for (GenerationBuilder* builder : Behind(head)) together[builder->position()].push_back(builder);
  for (const auto& [after, builders] : together) {
    ANNALS_RETURN_IF_ERROR(AdvanceTogether(after, builders, head));
  }
  ANNALS_RETURN_IF_ERROR(SwapFinished(head));
  const bool is_behind = !Behind(head).empty();
  is_behind_.store(is_behind);
  if (!is_behind && rests_.exchange(false)) ANNALS_RETURN_IF_ERROR(StoreMerged());
  ANNALS_RETURN_IF_ERROR(DeleteRetired());
  TellTickets(head);
  return is_behind;
}

// Every stored generation is claimed by the projection that it is of, or
// deleted: its projection or its version is gone, a build was overtaken, or it
// is of a log that was longer before it was repaired.
absl::Status TimelineFollower::Load() {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, workplace_.log->GetHead(settings_.name));
  ANNALS_RETURN_IF_ERROR(DropOtherFormat());
  ANNALS_RETURN_IF_ERROR(arrivals_.Load(head.position));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Generation> generations,
                          ReadGenerations(*workplace_.database, keys_));
  slots_.clear();
  retired_.clear();
  for (const Projection* projection : served_.projections()) {
    slots_.push_back({.projection = projection});
  }
  next_generation_ = generations.empty() ? 1 : generations.back().number + 1;
  for (const Generation& generation : generations) {
    bool claimed = false;
    if (generation.position <= head.position) {
      ANNALS_ASSIGN_OR_RETURN(claimed, Claim(generation));
    }
    if (!claimed) retired_.push_back({generation, nullptr});
  }
  ANNALS_RETURN_IF_ERROR(DeleteRetired());
  for (Slot& slot : slots_) {
    if (!slot.live && !slot.building) ANNALS_RETURN_IF_ERROR(StartBuilding(&slot));
  }
  loaded_ = true;
  Publish();
  return absl::OkStatus();
}

// An index that another version of the program made in another form is not read,
// but built anew.
absl::Status TimelineFollower::DropOtherFormat() {
  ANNALS_ASSIGN_OR_RETURN(
      const auto format, workplace_.database->Get(storage::Family::kContributions, keys_.Format()));
  if (format == kIndexFormat) return absl::OkStatus();
  storage::Batch batch;
  const KeyRange all = keys_.All();
  batch.DeleteRange(storage::Family::kContributions, all.begin, all.end);
  batch.DeleteRange(storage::Family::kPages, all.begin, all.end);
  batch.Put(storage::Family::kContributions, keys_.Format(), kIndexFormat);
  return workplace_.database->Write(std::move(batch), storage::Durability::kBuffered);
}

absl::StatusOr<bool> TimelineFollower::Claim(const Generation& generation) {
  if (generation.state == GenerationState::kRetired) return false;
  for (Slot& slot : slots_) {
    if (slot.projection->name != generation.projection) continue;
    const bool is_live = generation.state == GenerationState::kLive;
    if (slot.projection->version != generation.version) {
      if (is_live) slot.outdated = generation;
      return is_live;
    }
    std::unique_ptr<GenerationBuilder>& builder = is_live ? slot.live : slot.building;
    ANNALS_ASSIGN_OR_RETURN(builder, OpenBuilder(*slot.projection, generation));
    return true;
  }
  return false;
}

absl::StatusOr<std::unique_ptr<GenerationBuilder>> TimelineFollower::OpenBuilder(
    const Projection& projection, const Generation& generation) {
  return GenerationBuilder::Open(options_, workplace_.database, workplace_.cache, keys_,
                                 settings_.name, &projection, generation);
}

absl::Status TimelineFollower::StartBuilding(Slot* slot) {
  ANNALS_ASSIGN_OR_RETURN(
      slot->building,
      OpenBuilder(*slot->projection, Generation{.number = next_generation_++,
                                                .projection = slot->projection->name,
                                                .version = slot->projection->version,
                                                .state = GenerationState::kBuilding}));
  return slot->building->Store(GenerationState::kBuilding);
}

absl::Status TimelineFollower::StartRebuild() {
  rebuild_status_ = absl::OkStatus();
  if (!failure_.ok()) {
    // What is stored may be the reason for the failure: begin with nothing.
    storage::Batch batch;
    const KeyRange all = keys_.All();
    batch.DeleteRange(storage::Family::kContributions, all.begin, all.end);
    batch.DeleteRange(storage::Family::kPages, all.begin, all.end);
    ANNALS_RETURN_IF_ERROR(
        workplace_.database->Write(std::move(batch), storage::Durability::kBuffered));
    ANNALS_RETURN_IF_ERROR(Load());
    failure_ = absl::OkStatus();
    served_.SetFollowing(absl::OkStatus());
    return absl::OkStatus();
  }
  if (!loaded_) ANNALS_RETURN_IF_ERROR(Load());
  ANNALS_RETURN_IF_ERROR(arrivals_.Clear());
  for (Slot& slot : slots_) {
    // What is being built may have read events that were redacted since.
    if (slot.building) {
      ANNALS_RETURN_IF_ERROR(Retire(slot.building->generation(), slot.building->index()));
    }
    ANNALS_RETURN_IF_ERROR(StartBuilding(&slot));
  }
  return absl::OkStatus();
}

std::vector<GenerationBuilder*> TimelineFollower::Builders() const {
  std::vector<GenerationBuilder*> builders;
  for (const Slot& slot : slots_) {
    for (GenerationBuilder* builder : {slot.live.get(), slot.building.get()}) {
      if (builder != nullptr) builders.push_back(builder);
    }
  }
  return builders;
}

std::vector<GenerationBuilder*> TimelineFollower::Behind(Position head) const {
  std::vector<GenerationBuilder*> behind = Builders();
  std::erase_if(behind, [&](const GenerationBuilder* builder) {
    return !builder->status().ok() || builder->position() >= head;
  });
  return behind;
}

// The builders work side by side, and the next batch is read meanwhile. Then those that
// are full are stored: each is shared out by itself, so that nobody waits for one.
absl::Status TimelineFollower::AdvanceTogether(Position after,
                                               const std::vector<GenerationBuilder*>& builders,
                                               Position head) {
  ANNALS_ASSIGN_OR_RETURN(const ArrivalReader::Batch arrivals, arrivals_.Read(after, head));
  const Position last = arrivals->events.back().position();
  std::vector<GenerationBuilder*> longest_first = builders;
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [](const GenerationBuilder* a, const GenerationBuilder* b) {
                     return a->last_took() > b->last_took();
                   });
  std::vector<std::function<absl::Status()>> tasks;
  for (GenerationBuilder* builder : longest_first) {
    tasks.emplace_back([&, builder] { return builder->TakeIn(*arrivals); });
  }
  if (last < head) {
    // Takes about as long as one of them.
    tasks.emplace(tasks.begin() + 1, [&] {
      arrivals_.ReadAhead(last, head);
      return absl::OkStatus();
    });
  }
  ANNALS_RETURN_IF_ERROR(RunAll(workplace_.following, tasks));
  std::vector<GenerationBuilder*> full;
  for (GenerationBuilder* builder : builders) {
    if (builder->status().ok() && builder->IsFull()) full.push_back(builder);
  }
  return StoreTogether(full, std::nullopt);
}

// With this state, or each with its own.
absl::Status TimelineFollower::StoreTogether(const std::vector<GenerationBuilder*>& builders,
                                             std::optional<GenerationState> state) {
  // A build's parts are large, and the next one is a while away.
  std::optional<GivingBack> giving_back;
  const auto is_build = [](const GenerationBuilder* builder) {
    return builder->generation().state == GenerationState::kBuilding;
  };
  if (std::ranges::any_of(builders, is_build)) giving_back.emplace();
  std::vector<std::function<absl::Status()>> staging;
  std::vector<std::function<absl::Status()>> committing;
  for (GenerationBuilder* builder : builders) {
    for (auto& task : builder->StagingTasks()) staging.push_back(std::move(task));
    committing.emplace_back([builder, to = state.value_or(builder->generation().state)] {
      return builder->Commit(to);
    });
  }
  ANNALS_RETURN_IF_ERROR(RunAll(workplace_.following, staging));
  return RunAll(workplace_.following, committing);
}

// 1. Builds that reached the head are stored as live, side by side. A build that
//    failed beside a live generation is given up.
// 2. Readers are shown what is new.
// 3. What it replaces is retired, and deleted when no one reads it any more.
absl::Status TimelineFollower::SwapFinished(Position head) {
  std::vector<GenerationBuilder*> finished;
  for (const Slot& slot : slots_) {
    GenerationBuilder* const builder = slot.building.get();
    if (builder == nullptr || !builder->status().ok() || builder->position() < head) continue;
    finished.push_back(builder);
  }
  ANNALS_RETURN_IF_ERROR(StoreTogether(finished, GenerationState::kLive));
  std::vector<Retired> retired;
  for (Slot& slot : slots_) {
    if (!slot.building) continue;
    if (!slot.building->status().ok()) {
      if (rebuild_status_.ok()) rebuild_status_ = slot.building->status();
      if (!slot.live) continue;
      retired.push_back({slot.building->generation(), slot.building->index()});
      slot.building = nullptr;
    } else if (slot.building->position() >= head) {
      if (slot.live) retired.push_back({slot.live->generation(), slot.live->index()});
      if (slot.outdated) retired.push_back({*slot.outdated, nullptr});
      slot.outdated.reset();
      slot.live = std::move(slot.building);
    }
  }
  Publish();
  for (Retired& one : retired) {
    ANNALS_RETURN_IF_ERROR(Retire(one.generation, std::move(one.index)));
  }
  return absl::OkStatus();
}

// What merges have replaced can go once the manifests are stored. As long as there
// is something to take in, that happens anyhow, and in larger parts.
absl::Status TimelineFollower::StoreMerged() {
  const GivingBack giving_back;
  for (GenerationBuilder* builder : Builders()) {
    if (!builder->status().ok() || !builder->HasUncommittedMerges()) continue;
    ANNALS_RETURN_IF_ERROR(builder->Store(builder->generation().state));
  }
  return absl::OkStatus();
}

absl::Status TimelineFollower::Retire(Generation generation,
                                      std::shared_ptr<const GenerationIndex> index) {
  generation.state = GenerationState::kRetired;
  storage::Batch batch;
  PutGeneration(keys_, generation, &batch);
  retired_.push_back({std::move(generation), std::move(index)});
  return workplace_.database->Write(std::move(batch), storage::Durability::kBuffered);
}

absl::Status TimelineFollower::DeleteRetired() {
  storage::Batch batch;
  std::erase_if(retired_, [&](const Retired& retired) {
    if (retired.index != nullptr && retired.index.use_count() > 1) return false;
    DeleteGeneration(keys_, retired.generation.number, &batch);
    return true;
  });
  if (!batch.empty()) {
    ANNALS_RETURN_IF_ERROR(
        workplace_.database->Write(std::move(batch), storage::Durability::kBuffered));
  }
  has_retired_.store(!retired_.empty());
  return absl::OkStatus();
}

void TimelineFollower::Publish() {
  std::vector<ServedProjections::State> states;
  for (const Slot& slot : slots_) {
    const GenerationBuilder& builder = slot.live ? *slot.live : *slot.building;
    states.push_back({.index = slot.live ? builder.index() : nullptr,
                      .position = builder.position(),
                      .status = builder.status()});
  }
  served_.Publish(std::move(states));
  MutexLock lock(&mutex_);
  maintained_.clear();
  // Those that are being built are merged once they are live, in one go.
  for (const Slot& slot : slots_) {
    if (slot.live) maintained_.push_back(slot.live->index());
  }
}

bool TimelineFollower::Maintain(const std::stop_token& stop) {
  std::vector<std::shared_ptr<GenerationIndex>> indexes;
  {
    MutexLock lock(&mutex_);
    indexes = maintained_;
  }
  std::optional<GivingBack> giving_back;
  if (!is_behind_.load()) giving_back.emplace();
  bool merged = false;
  for (const auto& index : indexes) {
    // A merge that fails leaves what was there, and is tried again after the next
    // ones: reading or writing shows what is wrong.
    const absl::StatusOr<bool> one = index->MaintainOnce(stop);
    merged = merged || (one.ok() && *one);
  }
  return merged;
}

void TimelineFollower::TellTickets(Position head) {
  if (tickets_.empty()) return;
  Position done = head;
  bool is_building = false;
  for (const Slot& slot : slots_) {
    if (!slot.building || !slot.building->status().ok()) continue;
    is_building = true;
    done = std::min(done, slot.building->position());
  }
  for (const auto& ticket : tickets_) ticket->Report(done, head);
  if (is_building) return;
  for (const auto& ticket : std::exchange(tickets_, {})) ticket->Finish(rebuild_status_);
}

void TimelineFollower::Fail(const absl::Status& status) {
  failure_ = absl::FailedPreconditionError(
      absl::StrCat("timeline \"", settings_.name,
                   "\": the projections can't follow the log: ", status.ToString(),
                   ". Close the store and open it again; if that doesn't help, "
                   "run annals verify, then annals rebuild"));
  served_.SetFollowing(failure_);
  for (const auto& ticket : std::exchange(tickets_, {})) ticket->Finish(failure_);
}

void TimelineFollower::Close() {
  {
    MutexLock lock(&mutex_);
    std::move(requests_.begin(), requests_.end(), std::back_inserter(tickets_));
    requests_.clear();
  }
  for (GenerationBuilder* builder : Builders()) {
    // What isn't stored is taken in again from the log.
    const uint64_t events = builder->position().value - builder->generation().position.value;
    const bool is_worthwhile =
        builder->HasUncommittedMerges() || events >= options_.events_worth_storing;
    if (!failure_.ok() || !is_worthwhile) continue;
    builder->Store(builder->generation().state).IgnoreError();
  }
  const absl::Status closing = absl::FailedPreconditionError(
      absl::StrCat("timeline \"", settings_.name, "\": the store is being closed"));
  served_.SetFollowing(closing);
  for (const auto& ticket : std::exchange(tickets_, {})) ticket->Finish(closing);
}

}  // namespace annals
