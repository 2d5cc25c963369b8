// ExplainingIndex: an index that notes what is read, and how.
#ifndef ANNALS_ENGINE_QUERY_VERBS_EXPLAINING_INDEX_H_
#define ANNALS_ENGINE_QUERY_VERBS_EXPLAINING_INDEX_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/key.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Answers as the index around which it stands; a sweep is as many reads as it has
// slices. A read that fails isn't noted. Thread-safe. The index and the clock must
// outlive it.
class ExplainingIndex final : public TemporalIndex {
 public:
  ExplainingIndex(const TemporalIndex* index, const Clock* clock) : index_(index), clock_(clock) {}

  // What was read so far, in its order.
  std::vector<v1::IndexRead> reads() const;

  absl::StatusOr<std::vector<TallyRow>> Tallies(const MeasureRef& measure, const Key& prefix,
                                                const Slice& slice) const override;
  absl::StatusOr<std::vector<RegisterRow>> Registers(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice) const override;
  absl::StatusOr<std::vector<SetRow>> Sets(const MeasureRef& measure, const Key& prefix,
                                           const Slice& slice) const override;
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& measure, const Key& group,
                                                   const Slice& slice, const std::string& after,
                                                   size_t limit) const override;
  absl::StatusOr<std::vector<Position>> Contributors(const MeasureRef& measure, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit) const override;
  absl::StatusOr<Plan> PlanFor(ReadKind kind, const MeasureRef& measure, const Key& prefix,
                               const Slice& slice) const override;

 private:
  // What `ask` answers, noted. The plan is made before, and outside of the time.
  template <typename Ask>
  auto Note(ReadKind kind, const MeasureRef& measure, const Key& prefix, const Slice& slice,
            Ask ask) const -> decltype(ask());

  const TemporalIndex* const index_;
  const Clock* const clock_;
  mutable Mutex mutex_;
  mutable std::vector<v1::IndexRead> reads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_EXPLAINING_INDEX_H_
