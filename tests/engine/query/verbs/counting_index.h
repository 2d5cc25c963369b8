// CountingIndex: an index that counts what it is asked.
#ifndef ANNALS_TESTS_ENGINE_QUERY_VERBS_COUNTING_INDEX_H_
#define ANNALS_TESTS_ENGINE_QUERY_VERBS_COUNTING_INDEX_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"

namespace annals::testing {

// Answers as another index, which must outlive it. Not thread-safe.
class CountingIndex final : public TemporalIndex {
 public:
  explicit CountingIndex(const TemporalIndex* index) : index_(index) {}

  int questions() const { return questions_; }  // About one slice.
  int sweeps() const { return sweeps_; }

  // Every sweep fails from now on.
  void RefuseSweeps() { refuses_sweeps_ = true; }
  // What every plan is from now on.
  void SetPlan(const Plan& plan) { plan_ = plan; }

  absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure, const Key& prefix,
                                                const Slice& slice) const override {
    ++questions_;
    return index_->Tallies(measure, prefix, slice);
  }
  absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const override {
    ++questions_;
    return index_->Registers(measure, prefix, slice);
  }
  absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const override {
    ++questions_;
    return index_->Sets(measure, prefix, slice);
  }
  absl::StatusOr<std::vector<std::vector<TallyRow>>> TallySweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override {
    ++sweeps_;
    if (refuses_sweeps_) return absl::DataLossError("no sweep");
    return index_->TallySweep(measure, prefix, slices);
  }
  absl::StatusOr<std::vector<std::vector<RegisterRow>>> RegisterSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override {
    ++sweeps_;
    if (refuses_sweeps_) return absl::DataLossError("no sweep");
    return index_->RegisterSweep(measure, prefix, slices);
  }
  absl::StatusOr<std::vector<std::vector<SetRow>>> SetSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override {
    ++sweeps_;
    if (refuses_sweeps_) return absl::DataLossError("no sweep");
    return index_->SetSweep(measure, prefix, slices);
  }
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override {
    ++questions_;
    return index_->Members(measure, group, slice, after, limit);
  }
  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override {
    ++questions_;
    return index_->Contributors(measure, prefix, slice, after, limit);
  }
  absl::StatusOr<Plan> PlanFor(ReadKind, const MeasureRef&, const Key&,
                               const Slice&) const override {
    return plan_;
  }

 private:
  const TemporalIndex* const index_;
  mutable int questions_ = 0;
  mutable int sweeps_ = 0;
  bool refuses_sweeps_ = false;
  Plan plan_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_ENGINE_QUERY_VERBS_COUNTING_INDEX_H_
