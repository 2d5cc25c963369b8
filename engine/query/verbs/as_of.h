// The verb as-of: a view at one moment.
#ifndef ANNALS_ENGINE_QUERY_VERBS_AS_OF_H_
#define ANNALS_ENGINE_QUERY_VERBS_AS_OF_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "engine/query/question.h"
#include "engine/query/verbs/inquiry.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Every row with at most `evidence` events a cell and world. Errors are
// Evaluate's and EvidenceReader's.
absl::StatusOr<v1::ViewResult> AnswerAsOf(const Inquiry& inquiry, const PinnedAsOf& as_of,
                                          size_t evidence);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_VERBS_AS_OF_H_
