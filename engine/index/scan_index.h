// ScanIndex: a TemporalIndex that scans the rows under the prefix.
#ifndef ANNALS_ENGINE_INDEX_SCAN_INDEX_H_
#define ANNALS_ENGINE_INDEX_SCAN_INDEX_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/index/served_projections.h"
#include "engine/index/temporal_index.h"

namespace annals {

// Every method costs one ordered scan of the rows under its prefix, and the
// memory of its answer; a sum is exact whatever the order of its parts, since it
// is kept in 128 bits until it is done. Thread-safe. The ServedProjections must
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
  // INVALID_ARGUMENT also if `group` is shorter than the measure's keys.
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override;
  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override;

 private:
  // Calls `visit` with each contribution of `rows` that is in
  // the slice, until it returns an error or false: enough.
  template <typename Visit>
  absl::Status Walk(const MeasureRef& measure, MeasureRows rows, const Slice& slice,
                    Visit visit) const;

  // Says where it went wrong.
  absl::Status In(const MeasureRef& measure, const absl::Status& status) const;

  const ServedProjections* const served_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_SCAN_INDEX_H_
