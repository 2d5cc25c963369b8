#include "engine/index/answering/planned_index.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/index/answering/contributors.h"
#include "engine/index/answering/register_row.h"
#include "engine/index/answering/tally_row.h"
#include "engine/index/measure/measure_index.h"

namespace annals {
namespace {

// Sums of all groups at once pay off for more than one group in so many.
constexpr size_t kSparseGroups = 16;

// Sums of so many take longer than it takes to wake another thread.
constexpr size_t kGroupsOfAPart = 32;
constexpr size_t kPartsOfAWorker = 4;

// A sweep of each is worth more than all sums at each step for up to so many.
constexpr size_t kFewGroups = 16;

// Each is asked for by itself for up to so many; more are scanned together.
constexpr size_t kFewRegisters = 16;

constexpr absl::string_view kManyGroups = "the measure has more groups than may be kept in memory";
constexpr absl::string_view kFewContributions = "there are few contributions";

}  // namespace

PlannedIndex::GroupPlan PlannedIndex::GroupsUnder(const ServedMeasure& served, const Key& prefix) {
  const GroupDirectory& directory = served.index->groups();
  const size_t key_size = served.measure->key_names.size();
  // A set's prefix may have a member as well: of the group, then.
  const Key key(prefix.begin(), prefix.begin() + std::min(prefix.size(), key_size));
  const bool is_one = key.size() == key_size;
  std::string list = EncodeKey(key);
  GroupPlan plan;
  if (is_one) {
    const std::optional<Group> group = directory.Find(list);
    if (group) plan.groups.emplace_back(std::move(list), *group);
  } else {
    plan.groups = directory.In(ListRange::WithPrefix(std::move(list)));
  }
  plan.plan.groups = plan.groups.size();
  for (const auto& [name, group] : plan.groups) plan.plan.contributions += group.contributions;
  plan.has_all = (is_one && !plan.groups.empty()) || directory.is_complete();
  return plan;
}

PlannedIndex::SumPlan PlannedIndex::PlanSums(const ServedMeasure& served, const Key& prefix,
                                             const Slice& slice) const {
  const MeasureIndex& index = *served.index;
  SumPlan plan = {GroupsUnder(served, prefix), std::nullopt};
  if (!plan.has_all) {
    plan.plan.strategy = Strategy::kFullScan;
    plan.plan.reason = kManyGroups;
  } else if (plan.plan.contributions <= small_scan_contributions_) {
    plan.plan.strategy = Strategy::kSmallScan;
    plan.plan.reason = kFewContributions;
  } else if (plan.sums = index.SumsAt(std::min(slice.position, served.position)); !plan.sums) {
    plan.plan.strategy = Strategy::kFullScan;
    plan.plan.reason = "the position is below those that sums are kept for";
  } else {
    plan.plan.strategy = Strategy::kSums;
    plan.plan.reason = "the position is one of the latest";
  }
  return plan;
}

absl::StatusOr<std::vector<forest::GroupSum>> PlannedIndex::SumRange(const WorldSnapshot& sums,
                                                                     const Slice& slice,
                                                                     forest::GroupRange range,
                                                                     size_t wanted) const {
  const forest::Corner corner = {.valid = slice.valid, .known = slice.known};
  const size_t width = size_t{range.last} - range.first + 1;
  const size_t parts = std::min(wanted / kGroupsOfAPart, kPartsOfAWorker * crew_->workers());
  if (parts < 2) return sums.SumAll(slice.world, range, corner);
  std::vector<absl::StatusOr<std::vector<forest::GroupSum>>> summed(parts);
  std::vector<std::function<void()>> tasks;
  for (size_t i = 0; i < parts; ++i) {
    tasks.push_back([&, i] {
      const auto bound = [&](size_t part) {
        return static_cast<uint32_t>(range.first + width * part / parts);
      };
      summed[i] = sums.SumAll(slice.world, {bound(i), bound(i + 1) - 1}, corner);
    });
  }
  crew_->Run(tasks);
  std::vector<forest::GroupSum> rows;
  for (const auto& part : summed) {
    ANNALS_RETURN_IF_ERROR(part.status());
    rows.insert(rows.end(), part->begin(), part->end());
  }
  return rows;
}

absl::StatusOr<std::vector<PlannedIndex::SummedGroup>> PlannedIndex::SumGroups(
    const SumPlan& plan, const Slice& slice) const {
  std::vector<SummedGroup> summed;
  if (plan.groups.empty()) return summed;
  const auto [first, last] = std::minmax_element(
      plan.groups.begin(), plan.groups.end(),
      [](const auto& a, const auto& b) { return a.second.number < b.second.number; });
  const forest::GroupRange range = {first->second.number, last->second.number};
  const size_t width = size_t{range.last} - range.first + 1;
  if (plan.groups.size() > 1 && width / plan.groups.size() < kSparseGroups) {
    ANNALS_ASSIGN_OR_RETURN(const auto rows,
                            SumRange(*plan.sums, slice, range, plan.groups.size()));
    absl::flat_hash_map<uint32_t, const forest::WeightSum*> by_number;
    by_number.reserve(rows.size());
    for (const forest::GroupSum& row : rows) by_number.emplace(row.group, &row.sum);
    for (const auto& [list, group] : plan.groups) {
      const auto found = by_number.find(group.number);
      if (found != by_number.end()) summed.push_back({list, *found->second});
    }
    return summed;
  }
  const forest::Corner corner = {.valid = slice.valid, .known = slice.known};
  for (const auto& [list, group] : plan.groups) {
    ANNALS_ASSIGN_OR_RETURN(const forest::WeightSum sum,
                            plan.sums->Sum(slice.world, group.number, corner));
    summed.push_back({list, sum});
  }
  return summed;
}

absl::StatusOr<std::vector<std::vector<PlannedIndex::SummedGroup>>> PlannedIndex::SweepGroups(
    const SumPlan& plan, absl::Span<const Slice> slices) const {
  std::vector<std::vector<SummedGroup>> answers(slices.size());
  if (plan.groups.size() > kFewGroups) {
    for (size_t i = 0; i < slices.size(); ++i) {
      ANNALS_ASSIGN_OR_RETURN(answers[i], SumGroups(plan, slices[i]));
    }
    return answers;
  }
  std::vector<forest::Corner> corners;
  for (const Slice& slice : slices) corners.push_back({slice.valid, slice.known});
  for (const auto& [list, group] : plan.groups) {
    ANNALS_ASSIGN_OR_RETURN(const std::vector<forest::WeightSum> sums,
                            plan.sums->Sweep(slices.front().world, group.number, corners));
    for (size_t i = 0; i < slices.size(); ++i) answers[i].push_back({list, sums[i]});
  }
  return answers;
}

absl::StatusOr<std::vector<TallyRow>> PlannedIndex::ToTallies(
    const MeasureRef& ref, const ServedMeasure& served,
    const std::vector<SummedGroup>& summed) const {
  std::vector<TallyRow> rows;
  for (const SummedGroup& group : summed) {
    if (group.sum[0] == 0) continue;  // No contributions.
    auto row = ToTallyRow(group.list, ToQuantitySum(group.sum), *served.measure);
    if (!row.ok()) return served_->In(ref, row.status());
    rows.push_back(*std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<SetRow>> PlannedIndex::ToSets(
    const ServedMeasure& served, const std::vector<SummedGroup>& summed) const {
  std::vector<SetRow> rows;
  for (const SummedGroup& group : summed) {
    if (group.sum[0] == 0) continue;
    SetRow row = {.members = static_cast<uint64_t>(group.sum[0])};
    ANNALS_ASSIGN_OR_RETURN(row.key, DecodeKey(group.list, served.measure->key_names.size()));
    rows.push_back(std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<TallyRow>> PlannedIndex::Tallies(const MeasureRef& measure,
                                                            const Key& prefix,
                                                            const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kTally, prefix));
  const SumPlan plan = PlanSums(served, prefix, slice);
  if (plan.plan.strategy != Strategy::kSums) return scan_.Tallies(measure, prefix, slice);
  const auto summed = SumGroups(plan, slice);
  if (!summed.ok()) return served_->In(measure, summed.status());
  return ToTallies(measure, served, *summed);
}

absl::StatusOr<std::vector<SetRow>> PlannedIndex::Sets(const MeasureRef& measure, const Key& prefix,
                                                       const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kSet, prefix));
  const SumPlan plan = PlanSums(served, prefix, slice);
  if (plan.plan.strategy != Strategy::kSums) return scan_.Sets(measure, prefix, slice);
  const auto summed = SumGroups(plan, slice);
  if (!summed.ok()) return served_->In(measure, summed.status());
  return ToSets(served, *summed);
}

absl::StatusOr<std::vector<std::vector<TallyRow>>> PlannedIndex::TallySweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  std::vector<std::vector<TallyRow>> answers;
  if (slices.empty()) return answers;
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kTally, prefix));
  const SumPlan plan = PlanSums(served, prefix, slices.front());
  if (plan.plan.strategy != Strategy::kSums) return scan_.TallySweep(measure, prefix, slices);
  const auto summed = SweepGroups(plan, slices);
  if (!summed.ok()) return served_->In(measure, summed.status());
  for (const auto& one : *summed) {
    ANNALS_ASSIGN_OR_RETURN(answers.emplace_back(), ToTallies(measure, served, one));
  }
  return answers;
}

