#include "engine/index/measure/world_forests.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/base/status.h"
#include "engine/index/forest/negation.h"

namespace annals {
namespace {

// How many of the last events that changed the sums can still be told apart.
constexpr size_t kMarks = 16'384;

void AddTo(forest::WeightSum* sum, const forest::WeightSum& other) {
  for (size_t i = 0; i < sum->size(); ++i) (*sum)[i] += other[i];
}

bool IsZero(const forest::WeightSum& sum) { return sum == forest::WeightSum{}; }

// Both ascending by group.
std::vector<forest::GroupSum> Joined(const std::vector<forest::GroupSum>& a,
                                     const std::vector<forest::GroupSum>& b) {
  std::vector<forest::GroupSum> joined;
  joined.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(joined),
             [](const auto& x, const auto& y) { return x.group < y.group; });
  size_t kept = 0;
  for (size_t i = 0; i < joined.size(); ++i) {
    if (kept > 0 && joined[kept - 1].group == joined[i].group) {
      AddTo(&joined[kept - 1].sum, joined[i].sum);
    } else {
      joined[kept++] = joined[i];
    }
  }
  joined.resize(kept);
  std::erase_if(joined, [](const forest::GroupSum& row) { return IsZero(row.sum); });
  return joined;
}

}  // namespace

bool WorldSnapshot::UsesResidual(WorldKind world) const {
  return world == WorldKind::kPossible && residual_.points() > 0;
}

absl::StatusOr<forest::WeightSum> WorldSnapshot::Sum(WorldKind world, uint32_t group,
                                                     forest::Corner corner) const {
  ANNALS_ASSIGN_OR_RETURN(forest::WeightSum sum, certain_.Sum(group, corner));
  if (!UsesResidual(world)) return sum;
  ANNALS_ASSIGN_OR_RETURN(const forest::WeightSum residual, residual_.Sum(group, corner));
  AddTo(&sum, residual);
  return sum;
}

absl::StatusOr<std::vector<forest::GroupSum>> WorldSnapshot::SumAll(WorldKind world,
                                                                    forest::GroupRange groups,
                                                                    forest::Corner corner) const {
  ANNALS_ASSIGN_OR_RETURN(std::vector<forest::GroupSum> sums, certain_.SumAll(groups, corner));
  if (!UsesResidual(world)) return sums;
  ANNALS_ASSIGN_OR_RETURN(const std::vector<forest::GroupSum> residual,
                          residual_.SumAll(groups, corner));
  return Joined(sums, residual);
}

absl::StatusOr<std::vector<forest::WeightSum>> WorldSnapshot::Sweep(
    WorldKind world, uint32_t group, absl::Span<const forest::Corner> corners) const {
  ANNALS_ASSIGN_OR_RETURN(std::vector<forest::WeightSum> sums, certain_.Sweep(group, corners));
  if (!UsesResidual(world)) return sums;
  ANNALS_ASSIGN_OR_RETURN(const std::vector<forest::WeightSum> residual,
                          residual_.Sweep(group, corners));
  for (size_t i = 0; i < sums.size(); ++i) AddTo(&sums[i], residual[i]);
  return sums;
}

absl::StatusOr<std::unique_ptr<WorldForests>> WorldForests::Open(
    const forest::ForestOptions& options, Stores stores, const Manifests& manifests,
    Position stored) {
  ANNALS_ASSIGN_OR_RETURN(
      std::unique_ptr<forest::DominanceForest> certain,
      forest::DominanceForest::Open(options, stores.certain, manifests.certain));
  ANNALS_ASSIGN_OR_RETURN(
      std::unique_ptr<forest::DominanceForest> residual,
      forest::DominanceForest::Open(options, stores.residual, manifests.residual));
  std::unique_ptr<WorldForests> forests(
      new WorldForests(std::move(certain), std::move(residual), stored));
  forests->committed_ = forests->manifests();
  return forests;
}

WorldForests::WorldForests(std::unique_ptr<forest::DominanceForest> certain,
                           std::unique_ptr<forest::DominanceForest> residual, Position stored)
    : certain_(std::move(certain)), residual_(std::move(residual)) {
  marks_.push_back({stored, certain_->Now().points(), residual_->Now().points()});
}

absl::Status WorldForests::Add(Position event, absl::Span<const forest::Point> certain,
                               absl::Span<const forest::Point> possible) {
  for (const forest::Point& point : certain) ANNALS_RETURN_IF_ERROR(certain_->Add(point));
  std::vector<forest::Point> residual;
  if (certain != possible) {
    for (const forest::Point& point : certain) forest::AppendNegative(point, &residual);
    residual.insert(residual.end(), possible.begin(), possible.end());
  }
  for (const forest::Point& point : residual) ANNALS_RETURN_IF_ERROR(residual_->Add(point));
  if (certain.empty() && residual.empty()) return absl::OkStatus();
  MutexLock lock(&mutex_);
  const Mark mark = {event, marks_.back().certain + certain.size(),
                     marks_.back().residual + residual.size()};
  if (marks_.back().event == event) {
    marks_.back() = mark;
  } else {
    marks_.push_back(mark);
    if (marks_.size() > kMarks) marks_.pop_front();
  }
  return absl::OkStatus();
}

absl::Status WorldForests::Flush() {
  ANNALS_RETURN_IF_ERROR(certain_->Flush());
  return residual_->Flush();
}

WorldForests::Manifests WorldForests::manifests() const {
  return {certain_->manifest(), residual_->manifest()};
}

void WorldForests::Committed(const Manifests& manifests) {
  certain_->Committed(manifests.certain.sequence);
  residual_->Committed(manifests.residual.sequence);
  committed_ = manifests;
}

bool WorldForests::HasUncommitted() const {
  const Manifests now = manifests();
  return now.certain.sequence != committed_.certain.sequence ||
         now.residual.sequence != committed_.residual.sequence;
}

void WorldForests::SetTailPoints(size_t points) {
  certain_->SetTailPoints(points);
  residual_->SetTailPoints(points);
}

absl::StatusOr<bool> WorldForests::MaintainOnce(const std::stop_token& stop) {
  ANNALS_ASSIGN_OR_RETURN(const bool certain, certain_->MaintainOnce(stop));
  ANNALS_ASSIGN_OR_RETURN(const bool residual, residual_->MaintainOnce(stop));
  return certain || residual;
}

std::optional<WorldSnapshot> WorldForests::At(Position position) const {
  Mark mark = {};
  {
    MutexLock lock(&mutex_);
    if (marks_.back().event <= position) {
      mark = marks_.back();
    } else {
      const auto after = std::upper_bound(marks_.begin(), marks_.end(), position,
                                          [](Position p, const Mark& m) { return p < m.event; });
      if (after == marks_.begin()) return std::nullopt;
      mark = *std::prev(after);
    }
  }
  std::optional<forest::Snapshot> certain = certain_->At(mark.certain);
  std::optional<forest::Snapshot> residual = residual_->At(mark.residual);
  if (!certain || !residual) return std::nullopt;
  return WorldSnapshot(*std::move(certain), *std::move(residual));
}

}  // namespace annals
