// IndexOptions: what the index may use.
#ifndef ANNALS_ENGINE_INDEX_INDEX_OPTIONS_H_
#define ANNALS_ENGINE_INDEX_INDEX_OPTIONS_H_

#include <cstddef>

#include "engine/index/forest/merge_policy.h"
#include "engine/index/forest/run_fences.h"

namespace annals {

struct IndexOptions {
  // Shared by all timelines: pages of sums that were read. What is beyond the second
  // figure is taken from the database's block cache, so that both together stay within
  // their bounds.
  size_t page_cache_bytes = size_t{768} << 20;
  size_t own_page_cache_bytes = size_t{576} << 20;

  // A measure's groups that can be summed without a scan, about 100 bytes each.
  // Those that come when there are so many are scanned.
  size_t most_groups = size_t{1} << 20;

  // Up to so many contributions are read one by one: that takes no longer.
  size_t small_scan_contributions = 32;

  // Of each timeline: contributions of registers that are kept sorted, about 70
  // bytes each. Those of one register take up to half of it, or are scanned.
  size_t ladder_cache_bytes = size_t{160} << 20;

  // Of each set: members whose presence is in memory, about 120 bytes each, up to
  // twice as many. The others are read when they get another contribution.
  size_t cached_members = size_t{1} << 18;

  // Contributions of one projection, a set's counted once, that are kept in memory
  // before they are stored: after a crash they are taken in again from the log.
  size_t stored_contributions = 65'536;
  size_t stored_bytes = size_t{32} << 20;

  // The same while a projection is built from the first event, when no one reads
  // it: the fewer and larger its parts, the sooner that is done.
  size_t building_contributions = size_t{1} << 20;
  size_t building_bytes = size_t{224} << 20;

  // Fewer events than this are left in memory when the store is closed, and taken
  // in again at the next start: it costs less than storing them.
  size_t events_worth_storing = 512;

  // Of the forests (engine/index/forest).
  forest::MergeRules merges;
  forest::RunShape shape;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_INDEX_OPTIONS_H_
