// The verb explain: what a view asks of the index, and how that is answered.
#ifndef ANNALS_ENGINE_QUERY_VERBS_EXPLAIN_H_
#define ANNALS_ENGINE_QUERY_VERBS_EXPLAIN_H_

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/key.h"
#include "engine/query/question.h"
#include "engine/query/verbs/inquiry.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Evaluates the view in both worlds, and notes each read; with a key, also reads
// a first page of the evidence of the rows whose keys begin with it, as `why`
// does. Times are the clock's. Errors are Evaluate's, or AnswerWhy's.
absl::StatusOr<v1::ExplainResult> AnswerExplain(const Inquiry& inquiry, const Key& key,
                                                const PinnedAsOf& as_of, const Clock* clock);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_EXPLAIN_H_
