// PickMerge and PickIdleMerge: which runs to make one of, so that runs stay few
// and points are rewritten seldom.
#ifndef ANNALS_ENGINE_INDEX_FOREST_MERGE_POLICY_H_
#define ANNALS_ENGINE_INDEX_FOREST_MERGE_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace annals::forest {

// A run's level is how often its size is `fan` times that of a tail. With `fan`
// runs of a level, they are merged: there are at most (fan - 1) runs a level, and
// a point is rewritten at most once a level.
struct MergeRules {
  size_t fan = 3;
  uint64_t tail_points = 4096;
  uint64_t stored_points = 65536;  // A run of this size or more goes to the store.
  uint64_t largest_points = uint64_t{1} << 31;
  // With time to spare, a run is joined with newer ones that have together this
  // share of its points or more: then a point is rewritten at most so many times.
  uint64_t idle_share = 32;
};

struct RunSize {
  uint64_t points;
  bool is_stored;
};

// The first of the runs to merge: it and all that arrived after it. None: leave
// them as they are. `runs` come in order of arrival. A merge that would be
// followed by another at once is picked as one.
//
// Stored runs stay before those in memory, so that what a crash takes is always
// the points that arrived last.
std::optional<size_t> PickMerge(absl::Span<const RunSize> runs, const MergeRules& rules);

struct RunRange {
  size_t begin;
  size_t end;
};

// What else to merge when nothing is added: the stored runs into one, and those in
// memory into one. None: that is done.
std::optional<RunRange> PickIdleMerge(absl::Span<const RunSize> runs, const MergeRules& rules);

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_MERGE_POLICY_H_
