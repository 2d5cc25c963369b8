// The verb diff: what changed in a view, and whether the world did or we learned.
#ifndef ANNALS_ENGINE_QUERY_VERBS_DIFF_H_
#define ANNALS_ENGINE_QUERY_VERBS_DIFF_H_

#include "absl/status/statusor.h"
#include "engine/query/question.h"
#include "engine/query/verbs/inquiry.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// Two steps lead from `from` to `to`: first `valid` alone moves, then `known`
// and `position`. Three evaluations. Errors are Evaluate's and EvidenceReader's.
absl::StatusOr<v1::DiffResult> AnswerDiff(const Inquiry& inquiry, const PinnedAsOf& from,
                                          const PinnedAsOf& to);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_DIFF_H_