absl::StatusOr<std::vector<std::vector<SetRow>>> PlannedIndex::SetSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  std::vector<std::vector<SetRow>> answers;
  if (slices.empty()) return answers;
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kSet, prefix));
  const SumPlan plan = PlanSums(served, prefix, slices.front());
  if (plan.plan.strategy != Strategy::kSums) return scan_.SetSweep(measure, prefix, slices);
  const auto summed = SweepGroups(plan, slices);
  if (!summed.ok()) return served_->In(measure, summed.status());
  for (const auto& one : *summed) {
    ANNALS_ASSIGN_OR_RETURN(answers.emplace_back(), ToSets(served, one));
  }
  return answers;
}

PlannedIndex::GroupPlan PlannedIndex::PlanRegisters(const ServedMeasure& served,
                                                    const Key& prefix) const {
  GroupPlan plan = GroupsUnder(served, prefix);
  if (!plan.has_all) {
    plan.plan.strategy = Strategy::kFullScan;
    plan.plan.reason = kManyGroups;
  } else if (plan.plan.contributions <= small_scan_contributions_) {
    plan.plan.strategy = Strategy::kSmallScan;
    plan.plan.reason = kFewContributions;
  } else if (plan.groups.size() > kFewRegisters) {
    plan.plan.strategy = Strategy::kFullScan;
    plan.plan.reason = "there are more keys under the prefix than are worth asking one by one";
  } else {
    plan.plan.strategy = Strategy::kLadder;
  }
  return plan;
}

