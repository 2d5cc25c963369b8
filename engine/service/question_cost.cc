#include "engine/service/question_cost.h"

namespace annals {
namespace {

double RowsOf(const v1::AsOfResponse& response) {
  double rows = 0;
  for (const v1::ViewResult& view : response.views()) rows += view.rows_size();
  return rows;
}

double RowsOf(const v1::DiffResponse& response) {
  double rows = 0;
  for (const v1::DiffResult& diff : response.diffs()) rows += diff.changes_size();
  return rows;
}

double RowsOf(const v1::HistoryResult& response) {
  double rows = 0;
  for (const v1::HistoryPoint& point : response.points()) rows += point.rows_size();
  return rows;
}

// Where no view is named all are meant: one at least.
double ViewsAhead(int views) { return views > 0 ? views : 1; }

}  // namespace

double UnitsAhead(const v1::AsOfRequest& request) {
  return kQuestionUnits + kViewUnits * ViewsAhead(request.views_size());
}

double UnitsAhead(const v1::DiffRequest& request) {
  return kQuestionUnits + 2 * kViewUnits * ViewsAhead(request.views_size());
}

double UnitsAhead(const v1::HistoryRequest&) { return kQuestionUnits + kViewUnits; }

double UnitsAhead(const v1::WhyRequest&) { return kQuestionUnits + kViewUnits; }

double UnitsAhead(const v1::ExplainRequest&) { return kQuestionUnits + kViewUnits; }

double UnitsAhead(const v1::AppendRequest& request) {
  return kQuestionUnits + kRowUnits * request.events_size();
}

double UnitsBeyond(const v1::AsOfRequest& request, const v1::AsOfResponse& response) {
  return kViewUnits * (response.views_size() - ViewsAhead(request.views_size())) +
         kRowUnits * RowsOf(response);
}

double UnitsBeyond(const v1::DiffRequest& request, const v1::DiffResponse& response) {
  return 2 * kViewUnits * (response.diffs_size() - ViewsAhead(request.views_size())) +
         kRowUnits * RowsOf(response);
}

double UnitsBeyond(const v1::HistoryRequest&, const v1::HistoryResult& response) {
  return kViewUnits * (response.points_size() - 1) + kRowUnits * RowsOf(response);
}

double UnitsBeyond(const v1::WhyRequest&, const v1::WhyResponse& response) {
  return kRowUnits * response.reasons_size();
}

double UnitsBeyond(const v1::ListEventsRequest&, const v1::EventList& response) {
  return kRowUnits * response.events_size();
}

double UnitsBeyond(const v1::FetchDeliveriesRequest&, const v1::FetchDeliveriesResponse& response) {
  return kRowUnits * response.deliveries_size();
}

double UnitsBeyond(const v1::ListParkedEventsRequest&,
                   const v1::ListParkedEventsResponse& response) {
  return kRowUnits * response.events_size();
}

}  // namespace annals
