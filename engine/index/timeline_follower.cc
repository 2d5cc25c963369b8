#include "engine/index/timeline_follower.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/admission.h"
#include "engine/index/decoded_event.h"

namespace annals {
namespace {

// What is taken in between two looks at whether to stop, and written at once.
constexpr size_t kMaxEvents = 1'000;
constexpr size_t kMaxEventBytes = size_t{4} << 20;
constexpr size_t kMaxPendingBytes = size_t{16} << 20;
constexpr size_t kMaxCorrectionEvents = 10'000;

}  // namespace

TimelineFollower::TimelineFollower(storage::Database* database, const EventLog* log,
                                   const PayloadTypes* types, TimelineSettings settings,
                                   std::vector<const Projection*> projections)
    : database_(database),
      log_(log),
      types_(types),
      settings_(std::move(settings)),
      keys_(settings_.number),
      served_(settings_.name, keys_, database, std::move(projections)),
      index_(&served_),
      corrections_(database, log, settings_.name, keys_) {}

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
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head log_head, log_->GetHead(settings_.name));
  const Position head = log_head.position;
  ANNALS_RETURN_IF_ERROR(corrections_.TakeIn(head, kMaxCorrectionEvents));
  const Position reach = std::min(head, corrections_.position());

  // Those nearest to the head first: readers wait for them.
  std::map<Position, std::vector<GenerationBuilder*>, std::greater<Position>> together;
  for (GenerationBuilder* builder : Behind(reach)) {
    together[builder->generation().position].push_back(builder);
  }
  for (const auto& [after, builders] : together) {
    ANNALS_RETURN_IF_ERROR(AdvanceTogether(after, builders, reach));
  }
  ANNALS_RETURN_IF_ERROR(SwapFinished(head));
  TellTickets(head);
  return corrections_.position() < head || !Behind(head).empty();
}

// Every stored generation is claimed by the projection that it is of, or
// deleted: its projection or its version is gone, a build was overtaken, or it
// is of a log that was longer before it was repaired.
absl::Status TimelineFollower::Load() {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log_->GetHead(settings_.name));
  ANNALS_RETURN_IF_ERROR(corrections_.Load());
  if (corrections_.position() > head.position) ANNALS_RETURN_IF_ERROR(corrections_.Clear());
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Generation> generations,
                          ReadGenerations(*database_, keys_));
  slots_.clear();
  for (const Projection* projection : served_.projections()) {
    slots_.push_back({.projection = projection});
  }
  next_generation_ = generations.empty() ? 1 : generations.back().number + 1;
  std::vector<Generation> unclaimed;
  for (const Generation& generation : generations) {
    const bool is_of_this_log = generation.position <= head.position;
    if (!is_of_this_log || !Claim(generation)) unclaimed.push_back(generation);
  }
  ANNALS_RETURN_IF_ERROR(Delete(unclaimed));
  for (Slot& slot : slots_) {
    if (!slot.live && !slot.building) ANNALS_RETURN_IF_ERROR(StartBuilding(&slot));
  }
  loaded_ = true;
  Publish();
  return absl::OkStatus();
}

bool TimelineFollower::Claim(const Generation& generation) {
  if (generation.state == GenerationState::kRetired) return false;
  for (Slot& slot : slots_) {
    if (slot.projection->name != generation.projection) continue;
    const bool is_live = generation.state == GenerationState::kLive;
    if (slot.projection->version != generation.version) {
      if (is_live) slot.outdated = generation;
      return is_live;
    }
    (is_live ? slot.live : slot.building) =
        std::make_unique<GenerationBuilder>(slot.projection, keys_, settings_.name, generation);
    return true;
  }
  return false;
}

absl::Status TimelineFollower::StartBuilding(Slot* slot) {
  slot->building =
      std::make_unique<GenerationBuilder>(slot->projection, keys_, settings_.name,
                                          Generation{.number = next_generation_++,
                                                     .projection = slot->projection->name,
                                                     .version = slot->projection->version,
                                                     .state = GenerationState::kBuilding});
  return slot->building->Write(database_);
}

absl::Status TimelineFollower::StartRebuild() {
  rebuild_status_ = absl::OkStatus();
  if (!failure_.ok()) {
    // What is stored may be the reason for the failure: begin with nothing.
    const KeyRange all = keys_.All();
    storage::Batch batch;
    batch.DeleteRange(storage::Family::kContributions, all.begin, all.end);
    ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
    ANNALS_RETURN_IF_ERROR(Load());
    failure_ = absl::OkStatus();
    served_.SetFollowing(absl::OkStatus());
    return absl::OkStatus();
  }
  if (!loaded_) ANNALS_RETURN_IF_ERROR(Load());
  ANNALS_RETURN_IF_ERROR(corrections_.Clear());
  for (Slot& slot : slots_) {
    if (slot.building && slot.building->status().ok()) continue;
    if (slot.building) ANNALS_RETURN_IF_ERROR(Delete({slot.building->generation()}));
    ANNALS_RETURN_IF_ERROR(StartBuilding(&slot));
  }
  return absl::OkStatus();
}

