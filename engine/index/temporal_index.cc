#include "engine/index/temporal_index.h"

#include "engine/base/status.h"

namespace annals {
namespace {

template <typename Row, typename Ask>
absl::StatusOr<std::vector<std::vector<Row>>> OneByOne(absl::Span<const Slice> slices, Ask ask) {
  std::vector<std::vector<Row>> answers;
  answers.reserve(slices.size());
  for (const Slice& slice : slices) {
    ANNALS_ASSIGN_OR_RETURN(answers.emplace_back(), ask(slice));
  }
  return answers;
}

}  // namespace

absl::StatusOr<std::vector<std::vector<TallyRow>>> TemporalIndex::TallySweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  return OneByOne<TallyRow>(slices,
                            [&](const Slice& slice) { return Tallies(measure, prefix, slice); });
}

absl::StatusOr<std::vector<std::vector<RegisterRow>>> TemporalIndex::RegisterSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  return OneByOne<RegisterRow>(
      slices, [&](const Slice& slice) { return Registers(measure, prefix, slice); });
}

absl::StatusOr<std::vector<std::vector<SetRow>>> TemporalIndex::SetSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  return OneByOne<SetRow>(slices, [&](const Slice& slice) { return Sets(measure, prefix, slice); });
}

absl::StatusOr<Plan> TemporalIndex::PlanFor(ReadKind, const MeasureRef&, const Key&,
                                            const Slice&) const {
  return Plan{.strategy = Strategy::kFullScan, .reason = "this index knows no other way"};
}

}  // namespace annals
