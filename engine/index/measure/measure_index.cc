#include "engine/index/measure/measure_index.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/types/span.h"
#include "engine/base/key.h"
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

std::string MemberList(std::string list, absl::string_view member) {
  AppendKeyElement(&list, member);
  return list;
}

// Adds `point` so many times, or takes it back.
void AppendTimes(const forest::Point& point, int times, std::vector<forest::Point>* points) {
  for (; times > 0; --times) points->push_back(point);
  for (; times < 0; ++times) forest::AppendNegative(point, points);
}

std::vector<forest::Point> PointsOf(uint32_t group, const std::vector<forest::Weight>& weights,
                                    Instant occurred, const KnownSteps& steps) {
  std::vector<forest::Point> points;
  for (const KnownStep& step : steps) {
    for (const forest::Weight& weight : weights) {
      AppendTimes({group, occurred, step.known, weight}, step.change, &points);
    }
  }
  return points;
}

std::vector<forest::Point> PointsOf(uint32_t group, const std::vector<PresencePoint>& corners) {
  std::vector<forest::Point> points;
  points.reserve(corners.size());
  for (const PresencePoint& corner : corners) {
    points.push_back({group, corner.valid, corner.known, {corner.weight}});
  }
  return points;
}

WorldSteps StepsOfStating(const EventTimes& times) {
  return {.certain = {{times.known.latest, 1}}, .possible = {{times.known.earliest, 1}}};
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

absl::Status MeasureIndex::State(const Contribution& contribution, uint32_t ordinal, Position event,
                                 const EventTimes& times) {
  const std::string list = EncodeKey(contribution.key);
  const std::optional<uint32_t> group = groups_.Count(list);
  by_key_.State(list, {event, ordinal, times, Content(kind_, contribution)});
  if (kind_ == MeasureKind::kSet) {
    const std::string member = MemberList(list, contribution.member);
    by_member_->State(member, {event, ordinal, times, ""});
    return AddMember(member, times, group, event);
  }
  if (kind_ != MeasureKind::kTally || !group) return absl::OkStatus();
  return AddTally(contribution, times, StepsOfStating(times), *group, event);
}

absl::Status MeasureIndex::Change(const Contribution& contribution, uint32_t ordinal,
                                  Position event, const EventTimes& times, const WorldSteps& steps,
                                  Position arrival) {
  const std::string list = EncodeKey(contribution.key);
  const std::optional<Group> found = groups_.Find(list);
  const std::optional<uint32_t> group = found ? std::optional(found->number) : std::nullopt;
  by_key_.Change(list, {event, ordinal, arrival, steps});
  if (kind_ == MeasureKind::kSet) {
    const std::string member = MemberList(list, contribution.member);
    by_member_->Change(member, {event, ordinal, arrival, steps});
    return ChangeMember(member, group, arrival);
  }
  if (kind_ != MeasureKind::kTally || !group) return absl::OkStatus();
  return AddTally(contribution, times, steps, *group, arrival);
}

absl::Status MeasureIndex::AddTally(const Contribution& contribution, const EventTimes& times,
                                    const WorldSteps& steps, uint32_t group, Position arrival) {
  const std::vector<forest::Weight> weights = TallyWeights(contribution.quantity);
  return forests_->Add(arrival, PointsOf(group, weights, times.occurred.latest, steps.certain),
                       PointsOf(group, weights, times.occurred.earliest, steps.possible));
}

absl::Status MeasureIndex::AddMember(const std::string& list, const EventTimes& times,
                                     std::optional<uint32_t> group, Position arrival) {
  ANNALS_ASSIGN_OR_RETURN(const MemberPresences before, presences_.Find(list));
  MemberPresences after = before;
  const bool certain = after.certain.Add(times.occurred.latest, times.known.latest);
  const bool possible = after.possible.Add(times.occurred.earliest, times.known.earliest);
  if (!certain && !possible) return absl::OkStatus();
  return MovePresence(list, before, std::move(after), group, arrival);
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
  ANNALS_ASSIGN_OR_RETURN(const MemberPresences before, presences_.Find(list));
  return MovePresence(list, before, {MemberPresence::Of(certain), MemberPresence::Of(possible)},
                      group, arrival);
}

absl::Status MeasureIndex::MovePresence(const std::string& list, const MemberPresences& before,
                                        MemberPresences after, std::optional<uint32_t> group,
                                        Position arrival) {
  const auto certain = Difference(before.certain, after.certain);
  const auto possible = Difference(before.possible, after.possible);
  presences_.Put(list, std::move(after));
  if (!group) return absl::OkStatus();
  return forests_->Add(arrival, PointsOf(*group, certain), PointsOf(*group, possible));
}

size_t MeasureIndex::pending_contributions() const {
  return by_key_.tail().size() + (by_member_ ? by_member_->tail().size() : 0);
}

size_t MeasureIndex::pending_bytes() const {
  return by_key_.tail().bytes() + (by_member_ ? by_member_->tail().bytes() : 0);
}

absl::Status MeasureIndex::Stage(storage::Batch* batch) {
  if (forests_ != nullptr) {
    ANNALS_RETURN_IF_ERROR(forests_->Flush());
    staged_ = forests_->manifests();
    const auto key = [&](ForestNumber number) {
      return place_.keys.Manifest(place_.generation, place_.measure, number);
    };
    batch->Put(storage::Family::kContributions, key(kCertainForest), staged_.certain.Encode());
    batch->Put(storage::Family::kContributions, key(kResidualForest), staged_.residual.Encode());
  }
  by_key_.Stage(batch);
  if (by_member_) by_member_->Stage(batch);
  groups_.Stage(batch);
  presences_.Stage(batch);
  return absl::OkStatus();
}

void MeasureIndex::Stored(Position up_to) {
  by_key_.Stored(up_to);
  if (by_member_) by_member_->Stored(up_to);
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
