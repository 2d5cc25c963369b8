#include "engine/index/forest/merge_policy.h"

#include <algorithm>

namespace annals::forest {
namespace {

size_t LevelOf(uint64_t points, const MergeRules& rules) {
  size_t level = 0;
  for (uint64_t size = rules.tail_points; points / rules.fan >= size; size *= rules.fan) ++level;
  return level;
}

}  // namespace

// 1. From the newest run back, the runs of one level at a time; an older run that
//    is smaller counts as one of the level at hand.
// 2. A level that has its fan is merged with all that is newer. The result counts
//    as one more run of the levels that it reaches.
// 3. Runs in memory before a run that goes to the store go with it.
std::optional<size_t> PickMerge(absl::Span<const RunSize> runs, const MergeRules& rules) {
  std::optional<size_t> first;
  uint64_t merged = 0;
  uint64_t points = 0;
  size_t level = 0;
  for (size_t end = runs.size(); end > 0;) {
    level = std::max(level, LevelOf(runs[end - 1].points, rules));
    if (first && LevelOf(merged, rules) < level) break;
    size_t begin = end;
    while (begin > 0 && LevelOf(runs[begin - 1].points, rules) <= level) {
      points += runs[--begin].points;
    }
    const size_t count = end - begin + (first ? 1 : 0);
    if (count >= rules.fan) {
      first = begin;
      merged = points;
    } else if (first) {
      break;
    }
    end = begin;
  }
  if (!first) return std::nullopt;
  if (merged >= rules.stored_points) {
    for (; *first > 0 && !runs[*first - 1].is_stored; --*first) merged += runs[*first - 1].points;
  }
  for (; merged > rules.largest_points; ++*first) merged -= runs[*first].points;
  if (runs.size() - *first < 2) return std::nullopt;
  return first;
}

std::optional<RunRange> PickIdleMerge(absl::Span<const RunSize> runs, const MergeRules& rules) {
  const auto is_stored = [](const RunSize& run) { return run.is_stored; };
  const size_t stored = std::find_if_not(runs.begin(), runs.end(), is_stored) - runs.begin();
  if (runs.size() - stored >= 2) return RunRange{stored, runs.size()};
  uint64_t newer = 0;
  size_t first = stored;
  for (size_t i = stored; i > 0; --i) {
    const uint64_t points = runs[i - 1].points;
    if (newer + points > rules.largest_points) break;
    if (points / rules.idle_share <= newer) first = i - 1;
    newer += points;
  }
  if (stored - first < 2) return std::nullopt;
  return RunRange{first, stored};
}

}  // namespace annals::forest
