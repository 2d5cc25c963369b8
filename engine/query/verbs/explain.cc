#include "engine/query/verbs/explain.h"

#include <cstddef>
#include <utility>

#include "engine/base/position.h"
#include "engine/base/status.h"
#include "engine/query/verbs/evaluation.h"
#include "engine/query/verbs/explaining_index.h"
#include "engine/query/verbs/why.h"

namespace annals {
namespace {

// Events a cell and world: as many as `why` gives where nothing else is asked for.
constexpr size_t kPage = 100;

}  // namespace

absl::StatusOr<v1::ExplainResult> AnswerExplain(const Inquiry& inquiry, const Key& key,
                                                const PinnedAsOf& as_of, const Clock* clock) {
  const ExplainingIndex index(inquiry.index, clock);
  Inquiry observed = inquiry;
  observed.index = &index;
  ANNALS_RETURN_IF_ERROR(key.empty() ? Evaluate(*observed.view, index, as_of).status()
                                     : AnswerWhy(observed, key, as_of, Position(), kPage).status());
  v1::ExplainResult result;
  result.set_timeline(inquiry.timeline.name);
  result.set_view(inquiry.view->name);
  result.mutable_key()->Assign(key.begin(), key.end());
  *result.mutable_as_of() = ToProto(as_of, inquiry.timeline.home_zone);
  for (v1::IndexRead& read : index.reads()) *result.add_reads() = std::move(read);
  return result;
}

}  // namespace annals
