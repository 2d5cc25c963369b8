#include "engine/query/verbs/history.h"

#include "engine/base/status.h"
#include "engine/query/verbs/evaluation.h"
#include "engine/query/verbs/swept_index.h"

namespace annals {

absl::StatusOr<v1::HistoryResult> AnswerHistory(const Inquiry& inquiry,
                                                const std::vector<PinnedAsOf>& steps) {
  v1::HistoryResult result;
  result.set_timeline(inquiry.timeline.name);
  result.set_view(inquiry.view->name);
  FillColumns(*inquiry.view, result.mutable_columns());
  const SweptIndex index(inquiry.index, steps);
  for (const PinnedAsOf& step : steps) {
    v1::HistoryPoint* const point = result.add_points();
    *point->mutable_as_of() = ToProto(step, inquiry.timeline.home_zone);
    ANNALS_ASSIGN_OR_RETURN(const JoinedRows rows, Evaluate(*inquiry.view, index, step));
    for (const auto& [key, cells] : rows) *point->add_rows() = ToRow(*inquiry.view, key, cells);
  }
  return result;
}

}  // namespace annals
