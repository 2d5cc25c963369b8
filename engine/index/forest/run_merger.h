// MergeIntoRun: makes one run of the points of several sources.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_MERGER_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/run_fences.h"
#include "engine/index/forest/run_source.h"

namespace annals::forest {

struct RunPlan {
  uint32_t id = 0;
  size_t measures = 1;
  RunShape shape;
  PageStore* store = nullptr;  // Null: the run keeps its own pages.
  std::stop_token stop;        // Asked every few thousand points.
};

// The sources come in order of arrival, and hold at least one point and at most
// 2^32 - 1. Each point costs a few comparisons with the other sources' heads,
// but next to none where their known times don't interleave. Needs 4 bytes of
// memory a point, and that of the open pages. Returns what the sources or the
// store say, or CANCELLED if it was stopped; what was written by then is for the
// caller to delete.
absl::StatusOr<std::shared_ptr<const Run>> MergeIntoRun(
    const RunPlan& plan, std::vector<std::unique_ptr<RunSource>> sources);

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_MERGER_H_
