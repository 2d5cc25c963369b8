// World: all that a view may know — one world of one as-of, read only.
#ifndef ANNALS_ENGINE_QUERY_WORLD_H_
#define ANNALS_ENGINE_QUERY_WORLD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"

namespace annals {

// A value; the index must outlive it. Thread-safe. Errors are TemporalIndex's.
class World {
 public:
  World(const TemporalIndex* index, const Slice& slice) : index_(index), slice_(slice) {}

  // One group or key: nothing if nothing is recorded there in this world.
  absl::StatusOr<std::optional<Quantity>> Sum(const MeasureRef& tally, const Key& group) const;
  absl::StatusOr<std::optional<RegisterRow>> Latest(const MeasureRef& reg, const Key& key) const;
  // Zero if the group has no member.
  absl::StatusOr<uint64_t> CountMembers(const MeasureRef& set, const Key& group) const;

  // Every group or key under a prefix ({}: all), ordered by key.
  absl::StatusOr<std::vector<TallyRow>> Sums(const MeasureRef& tally, const Key& prefix) const;
  absl::StatusOr<std::vector<RegisterRow>> AllLatest(const MeasureRef& reg,
                                                     const Key& prefix) const;
  absl::StatusOr<std::vector<SetRow>> Counts(const MeasureRef& set, const Key& prefix) const;

  // A group's members, ordered. Costs their number: for groups that are shown.
  absl::StatusOr<std::vector<std::string>> Members(const MeasureRef& set, const Key& group) const;

 private:
  const TemporalIndex* index_;
  Slice slice_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_WORLD_H_
