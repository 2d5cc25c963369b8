#include "engine/index/measure/measure_index.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/types/span.h"
#include "engine/base/key.h"
#include "engine/base/name_table.h"
#include "engine/base/status.h"
#include "engine/index/forest/negation.h"
#include "engine/index/index_row.h"

namespace annals {
namespace {

enum ForestNumber : uint8_t { kCertainForest = 0, kResidualForest = 1 };

std::string Content(MeasureKind kind, const Contribution& contribution) {
  switch (kind) {
    case MeasureKind::kTally:
      return EncodeQuantity(contribution.quantity);
    case MeasureKind::kRegister:
      return contribution.value.SerializeAsString();
    case MeasureKind::kSet:
      return "";  // The member is in the list's name, where it matters.
  }
  return "";
}

// Adds `point` so many times, or takes it back.
void AppendTimes(const forest::Point& point, int times, std::vector<forest::Point>* points) {
  for (; times > 0; --times) points->push_back(point);
  for (; times < 0; ++times) forest::AppendNegative(point, points);
}

void AppendPoints(uint32_t group, absl::Span<const forest::Weight> weights, Instant occurred,
                  absl::Span<const KnownStep> steps, std::vector<forest::Point>* points) {
  for (const KnownStep& step : steps) {
    for (const forest::Weight& weight : weights) {
      AppendTimes({group, occurred, step.known, weight}, step.change, points);
    }
  }
}

void AppendPoints(uint32_t group, const std::vector<PresencePoint>& corners,
                  std::vector<forest::Point>* points) {
  for (const PresencePoint& corner : corners) {
    points->push_back({group, corner.valid, corner.known, {corner.weight}});
  }
}

// What stating an event changes.
KnownStep StatedFrom(Instant known) { return {known, 1}; }

WorldSteps StepsOfStating(const EventTimes& times) {
  return {.certain = {StatedFrom(times.known.latest)},
          .possible = {StatedFrom(times.known.earliest)}};
}

absl::StatusOr<forest::Manifest> ReadManifest(const storage::Database& database,
                                              const std::string& key) {
  ANNALS_ASSIGN_OR_RETURN(const auto bytes, database.Get(storage::Family::kContributions, key));
  if (!bytes) return forest::Manifest();
  return forest::Manifest::Decode(*bytes);
}

}  // namespace

std::vector<forest::Weight> TallyWeights(const Quantity& quantity) {
  const int64_t lower = quantity.lower.value_or(0);
  absl::int128 excess = absl::int128(quantity.upper.value_or(0)) - lower;
  std::vector<forest::Weight> weights = {
      {1, lower, quantity.lower ? 0 : 1, 0, quantity.upper ? 0 : 1}};
  while (true) {
    const absl::int128 part = std::clamp(excess, absl::int128(-std::numeric_limits<int64_t>::max()),
                                         absl::int128(std::numeric_limits<int64_t>::max()));
    weights.back()[3] = static_cast<int64_t>(part);
    excess -= part;
    if (excess == 0) return weights;
    weights.push_back({});
  }
}

QuantitySum ToQuantitySum(const forest::WeightSum& sum) {
  return {sum[2] == 0 ? std::optional(sum[1]) : std::nullopt,
          sum[4] == 0 ? std::optional(sum[1] + sum[3]) : std::nullopt};
}

MeasureIndex::MeasureIndex(const IndexOptions& options, const Place& place, MeasureKind kind,
                           Position stored)
    : place_(place),
      kind_(kind),
      by_key_(place.database,
              place.keys.ListsPrefix(place.generation, place.measure, ListKind::kByKey),
              place.keys.ChangesMark(place.generation, place.measure, ListKind::kByKey), stored),
      groups_(place.keys.GroupsPrefix(place.generation, place.measure), options.most_groups),
      presences_(place.database, place.keys.PresencesPrefix(place.generation, place.measure),
                 stored == Position{0}, options.cached_members) {
  if (kind != MeasureKind::kSet) return;
  by_member_.emplace(
      place.database, place.keys.ListsPrefix(place.generation, place.measure, ListKind::kByMember),
      place.keys.ChangesMark(place.generation, place.measure, ListKind::kByMember), stored);
}

absl::StatusOr<std::unique_ptr<MeasureIndex>> MeasureIndex::Open(const IndexOptions& options,
                                                                 const Place& place,
                                                                 MeasureKind kind,
                                                                 Position stored) {
  std::unique_ptr<MeasureIndex> index(new MeasureIndex(options, place, kind, stored));
  ANNALS_RETURN_IF_ERROR(index->groups_.Load(*place.database));
  if (kind != MeasureKind::kRegister) ANNALS_RETURN_IF_ERROR(index->OpenForests(options, stored));
  return index;
}

absl::Status MeasureIndex::OpenForests(const IndexOptions& options, Position stored) {
  const auto pages = [&](ForestNumber number) {
    return std::make_unique<forest::DatabasePageStore>(
        place_.database, place_.cache,
        place_.keys.PagesPrefix(place_.generation, place_.measure, number));
  };
  const auto manifest = [&](ForestNumber number) {
    return ReadManifest(*place_.database,
                        place_.keys.Manifest(place_.generation, place_.measure, number));
  };
  certain_pages_ = pages(kCertainForest);
  residual_pages_ = pages(kResidualForest);
  WorldForests::Manifests manifests;
  ANNALS_ASSIGN_OR_RETURN(manifests.certain, manifest(kCertainForest));
  ANNALS_ASSIGN_OR_RETURN(manifests.residual, manifest(kResidualForest));
  const forest::ForestOptions forest_options = {
      .measures = kind_ == MeasureKind::kTally ? forest::kMaxMeasures : 1,
      .merges = options.merges,
      .shape = options.shape};
  ANNALS_ASSIGN_OR_RETURN(
      forests_, WorldForests::Open(forest_options, {certain_pages_.get(), residual_pages_.get()},
                                   manifests, stored));
  return absl::OkStatus();
}

void MeasureIndex::NameLists(const Contribution& contribution, ListNames* names) const {
  names->key.clear();
  for (const std::string& element : contribution.key) AppendKeyElement(&names->key, element);
  if (kind_ != MeasureKind::kSet) return;
  names->member.assign(names->key);
  AppendKeyElement(&names->member, contribution.member);
}

void MeasureIndex::Foresee(const ListNames& names) {
  foreseen_keys_.push_back(NameTable::HashOf(names.key));
  if (by_member_) foreseen_members_.push_back(NameTable::HashOf(names.member));
}

void MeasureIndex::Prefetch() {
  by_key_.Prefetch(foreseen_keys_, &guesses_);
  foreseen_keys_.clear();
  for (const uint32_t list : guesses_) {
    const bool is_known = list < tail_groups_.size() && tail_groups_[list];
    if (is_known) groups_.Prefetch(*tail_groups_[list]);
  }
  if (!by_member_) return;
  by_member_->Prefetch(foreseen_members_, &guesses_);
  foreseen_members_.clear();
  for (const uint32_t list : guesses_) {
    const bool is_known = list < tail_members_.size() && tail_members_[list];
    if (is_known) presences_.Prefetch(*tail_members_[list]);
  }
}

absl::Status MeasureIndex::State(const Contribution& contribution, const ListNames& names,
                                 uint32_t ordinal, Position event, const EventTimes& times) {
  const uint32_t list =
      by_key_.State(names.key, {event, ordinal, times, Content(kind_, contribution)});
  const std::optional<uint32_t> group = CountGroup(list, names.key);
  if (kind_ == MeasureKind::kSet) {
    const uint32_t member_list = by_member_->State(names.member, {event, ordinal, times, ""});
    ANNALS_ASSIGN_OR_RETURN(const uint32_t member, FindMember(member_list, names.member));
    return AddMember(member, times, group, event);
  }
  if (kind_ != MeasureKind::kTally || !group) return absl::OkStatus();
  const KnownStep certain = StatedFrom(times.known.latest);
  const KnownStep possible = StatedFrom(times.known.earliest);
  return AddTally(contribution, times, {&certain, 1}, {&possible, 1}, *group, event);
}

absl::Status MeasureIndex::Change(const Contribution& contribution, uint32_t ordinal,
                                  Position event, const EventTimes& times, const WorldSteps& steps,
                                  Position arrival) {
  ListNames names;
  NameLists(contribution, &names);
  const std::optional<Group> found = groups_.Find(names.key);
  const std::optional<uint32_t> group = found ? std::optional(found->number) : std::nullopt;
  by_key_.Change(names.key, {event, ordinal, arrival, steps});
  if (kind_ == MeasureKind::kSet) {
    by_member_->Change(names.member, {event, ordinal, arrival, steps});
    return ChangeMember(names.member, group, arrival);
  }
  if (kind_ != MeasureKind::kTally || !group) return absl::OkStatus();
  return AddTally(contribution, times, steps.certain, steps.possible, *group, arrival);
}

absl::Status MeasureIndex::AddTally(const Contribution& contribution, const EventTimes& times,
                                    absl::Span<const KnownStep> certain,
                                    absl::Span<const KnownStep> possible, uint32_t group,
                                    Position arrival) {
  const std::vector<forest::Weight> weights = TallyWeights(contribution.quantity);
  certain_points_.clear();
  possible_points_.clear();
  AppendPoints(group, weights, times.occurred.latest, certain, &certain_points_);
  AppendPoints(group, weights, times.occurred.earliest, possible, &possible_points_);
  return forests_->Add(arrival, certain_points_, possible_points_);
}

// Looks a group up once for each tail.
std::optional<uint32_t> MeasureIndex::CountGroup(uint32_t tail_list, const std::string& list) {
  if (tail_list >= tail_groups_.size()) tail_groups_.resize(tail_list + 1);
  std::optional<uint32_t>& group = tail_groups_[tail_list];
  if (group) {
    groups_.CountAgain(*group);
  } else {
    group = groups_.Count(list);
  }
  return group;
}

// Likewise.
absl::StatusOr<uint32_t> MeasureIndex::FindMember(uint32_t tail_list, const std::string& list) {
  if (tail_list >= tail_members_.size()) tail_members_.resize(tail_list + 1);
  std::optional<uint32_t>& member = tail_members_[tail_list];
  if (!member) {
    ANNALS_ASSIGN_OR_RETURN(member, presences_.Find(list));
  }
  return *member;
}

absl::Status MeasureIndex::AddMember(uint32_t member, const EventTimes& times,
                                     std::optional<uint32_t> group, Position arrival) {
  const MemberPresences& before = presences_.At(member);
  const Instant occurred = times.occurred.latest;
  const Instant perhaps_occurred = times.occurred.earliest;
  if (before.certain.Covers(occurred, times.known.latest) &&
      before.possible.Covers(perhaps_occurred, times.known.earliest)) {
    return absl::OkStatus();
  }
  MemberPresences after = before;
  after.certain.Add(occurred, times.known.latest);
  after.possible.Add(perhaps_occurred, times.known.earliest);
  return MovePresence(member, std::move(after), group, arrival);
}

absl::Status MeasureIndex::ChangeMember(const std::string& list, std::optional<uint32_t> group,
                                        Position arrival) {
  std::vector<TimedPresence> certain;
  std::vector<TimedPresence> possible;
  ListCursor rows = by_member_->Open(ListRange::OneList(list), Position::Max());
  while (rows.Next()) {
    WorldSteps steps = StepsOfStating(rows.times());
    for (const WorldSteps& change : rows.changes()) {
      steps.certain = SumOf(steps.certain, change.certain);
      steps.possible = SumOf(steps.possible, change.possible);
    }
    certain.push_back({rows.times().occurred.latest, std::move(steps.certain)});
    possible.push_back({rows.times().occurred.earliest, std::move(steps.possible)});
  }
  ANNALS_RETURN_IF_ERROR(rows.status());
  ANNALS_ASSIGN_OR_RETURN(const uint32_t member, presences_.Find(list));
  return MovePresence(member, {MemberPresence::Of(certain), MemberPresence::Of(possible)}, group,
                      arrival);
}

absl::Status MeasureIndex::MovePresence(uint32_t member, MemberPresences after,
                                        std::optional<uint32_t> group, Position arrival) {
  const MemberPresences& before = presences_.At(member);
  certain_points_.clear();
  possible_points_.clear();
  if (group) {
    AppendPoints(*group, Difference(before.certain, after.certain), &certain_points_);
    AppendPoints(*group, Difference(before.possible, after.possible), &possible_points_);
  }
  presences_.Put(member, std::move(after));
  return group ? forests_->Add(arrival, certain_points_, possible_points_) : absl::OkStatus();
}

size_t MeasureIndex::pending_contributions() const { return by_key_.tail().size(); }

size_t MeasureIndex::pending_bytes() const {
  return by_key_.tail().bytes() + (by_member_ ? by_member_->tail().bytes() : 0);
}

std::vector<MeasureIndex::StagingPart> MeasureIndex::StagingParts() {
  std::vector<StagingPart> parts;
  if (forests_ != nullptr) {
    parts.emplace_back([this](storage::Batch* batch) { return StageForests(batch); });
  }
  const auto add = [&parts](auto* part) {
    parts.emplace_back([part](storage::Batch* batch) {
      part->Stage(batch);
      return absl::OkStatus();
    });
  };
  if (by_member_) add(&*by_member_);
  add(&by_key_);
  if (kind_ == MeasureKind::kSet) add(&presences_);
  add(&groups_);
  return parts;
}

absl::Status MeasureIndex::StageForests(storage::Batch* batch) {
  ANNALS_RETURN_IF_ERROR(forests_->Flush());
  staged_ = forests_->manifests();
  const auto key = [&](ForestNumber number) {
    return place_.keys.Manifest(place_.generation, place_.measure, number);
  };
  batch->Put(storage::Family::kContributions, key(kCertainForest), staged_.certain.Encode());
  batch->Put(storage::Family::kContributions, key(kResidualForest), staged_.residual.Encode());
  return absl::OkStatus();
}

void MeasureIndex::Stored(Position up_to) {
  by_key_.Stored(up_to);
  if (by_member_) by_member_->Stored(up_to);
  tail_groups_.clear();
  tail_members_.clear();
  if (forests_ != nullptr) forests_->Committed(staged_);
}

void MeasureIndex::SetTailPoints(size_t points) {
  if (forests_ != nullptr) forests_->SetTailPoints(points);
}

absl::StatusOr<bool> MeasureIndex::MaintainOnce(const std::stop_token& stop) {
  if (forests_ == nullptr) return false;
  return forests_->MaintainOnce(stop);
}

std::optional<WorldSnapshot> MeasureIndex::SumsAt(Position position) const {
  if (forests_ == nullptr) return std::nullopt;
  return forests_->At(position);
}

}  // namespace annals