absl::StatusOr<Plan> PlannedIndex::ForeseeRegisters(const ServedMeasure& served, const Key& prefix,
                                                    const Slice& slice) const {
  GroupPlan plan = PlanRegisters(served, prefix);
  if (plan.plan.strategy != Strategy::kLadder) return plan.plan;
  plan.plan.strategy = Strategy::kSmallScan;
  plan.plan.reason = "there are few contributions to each key";
  for (const auto& [list, group] : plan.groups) {
    if (group.contributions <= small_scan_contributions_) continue;
    ANNALS_ASSIGN_OR_RETURN(
        const LadderCache::Outlook outlook,
        ladders_.OutlookOf(served, list, slice.world, std::min(slice.position, served.position)));
    plan.plan.strategy = outlook.has_ladder ? Strategy::kLadder : Strategy::kFullScan;
    plan.plan.reason = outlook.reason;
    if (outlook.has_ladder) break;
  }
  return plan.plan;
}

absl::Status PlannedIndex::HoldersOf(const MeasureRef& measure, const ServedMeasure& served,
                                     const std::pair<std::string, Group>& group,
                                     absl::Span<const Slice> slices,
                                     std::vector<std::vector<RegisterRow>>* answers) const {
  const Slice& first = slices.front();
  std::shared_ptr<const RegisterHistory> history;
  if (group.second.contributions > small_scan_contributions_) {
    ANNALS_ASSIGN_OR_RETURN(history,
                            ladders_.Find(served, group.first, first.world, first.position));
  }
  ANNALS_ASSIGN_OR_RETURN(const Key key, DecodeKey(group.first, served.measure->key_names.size()));
  if (history == nullptr) {
    ANNALS_ASSIGN_OR_RETURN(auto scanned, scan_.RegisterSweep(measure, key, slices));
    for (size_t i = 0; i < slices.size(); ++i) {
      for (RegisterRow& row : scanned[i]) (*answers)[i].push_back(std::move(row));
    }
    return absl::OkStatus();
  }
  for (size_t i = 0; i < slices.size(); ++i) {
    const auto holding = history->Holder(slices[i].valid, slices[i].known, first.position);
    if (!holding) continue;
    ANNALS_ASSIGN_OR_RETURN(RegisterRow row, ToRegisterRow(key, holding->content, holding->event,
                                                           holding->occurred, holding->known));
    (*answers)[i].push_back(std::move(row));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::vector<RegisterRow>>> PlannedIndex::RegisterSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  std::vector<std::vector<RegisterRow>> answers(slices.size());
  if (slices.empty()) return answers;
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kRegister, prefix));
  const GroupPlan plan = PlanRegisters(served, prefix);
  if (plan.plan.strategy != Strategy::kLadder) return scan_.RegisterSweep(measure, prefix, slices);
  std::vector<Slice> clamped;
  for (const Slice& slice : slices) clamped.push_back(served.Clamped(slice));
  for (const auto& group : plan.groups) {
    const absl::Status status = HoldersOf(measure, served, group, clamped, &answers);
    if (!status.ok()) return served_->In(measure, status);
  }
  return answers;
}

