// The verb why: the events behind a row, whole.
#ifndef ANNALS_ENGINE_QUERY_VERBS_WHY_H_
#define ANNALS_ENGINE_QUERY_VERBS_WHY_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/query/question.h"
#include "engine/query/verbs/inquiry.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// The rows whose keys begin with `key`. A page ends at the same position in both
// worlds, so that `more_after` gives each event once and none is left out.
//   NOT_FOUND         no such row; the message lists keys that are near
//   INVALID_ARGUMENT  a key longer than the view's, or `limit` 0
//   others            Evaluate's and EvidenceReader's
absl::StatusOr<std::vector<v1::WhyResult>> AnswerWhy(const Inquiry& inquiry, const Key& key,
                                                     const PinnedAsOf& as_of, Position after,
                                                     size_t limit);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_WHY_H_
