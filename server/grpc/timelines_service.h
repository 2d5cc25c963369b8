// TimelinesService: annals.v1.Timelines on top of Service.
#ifndef ANNALS_SERVER_GRPC_TIMELINES_SERVICE_H_
#define ANNALS_SERVER_GRPC_TIMELINES_SERVICE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <string>

#include "absl/status/statusor.h"
#include "engine/service/guarded_store.h"
#include "engine/service/service.h"
#include "proto/annals/v1/service.grpc.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "server/grpc/call_gate.h"
#include "server/grpc/call_surroundings.h"

namespace annals {

// Each verb asks the gate who it is, and then, on a thread of the pool, the service that
// is theirs. The streams that may be long are left to whoever serves calls by their name:
// see StreamCall. Thread-safe. What it is made of must outlive it and its calls.
class TimelinesService final
    : public v1::Timelines::WithGenericMethod_ReadEvents<v1::Timelines::WithGenericMethod_Subscribe<
          v1::Timelines::WithGenericMethod_SubscribeView<v1::Timelines::CallbackService>>> {
 public:
  using Service = annals::Service;  // Not the base of the same name.
  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;

  // `maintenance`: the pool of RebuildProjections.
  TimelinesService(GuardedStore served, const CallGate* gate, const CallSurroundings& surroundings,
                   boost::asio::thread_pool* maintenance);

  Unary* ListTimelines(Context* context, const v1::ListTimelinesRequest* request,
                       v1::ListTimelinesResponse* response) override;
  Unary* GetTimeline(Context* context, const v1::GetTimelineRequest* request,
                     v1::Timeline* response) override;
  Unary* CreateTimeline(Context* context, const v1::CreateTimelineRequest* request,
                        v1::CreateTimelineResponse* response) override;
  Unary* ListViews(Context* context, const v1::ListViewsRequest* request,
                   v1::ListViewsResponse* response) override;
  Unary* ListTypes(Context* context, const v1::ListTypesRequest* request,
                   v1::ListTypesResponse* response) override;
  Unary* GetStats(Context* context, const v1::GetStatsRequest* request,
                  v1::GetStatsResponse* response) override;
  Unary* Append(Context* context, const v1::AppendRequest* request,
                v1::AppendResponse* response) override;
  Unary* GetEvent(Context* context, const v1::GetEventRequest* request,
                  v1::Event* response) override;
  Unary* ListEvents(Context* context, const v1::ListEventsRequest* request,
                    v1::EventList* response) override;
  Unary* GetCheckpoint(Context* context, const v1::GetCheckpointRequest* request,
                       v1::SignedCheckpoint* response) override;
  Unary* ProveEvent(Context* context, const v1::ProveEventRequest* request,
                    v1::EventProof* response) override;
  Unary* ProveConsistency(Context* context, const v1::ProveConsistencyRequest* request,
                          v1::ConsistencyProof* response) override;
  Unary* Pin(Context* context, const v1::PinRequest* request, v1::PinResponse* response) override;
  Unary* AsOf(Context* context, const v1::AsOfRequest* request,
              v1::AsOfResponse* response) override;
  Unary* Diff(Context* context, const v1::DiffRequest* request,
              v1::DiffResponse* response) override;
  Unary* History(Context* context, const v1::HistoryRequest* request,
                 v1::HistoryResult* response) override;
  Unary* Why(Context* context, const v1::WhyRequest* request, v1::WhyResponse* response) override;
  Unary* Explain(Context* context, const v1::ExplainRequest* request,
                 v1::ExplainResult* response) override;
  Unary* CreateConsumer(Context* context, const v1::CreateConsumerRequest* request,
                        v1::Consumer* response) override;
  Unary* ListConsumers(Context* context, const v1::ListConsumersRequest* request,
                       v1::ListConsumersResponse* response) override;
  Unary* DeleteConsumer(Context* context, const v1::DeleteConsumerRequest* request,
                        v1::DeleteConsumerResponse* response) override;
  Unary* FetchDeliveries(Context* context, const v1::FetchDeliveriesRequest* request,
                         v1::FetchDeliveriesResponse* response) override;
  Unary* AckDeliveries(Context* context, const v1::AckDeliveriesRequest* request,
                       v1::SettledPositions* response) override;
  Unary* NackDeliveries(Context* context, const v1::NackDeliveriesRequest* request,
                        v1::SettledPositions* response) override;
  Unary* ListParkedEvents(Context* context, const v1::ListParkedEventsRequest* request,
                          v1::ListParkedEventsResponse* response) override;
  Unary* ReplayParkedEvents(Context* context, const v1::ReplayParkedEventsRequest* request,
                            v1::SettledPositions* response) override;

  Unary* CreateToken(Context* context, const v1::CreateTokenRequest* request,
                     v1::CreateTokenResponse* response) override;
  Unary* ListTokens(Context* context, const v1::ListTokensRequest* request,
                    v1::ListTokensResponse* response) override;
  Unary* RevokeToken(Context* context, const v1::RevokeTokenRequest* request,
                     v1::RevokeTokenResponse* response) override;

  grpc::ServerWriteReactor<v1::RebuildProjectionsResponse>* RebuildProjections(
      Context* context, const v1::RebuildProjectionsRequest* request) override;

 private:
  template <typename Request, typename Response>
  using Verb = absl::StatusOr<Response> (Service::*)(const Request&);

  template <typename Request, typename Response>
  Unary* Answer(const char* verb, Context* context, const Request* request, Response* response,
                Verb<Request, Response> ask);

  const GuardedStore served_;
  const CallGate* const gate_;
  const CallSurroundings surroundings_;
  CallSurroundings maintenance_;
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_TIMELINES_SERVICE_H_