absl::StatusOr<std::vector<RegisterRow>> PlannedIndex::Registers(const MeasureRef& measure,
                                                                 const Key& prefix,
                                                                 const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(auto answers,
                          RegisterSweep(measure, prefix, absl::MakeConstSpan(&slice, 1)));
  return std::move(answers.front());
}

absl::StatusOr<std::vector<std::string>> PlannedIndex::Members(const MeasureRef& measure,
                                                               const Key& group, const Slice& slice,
                                                               const std::string& after,
                                                               size_t limit) const {
  return scan_.Members(measure, group, slice, after, limit);
}

absl::StatusOr<std::vector<Position>> PlannedIndex::Contributors(const MeasureRef& measure,
                                                                 const Key& prefix,
                                                                 const Slice& slice, Position after,
                                                                 size_t limit) const {
  return scan_.Contributors(measure, prefix, slice, after, limit);
}

absl::StatusOr<Plan> PlannedIndex::PlanFor(ReadKind kind, const MeasureRef& measure,
                                           const Key& prefix, const Slice& slice) const {
  const auto open = [&](std::optional<MeasureKind> of) {
    return served_->Open(measure, of, prefix);
  };
  switch (kind) {
    case ReadKind::kTallies: {
      ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served, open(MeasureKind::kTally));
      return PlanSums(served, prefix, slice).plan;
    }
    case ReadKind::kSets: {
      ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served, open(MeasureKind::kSet));
      return PlanSums(served, prefix, slice).plan;
    }
    case ReadKind::kRegisters: {
      ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served, open(MeasureKind::kRegister));
      auto plan = ForeseeRegisters(served, prefix, slice);
      if (!plan.ok()) return served_->In(measure, plan.status());
      return plan;
    }
    case ReadKind::kMembers: {
      // None of them, but every check.
      ANNALS_RETURN_IF_ERROR(scan_.Members(measure, prefix, slice, "", 0).status());
      ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served, open(MeasureKind::kSet));
      Plan plan = GroupsUnder(served, prefix).plan;
      plan.strategy = Strategy::kPagedScan;
      plan.reason = "members are kept in order";
      return plan;
    }
    case ReadKind::kContributors: {
      ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served, open(std::nullopt));
      Plan plan = GroupsUnder(served, prefix).plan;
      const bool is_paged = ReadsContributorsInOrder(served, prefix);
      plan.strategy = is_paged ? Strategy::kPagedScan : Strategy::kFullScan;
      plan.reason = is_paged ? "each key's events are kept in order"
                             : "there are more keys under the prefix than are read side by side";
      return plan;
    }
  }
  return absl::InvalidArgumentError("no method of the index reads in this way");
}

}  // namespace annals
