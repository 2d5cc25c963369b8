// The temporal index, asked the same as the model.
#ifndef ANNALS_TESTS_MODEL_COMPARE_INDEX_H_
#define ANNALS_TESTS_MODEL_COMPARE_INDEX_H_

#include <cstddef>
#include <string>

#include "engine/base/key.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"
#include "engine/query/query_engine.h"
#include "tests/model/naive_timeline.h"

namespace annals::model {

struct IndexQuestion {
  MeasureRef measure;
  Key key;  // A prefix.
  PinnedAsOf as_of;
  size_t limit = 0;  // Of a page of contributors or members.
};

// Asks, in both worlds, for all rows under the key, who contributes to them and,
// where it is a set's group, its members. Returns what differs, for a person to
// read; "" if nothing does.
std::string CompareIndex(const TemporalIndex& index, const NaiveTimeline& timeline,
                         const IndexQuestion& question);

// At least so many answers are compared by that: rows and contributors, twice.
inline constexpr size_t kAnswersOfAnIndexQuestion = 4;

// How the index goes about the rows: "sums", "small scan", ….
std::string HowAnswered(const TemporalIndex& index, const IndexQuestion& question);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_COMPARE_INDEX_H_
