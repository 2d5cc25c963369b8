#include "server/grpc/timelines_service.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "engine/access/principal.h"
#include "engine/base/status.h"
#include "engine/service/guarded_service.h"
#include "server/grpc/rebuild_call.h"
#include "server/grpc/unary_call.h"

namespace annals {
namespace {

template <typename Response>
absl::Status Put(absl::StatusOr<Response> answer, Response* response) {
  if (!answer.ok()) return answer.status();
  *response = *std::move(answer);
  return absl::OkStatus();
}

}  // namespace

TimelinesService::TimelinesService(GuardedStore served, const CallGate* gate,
                                   const CallSurroundings& surroundings,
                                   boost::asio::thread_pool* maintenance)
    : served_(std::move(served)),
      gate_(gate),
      surroundings_(surroundings),
      maintenance_(surroundings) {
  maintenance_.pool = maintenance;
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* TimelinesService::Answer(const char* verb, Context* context,
                                                   const Request* request, Response* response,
                                                   Verb<Request, Response> ask) {
  return UnaryCall::Start(surroundings_, context, verb, [=, this]() -> absl::Status {
    ANNALS_ASSIGN_OR_RETURN(PrincipalPtr principal, gate_->Identify(*context));
    GuardedService service(&served_, std::move(principal));
    return Put((service.*ask)(*request), response);
  });
}

grpc::ServerUnaryReactor* TimelinesService::ListTimelines(Context* context,
                                                          const v1::ListTimelinesRequest* request,
                                                          v1::ListTimelinesResponse* response) {
  return Answer("ListTimelines", context, request, response, &Service::ListTimelines);
}

grpc::ServerUnaryReactor* TimelinesService::GetTimeline(Context* context,
                                                        const v1::GetTimelineRequest* request,
                                                        v1::Timeline* response) {
  return Answer("GetTimeline", context, request, response, &Service::GetTimeline);
}

grpc::ServerUnaryReactor* TimelinesService::CreateTimeline(Context* context,
                                                           const v1::CreateTimelineRequest* request,
                                                           v1::CreateTimelineResponse* response) {
  return Answer("CreateTimeline", context, request, response, &Service::CreateTimeline);
}

grpc::ServerUnaryReactor* TimelinesService::ListViews(Context* context,
                                                      const v1::ListViewsRequest* request,
                                                      v1::ListViewsResponse* response) {
  return Answer("ListViews", context, request, response, &Service::ListViews);
}

grpc::ServerUnaryReactor* TimelinesService::ListTypes(Context* context,
                                                      const v1::ListTypesRequest* request,
                                                      v1::ListTypesResponse* response) {
  return Answer("ListTypes", context, request, response, &Service::ListTypes);
}

grpc::ServerUnaryReactor* TimelinesService::GetStats(Context* context,
                                                     const v1::GetStatsRequest* request,
                                                     v1::GetStatsResponse* response) {
  return Answer("GetStats", context, request, response, &Service::GetStats);
}

grpc::ServerUnaryReactor* TimelinesService::Append(Context* context,
                                                   const v1::AppendRequest* request,
                                                   v1::AppendResponse* response) {
  return UnaryCall::Start(surroundings_, context, "Append", [=, this]() -> absl::Status {
    ANNALS_ASSIGN_OR_RETURN(PrincipalPtr principal, gate_->Identify(*context));
    GuardedService service(&served_, std::move(principal));
    return Put(service.Append(*request), response);
  });
}

grpc::ServerUnaryReactor* TimelinesService::GetEvent(Context* context,
                                                     const v1::GetEventRequest* request,
                                                     v1::Event* response) {
  return Answer("GetEvent", context, request, response, &Service::GetEvent);
}

grpc::ServerUnaryReactor* TimelinesService::ListEvents(Context* context,
                                                       const v1::ListEventsRequest* request,
                                                       v1::EventList* response) {
  return Answer("ListEvents", context, request, response, &Service::ListEvents);
}

grpc::ServerUnaryReactor* TimelinesService::GetCheckpoint(Context* context,
                                                          const v1::GetCheckpointRequest* request,
                                                          v1::SignedCheckpoint* response) {
  return Answer("GetCheckpoint", context, request, response, &Service::GetCheckpoint);
}

grpc::ServerUnaryReactor* TimelinesService::ProveEvent(Context* context,
                                                       const v1::ProveEventRequest* request,
                                                       v1::EventProof* response) {
  return Answer("ProveEvent", context, request, response, &Service::ProveEvent);
}

grpc::ServerUnaryReactor* TimelinesService::ProveConsistency(
    Context* context, const v1::ProveConsistencyRequest* request, v1::ConsistencyProof* response) {
  return Answer("ProveConsistency", context, request, response, &Service::ProveConsistency);
}

grpc::ServerUnaryReactor* TimelinesService::Pin(Context* context, const v1::PinRequest* request,
                                                v1::PinResponse* response) {
  return Answer("Pin", context, request, response, &Service::Pin);
}

grpc::ServerUnaryReactor* TimelinesService::AsOf(Context* context, const v1::AsOfRequest* request,
                                                 v1::AsOfResponse* response) {
  return Answer("AsOf", context, request, response, &Service::AsOf);
}

grpc::ServerUnaryReactor* TimelinesService::Diff(Context* context, const v1::DiffRequest* request,
                                                 v1::DiffResponse* response) {
  return Answer("Diff", context, request, response, &Service::Diff);
}

grpc::ServerUnaryReactor* TimelinesService::History(Context* context,
                                                    const v1::HistoryRequest* request,
                                                    v1::HistoryResult* response) {
  return Answer("History", context, request, response, &Service::History);
}

grpc::ServerUnaryReactor* TimelinesService::Why(Context* context, const v1::WhyRequest* request,
                                                v1::WhyResponse* response) {
  return Answer("Why", context, request, response, &Service::Why);
}

grpc::ServerUnaryReactor* TimelinesService::Explain(Context* context,
                                                    const v1::ExplainRequest* request,
                                                    v1::ExplainResult* response) {
  return Answer("Explain", context, request, response, &Service::Explain);
}

grpc::ServerUnaryReactor* TimelinesService::CreateConsumer(Context* context,
                                                           const v1::CreateConsumerRequest* request,
                                                           v1::Consumer* response) {
  return Answer("CreateConsumer", context, request, response, &Service::CreateConsumer);
}

grpc::ServerUnaryReactor* TimelinesService::ListConsumers(Context* context,
                                                          const v1::ListConsumersRequest* request,
                                                          v1::ListConsumersResponse* response) {
  return Answer("ListConsumers", context, request, response, &Service::ListConsumers);
}

grpc::ServerUnaryReactor* TimelinesService::DeleteConsumer(Context* context,
                                                           const v1::DeleteConsumerRequest* request,
                                                           v1::DeleteConsumerResponse* response) {
  return Answer("DeleteConsumer", context, request, response, &Service::DeleteConsumer);
}

grpc::ServerUnaryReactor* TimelinesService::FetchDeliveries(
    Context* context, const v1::FetchDeliveriesRequest* request,
    v1::FetchDeliveriesResponse* response) {
  return Answer("FetchDeliveries", context, request, response, &Service::FetchDeliveries);
}

grpc::ServerUnaryReactor* TimelinesService::AckDeliveries(Context* context,
                                                          const v1::AckDeliveriesRequest* request,
                                                          v1::SettledPositions* response) {
  return Answer("AckDeliveries", context, request, response, &Service::AckDeliveries);
}

grpc::ServerUnaryReactor* TimelinesService::NackDeliveries(Context* context,
                                                           const v1::NackDeliveriesRequest* request,
                                                           v1::SettledPositions* response) {
  return Answer("NackDeliveries", context, request, response, &Service::NackDeliveries);
}

grpc::ServerUnaryReactor* TimelinesService::ListParkedEvents(
    Context* context, const v1::ListParkedEventsRequest* request,
    v1::ListParkedEventsResponse* response) {
  return Answer("ListParkedEvents", context, request, response, &Service::ListParkedEvents);
}

grpc::ServerUnaryReactor* TimelinesService::ReplayParkedEvents(
    Context* context, const v1::ReplayParkedEventsRequest* request,
    v1::SettledPositions* response) {
  return Answer("ReplayParkedEvents", context, request, response, &Service::ReplayParkedEvents);
}

grpc::ServerUnaryReactor* TimelinesService::CreateToken(Context* context,
                                                        const v1::CreateTokenRequest* request,
                                                        v1::CreateTokenResponse* response) {
  return Answer("CreateToken", context, request, response, &Service::CreateToken);
}

grpc::ServerUnaryReactor* TimelinesService::ListTokens(Context* context,
                                                       const v1::ListTokensRequest* request,
                                                       v1::ListTokensResponse* response) {
  return Answer("ListTokens", context, request, response, &Service::ListTokens);
}

grpc::ServerUnaryReactor* TimelinesService::RevokeToken(Context* context,
                                                        const v1::RevokeTokenRequest* request,
                                                        v1::RevokeTokenResponse* response) {
  return Answer("RevokeToken", context, request, response, &Service::RevokeToken);
}

grpc::ServerWriteReactor<v1::RebuildProjectionsResponse>* TimelinesService::RebuildProjections(
    Context* context, const v1::RebuildProjectionsRequest* request) {
  absl::StatusOr<PrincipalPtr> principal = gate_->Identify(*context);
  const absl::Status admission = principal.status();
  std::shared_ptr<Service> service;
  if (principal.ok()) service = std::make_shared<GuardedService>(&served_, *std::move(principal));
  return RebuildCall::Start(maintenance_, std::move(service), *request, admission);
}

}  // namespace annals
