// What questions cost, in the units of which a principal gets so many a second
// (engine/access/quotas.h). This is the only place that says so.
//
//   any question                      1   all, if the answer is kept ready
//   a view computed as of a date     10   once for as-of, why and explain; twice for a
//                                         diff; once a step of a history
//   a row or an event in the answer   1
//   an event appended                 1
//
// A question is charged before it is asked what it costs at least; what the answer
// took beyond that is taken from the account afterwards, which may be in debt then.
// Streams cost one unit and are counted instead: whoever reads them sets their pace.
#ifndef ANNALS_ENGINE_SERVICE_QUESTION_COST_H_
#define ANNALS_ENGINE_SERVICE_QUESTION_COST_H_

#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

inline constexpr double kQuestionUnits = 1;
inline constexpr double kViewUnits = 10;
inline constexpr double kRowUnits = 1;

// Before it is asked.
template <typename Request>
double UnitsAhead(const Request&) {
  return kQuestionUnits;
}
double UnitsAhead(const v1::AsOfRequest& request);
double UnitsAhead(const v1::DiffRequest& request);
double UnitsAhead(const v1::HistoryRequest& request);
double UnitsAhead(const v1::WhyRequest& request);
double UnitsAhead(const v1::ExplainRequest& request);
double UnitsAhead(const v1::AppendRequest& request);

// Beyond that, by what was answered.
template <typename Request, typename Response>
double UnitsBeyond(const Request&, const Response&) {
  return 0;
}
double UnitsBeyond(const v1::AsOfRequest& request, const v1::AsOfResponse& response);
double UnitsBeyond(const v1::DiffRequest& request, const v1::DiffResponse& response);
double UnitsBeyond(const v1::HistoryRequest& request, const v1::HistoryResult& response);
double UnitsBeyond(const v1::WhyRequest& request, const v1::WhyResponse& response);
double UnitsBeyond(const v1::ListEventsRequest& request, const v1::EventList& response);
double UnitsBeyond(const v1::FetchDeliveriesRequest& request,
                   const v1::FetchDeliveriesResponse& response);
double UnitsBeyond(const v1::ListParkedEventsRequest& request,
                   const v1::ListParkedEventsResponse& response);

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_QUESTION_COST_H_
