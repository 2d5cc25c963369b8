// The verb history: a view at each step of a walk through time.
#ifndef ANNALS_ENGINE_QUERY_VERBS_HISTORY_H_
#define ANNALS_ENGINE_QUERY_VERBS_HISTORY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/query/question.h"
#include "engine/query/verbs/inquiry.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// One point a step, in the order of `steps`, and one evaluation each; what the
// evaluations read, they read by one sweep a world (SweptIndex). Errors are
// Evaluate's.
absl::StatusOr<v1::HistoryResult> AnswerHistory(const Inquiry& inquiry,
                                                const std::vector<PinnedAsOf>& steps);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_HISTORY_H_
