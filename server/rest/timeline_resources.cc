#include "server/rest/timeline_resources.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/render/catalogue.h"
#include "proto/annals/v1/service.pb.h"
#include "server/rest/message_body.h"

namespace annals::rest {
namespace {

template <typename Message, typename MakeTable>
absl::StatusOr<Answer> Listed(const Inquiry& inquiry, const Message& message,
                              const MakeTable& table) {
  Answer answer{.form = inquiry.form, .life = Answer::Life::kChanging};
  ANNALS_ASSIGN_OR_RETURN(answer.body,
                          Written(
                              inquiry.form, [&] { return AnswerToJson(message, HomeZone(), {}); },
                              [&]() -> absl::StatusOr<Table> { return table(message); }));
  return answer;
}

absl::StatusOr<Answer> ListTimelines(const Inquiry& inquiry) {
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTimelinesResponse all, inquiry.service.ListTimelines({}));
  return Listed(inquiry, all, TimelinesTable);
}

absl::StatusOr<Answer> GetTimeline(const Inquiry& inquiry) {
  v1::GetTimelineRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::Timeline timeline, inquiry.service.GetTimeline(asked));
  return Listed(inquiry, timeline, [](const v1::Timeline& one) {
    v1::ListTimelinesResponse list;
    *list.add_timelines() = one;
    return TimelinesTable(list);
  });
}

absl::StatusOr<Answer> CreateTimeline(const Inquiry& inquiry) {
  v1::CreateTimelineRequest asked;
  ANNALS_RETURN_IF_ERROR(ReadMessage(inquiry.request, &asked));
  ANNALS_ASSIGN_OR_RETURN(const v1::CreateTimelineResponse created,
                          inquiry.service.CreateTimeline(asked));
  return Answer{.status = created.existed() ? 200 : 201,
                .body = AnswerToJson(created, HomeZone(), {})};
}

absl::StatusOr<Answer> ListViews(const Inquiry& inquiry) {
  v1::ListViewsRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::ListViewsResponse views, inquiry.service.ListViews(asked));
  return Listed(inquiry, views, ViewsTable);
}

absl::StatusOr<Answer> ListTypes(const Inquiry& inquiry) {
  v1::ListTypesRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTypesResponse types, inquiry.service.ListTypes(asked));
  return Listed(inquiry, types, TypesTable);
}

absl::StatusOr<Answer> GetStats(const Inquiry& inquiry) {
  v1::GetStatsRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::GetStatsResponse stats, inquiry.service.GetStats(asked));
  return Listed(inquiry, stats, StatsTable);
}

}  // namespace

void AddTimelineResources(const ResourceContext& context, http::Router* router) {
  const auto get = [&](std::string pattern, Answering answer) {
    AddResource({.pattern = std::move(pattern), .answer = std::move(answer)}, context, router);
  };
  get("/v1/timelines", ListTimelines);
  AddResource({.method = http::Method::kPost, .pattern = "/v1/timelines", .answer = CreateTimeline},
              context, router);
  get("/v1/stats", GetStats);
  get("/v1/timelines/{timeline}", GetTimeline);
  get("/v1/timelines/{timeline}/views", ListViews);
  get("/v1/timelines/{timeline}/types", ListTypes);
  get("/v1/timelines/{timeline}/stats", GetStats);
}

}  // namespace annals::rest
