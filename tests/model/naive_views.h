// The lighthouses domain's views, worked out from a NaiveTimeline.
#ifndef ANNALS_TESTS_MODEL_NAIVE_VIEWS_H_
#define ANNALS_TESTS_MODEL_NAIVE_VIEWS_H_

#include <map>
#include <string>
#include <vector>

#include "engine/base/key.h"
#include "engine/index/temporal_index.h"
#include "engine/query/query_engine.h"
#include "tests/model/naive_timeline.h"

namespace annals::model {

// A cell in both worlds.
struct NaiveCell {
  Answer certain;
  Answer possible;
};

// A view's rows: a cell for each column that isn't a key, in the view's order.
using NaiveTable = std::map<Key, std::vector<NaiveCell>>;

// Evaluates the view in both worlds. `view` must be one of LighthousesDomain's.
NaiveTable EvaluateNaively(const NaiveTimeline& timeline, const std::string& view,
                           const PinnedAsOf& as_of);

// Whether a sum that the table needs leaves 64 bits: then there is no table, but
// an error.
bool IsBeyond(const NaiveTable& table);

// One world of an as-of.
Slice NaiveSlice(WorldKind world, const PinnedAsOf& as_of);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_NAIVE_VIEWS_H_
