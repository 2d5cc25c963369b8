// ScanIndex: a TemporalIndex that reads the contributions under the prefix.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_SCAN_INDEX_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_SCAN_INDEX_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/index/answering/served_projections.h"
#include "engine/index/index_keys.h"
#include "engine/index/lists/list_range.h"
#include "engine/index/temporal_index.h"

namespace annals {

// It answers anything, as of any position. Every method costs one ordered scan of
// the contributions under its prefix, and the memory of its answer; those that
// have a limit end when it is reached, Contributors where the prefix is a whole
// key or has few below it. A sum is exact whatever the order of its parts, since
// it is kept in 128 bits until it is done. Thread-safe. The ServedProjections must
// outlive it.
class ScanIndex final : public TemporalIndex {
 public:
  explicit ScanIndex(const ServedProjections* served) : served_(served) {}

  absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure, const Key& prefix,
                                                const Slice& slice) const override;
  absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const override;
  absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const override;
  // One scan, and for each contribution a look at each slice.
  absl::StatusOr<std::vector<std::vector<TallyRow>>> TallySweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::vector<RegisterRow>>> RegisterSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  absl::StatusOr<std::vector<std::vector<SetRow>>> SetSweep(
      const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const override;
  // INVALID_ARGUMENT also if `group` is shorter than the measure's keys.
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override;
  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override;

 private:
  // Calls `visit` with each contribution of these lists that is in any of the
  // slices, until it returns an error or false: enough.
  template <typename Visit>
  absl::Status Walk(const MeasureRef& measure, const ServedMeasure& served, ListKind kind,
                    const ListRange& range, absl::Span<const Slice> slices, Visit visit) const;

  const ServedProjections* const served_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_SCAN_INDEX_H_
