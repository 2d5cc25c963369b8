// PlannedIndex: a TemporalIndex that chooses how to answer.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_PLANNED_INDEX_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_PLANNED_INDEX_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/work_crew.h"
#include "engine/index/answering/ladder_cache.h"
#include "engine/index/answering/scan_index.h"
#include "engine/index/answering/served_projections.h"
#include "engine/index/forest/point.h"
#include "engine/index/index_options.h"
#include "engine/index/measure/group_directory.h"
#include "engine/index/measure/world_forests.h"
#include "engine/index/plan.h"
#include "engine/index/temporal_index.h"

namespace annals {

// Tallies and sets come from the forests wherever those have the answer: as of
// the latest positions, for groups that are in the directory, and where there is
// more to add up than a scan of a few. Registers of few keys with more than a few
// contributions come from those, sorted in memory. All else is scanned. Many groups
// are summed by a crew. Thread-safe. The ServedProjections and the crew must outlive it.
class PlannedIndex final : public TemporalIndex {
 public:
  PlannedIndex(const ServedProjections* served, WorkCrew* crew, const IndexOptions& options)
      : served_(served),
        crew_(crew),
        scan_(served),
        small_scan_contributions_(options.small_scan_contributions),
        ladders_(options.ladder_cache_bytes) {}

  absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure, const Key& prefix,
                                                const Slice& slice) const override;
  absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const override;
  absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const override;
  absl::StatusOr<std::vector<std::vector<TallyRow>>> TallySweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::vector<RegisterRow>>> RegisterSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::vector<SetRow>>> SetSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override;
  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override;
  absl::StatusOr<Plan> PlanFor(ReadKind kind, const MeasureRef& measure, const Key& prefix,
                               const Slice& slice) const override;

 private:
  // A group's list and its sums.
  struct SummedGroup {
    std::string list;
    forest::WeightSum sum;
  };

  // What to do, and for which groups.
  struct GroupPlan {
    Plan plan;
    std::vector<std::pair<std::string, Group>> groups;
    bool has_all = false;  // None is missing from the directory.
  };
  // And what with.
  struct SumPlan : GroupPlan {
    std::optional<WorldSnapshot> sums;
  };

  static GroupPlan GroupsUnder(const ServedMeasure& served, const Key& prefix);
  // kLadder if each key that has more than a few contributions may come from a
  // ladder; those that have one may still be scanned.
  GroupPlan PlanRegisters(const ServedMeasure& served, const Key& prefix) const;
  // With what the ladders have to say.
  absl::StatusOr<Plan> ForeseeRegisters(const ServedMeasure& served, const Key& prefix,
                                        const Slice& slice) const;
  // Appends each slice's row of the key to its answer.
  absl::Status HoldersOf(const MeasureRef& measure, const ServedMeasure& served,
                         const std::pair<std::string, Group>& group, absl::Span<const Slice> slices,
                         std::vector<std::vector<RegisterRow>>* answers) const;

  SumPlan PlanSums(const ServedMeasure& served, const Key& prefix, const Slice& slice) const;
  // Of all groups in the range, `wanted` of them: in parts, which the crew shares out.
  absl::StatusOr<std::vector<forest::GroupSum>> SumRange(const WorldSnapshot& sums,
                                                         const Slice& slice,
                                                         forest::GroupRange range,
                                                         size_t wanted) const;
  absl::StatusOr<std::vector<SummedGroup>> SumGroups(const SumPlan& plan, const Slice& slice) const;
  // For each slice, in order.
  absl::StatusOr<std::vector<std::vector<SummedGroup>>> SweepGroups(
      const SumPlan& plan, absl::Span<const Slice> slices) const;
  absl::StatusOr<std::vector<TallyRow>> ToTallies(const MeasureRef& ref,
                                                  const ServedMeasure& served,
                                                  const std::vector<SummedGroup>& summed) const;
  absl::StatusOr<std::vector<SetRow>> ToSets(const ServedMeasure& served,
                                             const std::vector<SummedGroup>& summed) const;

  const ServedProjections* const served_;
  WorkCrew* const crew_;
  const ScanIndex scan_;
  const size_t small_scan_contributions_;
  mutable LadderCache ladders_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_PLANNED_INDEX_H_
