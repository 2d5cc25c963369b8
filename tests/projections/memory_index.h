// MemoryIndex: a temporal index that scans a list. It knows nothing of
// corrections; views are tried on it without a store.
#ifndef ANNALS_TESTS_PROJECTIONS_MEMORY_INDEX_H_
#define ANNALS_TESTS_PROJECTIONS_MEMORY_INDEX_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"

namespace annals::testing {

// Not thread-safe.
class MemoryIndex final : public TemporalIndex {
 public:
  explicit MemoryIndex(std::vector<Projection> projections)
      : projections_(std::move(projections)) {}

  // Runs every projection on the event, which gets the next position. The first
  // error that a projection gives, or that its contributions are.
  absl::Status Add(const ProjectedEvent& event);

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

 private:
  struct Entry {
    Position position;
    EventTimes times;
    Contribution contribution;
  };
  using EntriesByKey = std::map<Key, std::vector<const Entry*>>;

  // The entries of the measure in the slice, by keys that begin with `prefix`.
  // With `members`, a set's member is the last element of its key.
  absl::StatusOr<EntriesByKey> Scan(const MeasureRef& measure, const Key& prefix,
                                    const Slice& slice, bool members = false) const;

  const std::vector<Projection> projections_;
  std::map<MeasureRef, std::vector<Entry>> entries_;
  Position head_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_PROJECTIONS_MEMORY_INDEX_H_