std::vector<GenerationBuilder*> TimelineFollower::Behind(Position head) const {
  std::vector<GenerationBuilder*> behind;
  for (const Slot& slot : slots_) {
    for (GenerationBuilder* builder : {slot.live.get(), slot.building.get()}) {
      if (builder == nullptr || !builder->status().ok()) continue;
      if (builder->generation().position < head) behind.push_back(builder);
    }
  }
  return behind;
}

absl::Status TimelineFollower::AdvanceTogether(Position after,
                                               const std::vector<GenerationBuilder*>& builders,
                                               Position head) {
  ANNALS_ASSIGN_OR_RETURN(
      const std::vector<DecodedEvent> events,
      ReadDecoded(*log_, *types_, settings_, after, head, kMaxEvents, kMaxEventBytes));
  for (const DecodedEvent& event : events) {
    for (GenerationBuilder* builder : builders) builder->Begin(event);
    if (event.event.has_correction()) ANNALS_RETURN_IF_ERROR(Correct(event, builders));
    size_t pending_bytes = 0;
    for (GenerationBuilder* builder : builders) {
      builder->End();
      pending_bytes += builder->pending_bytes();
    }
    if (pending_bytes > kMaxPendingBytes) break;
  }
  for (GenerationBuilder* builder : builders) {
    ANNALS_RETURN_IF_ERROR(builder->Write(database_));
  }
  return absl::OkStatus();
}

absl::Status TimelineFollower::Correct(const DecodedEvent& corrector,
                                       const std::vector<GenerationBuilder*>& builders) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<PresenceChange> changes,
                          PresenceChanges(corrections_, corrector.position()));
  for (const PresenceChange& change : changes) {
    ANNALS_ASSIGN_OR_RETURN(v1::Event event, log_->Read(settings_.name, change.event));
    ANNALS_ASSIGN_OR_RETURN(const DecodedEvent corrected,
                            Decode(std::move(event), *types_, settings_));
    for (GenerationBuilder* builder : builders) builder->Correct({&corrected, &change.steps});
  }
  return absl::OkStatus();
}

// 1. In one write, builds that reached the head become live and what they
//    replace retired. A build that failed beside live rows is given up.
// 2. Readers are shown the new rows; those that read the old ones have cursors.
// 3. The old rows are deleted.
absl::Status TimelineFollower::SwapFinished(Position head) {
  storage::Batch batch;
  std::vector<Generation> retired;
  for (Slot& slot : slots_) {
    if (!slot.building) continue;
    if (!slot.building->status().ok()) {
      if (rebuild_status_.ok()) rebuild_status_ = slot.building->status();
      if (!slot.live) continue;
      retired.push_back(slot.building->generation());
      slot.building = nullptr;
    } else if (slot.building->generation().position >= head) {
      if (slot.live) retired.push_back(slot.live->generation());
      if (slot.outdated) retired.push_back(*slot.outdated);
      slot.outdated.reset();
      slot.live = std::move(slot.building);
      slot.live->set_state(GenerationState::kLive);
      PutGeneration(keys_, slot.live->generation(), &batch);
    }
  }
  for (Generation& generation : retired) {
    generation.state = GenerationState::kRetired;
    PutGeneration(keys_, generation, &batch);
  }
  if (!batch.empty()) {
    ANNALS_RETURN_IF_ERROR(database_->Write(std::move(batch), storage::Durability::kBuffered));
  }
  Publish();
  return Delete(retired);
}

absl::Status TimelineFollower::Delete(const std::vector<Generation>& generations) {
  if (generations.empty()) return absl::OkStatus();
  storage::Batch batch;
  for (const Generation& generation : generations) {
    DeleteGeneration(keys_, generation.number, &batch);
  }
  return database_->Write(std::move(batch), storage::Durability::kBuffered);
}

void TimelineFollower::Publish() {
  std::vector<ServedProjections::State> states;
  for (const Slot& slot : slots_) {
    const GenerationBuilder& builder = slot.live ? *slot.live : *slot.building;
    states.push_back({.generation = slot.live ? builder.generation().number : 0,
                      .position = builder.generation().position,
                      .status = builder.status()});
  }
  served_.Publish(std::move(states));
}

void TimelineFollower::TellTickets(Position head) {
  if (tickets_.empty()) return;
  Position done = head;
  bool is_building = false;
  for (const Slot& slot : slots_) {
    if (!slot.building || !slot.building->status().ok()) continue;
    is_building = true;
    done = std::min(done, slot.building->generation().position);
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
  const absl::Status closing = absl::FailedPreconditionError(
      absl::StrCat("timeline \"", settings_.name, "\": the store is being closed"));
  served_.SetFollowing(closing);
  for (const auto& ticket : std::exchange(tickets_, {})) ticket->Finish(closing);
}

}  // namespace annals
