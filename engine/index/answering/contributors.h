// ContributorsOf: which events stand behind a measure's rows.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_CONTRIBUTORS_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_CONTRIBUTORS_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/answering/served_projections.h"
#include "engine/index/temporal_index.h"

namespace annals {

// As TemporalIndex::Contributors says. With one key, or few under the prefix, reads
// what it returns and what lies between; with many, all that is under the prefix,
// in memory for `limit` positions.
absl::StatusOr<std::vector<Position>> ContributorsOf(const ServedMeasure& served, const Key& prefix,
                                                     const Slice& slice, Position after,
                                                     size_t limit);

// Whether that is one key, or few.
bool ReadsContributorsInOrder(const ServedMeasure& served, const Key& prefix);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_CONTRIBUTORS_H_
