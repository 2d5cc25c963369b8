// The temporal index, asked the same as the model.
#ifndef ANNALS_TESTS_MODEL_COMPARE_INDEX_H_
#define ANNALS_TESTS_MODEL_COMPARE_INDEX_H_

#include <string>

#include "engine/index/temporal_index.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/operation.h"

namespace annals::model {

// Asks, in both worlds, for all rows under the operation's key, who contributes
// to them and, where it is a set's group, its members; the lists in pages of
// `limit`. Returns what differs, for a person to read; "" if nothing does.
std::string CompareIndex(const TemporalIndex& index, const NaiveTimeline& timeline,
                         const Operation& question);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_COMPARE_INDEX_H_
