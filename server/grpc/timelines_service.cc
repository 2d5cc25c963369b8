#include "server/grpc/timelines_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "proto/annals/v1/timeline.pb.h"
#include "server/grpc/rebuild_call.h"
#include "server/grpc/sources.h"
#include "server/grpc/unary_call.h"

namespace annals {
namespace {

// Whoever asks about no timeline in particular asks about all.
absl::string_view Named(const std::string& timeline) {
  return timeline.empty() ? kAllTimelines : absl::string_view(timeline);
}

template <typename Request>
absl::string_view TimelineOf(const Request& request) {
  return Named(request.timeline());
}

absl::string_view TimelineOf(const v1::CreateConsumerRequest& request) {
  return Named(request.consumer().timeline());
}

// Where the events make a timeline, that is what is asked for.
v1::Role RoleFor(const v1::AppendRequest& request) {
  for (const v1::Event& event : request.events()) {
    if (event.payload().Is<v1::TimelineCreated>()) return v1::ADMIN;
  }
  return v1::WRITER;
}

template <typename Response>
absl::Status Put(absl::StatusOr<Response> answer, Response* response) {
  if (answer.ok()) *response = *std::move(answer);
  return answer.status();
}

template <typename Request>
absl::StatusOr<Request> Parse(const grpc::ByteBuffer& bytes) {
  // Reading uses the buffer up; the bytes themselves aren't copied.
  grpc::ByteBuffer shared = bytes;  // NOLINT(performance-unnecessary-copy-initialization)
  Request request;
  const grpc::Status parsed = grpc::SerializationTraits<Request>::Deserialize(&shared, &request);
  if (!parsed.ok())
    return absl::InvalidArgumentError("the request is not the message it should be");
  return request;
}

}  // namespace

TimelinesService::TimelinesService(const GrpcServed& served, const CallGate* gate,
                                   const CallSurroundings& surroundings,
                                   boost::asio::thread_pool* maintenance)
    : served_(served), gate_(gate), surroundings_(surroundings), maintenance_(surroundings) {
  maintenance_.pool = maintenance;
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* TimelinesService::Answer(const char* verb, v1::Role role,
                                                   Context* context, const Request* request,
                                                   Response* response,
                                                   Verb<Request, Response> ask) {
  return UnaryCall::Start(surroundings_, context, verb, [=, this]() -> absl::Status {
    ANNALS_RETURN_IF_ERROR(gate_->Admit(*context, role, TimelineOf(*request)).status());
    return Put((served_.service->*ask)(*request), response);
  });
}

grpc::ServerUnaryReactor* TimelinesService::ListTimelines(Context* context,
                                                          const v1::ListTimelinesRequest* request,
                                                          v1::ListTimelinesResponse* response) {
  return UnaryCall::Start(surroundings_, context, "ListTimelines", [=, this]() -> absl::Status {
    ANNALS_ASSIGN_OR_RETURN(const PrincipalPtr principal, gate_->Identify(*context));
    ANNALS_ASSIGN_OR_RETURN(v1::ListTimelinesResponse all,
                            served_.service->ListTimelines(*request));
    // Those that the principal may read.
    for (v1::Timeline& timeline : *all.mutable_timelines()) {
      if (principal->CheckMay(v1::READER, timeline.name()).ok()) {
        *response->add_timelines() = std::move(timeline);
      }
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TimelinesService::GetTimeline(Context* context,
                                                        const v1::GetTimelineRequest* request,
                                                        v1::Timeline* response) {
  return Answer("GetTimeline", v1::READER, context, request, response, &Service::GetTimeline);
}

grpc::ServerUnaryReactor* TimelinesService::CreateTimeline(Context* context,
                                                           const v1::CreateTimelineRequest* request,
                                                           v1::CreateTimelineResponse* response) {
  return Answer("CreateTimeline", v1::ADMIN, context, request, response, &Service::CreateTimeline);
}

grpc::ServerUnaryReactor* TimelinesService::ListViews(Context* context,
                                                      const v1::ListViewsRequest* request,
                                                      v1::ListViewsResponse* response) {
  return Answer("ListViews", v1::READER, context, request, response, &Service::ListViews);
}

grpc::ServerUnaryReactor* TimelinesService::ListTypes(Context* context,
                                                      const v1::ListTypesRequest* request,
                                                      v1::ListTypesResponse* response) {
  return Answer("ListTypes", v1::READER, context, request, response, &Service::ListTypes);
}

grpc::ServerUnaryReactor* TimelinesService::GetStats(Context* context,
                                                     const v1::GetStatsRequest* request,
                                                     v1::GetStatsResponse* response) {
  return Answer("GetStats", v1::READER, context, request, response, &Service::GetStats);
}

grpc::ServerUnaryReactor* TimelinesService::Append(Context* context,
                                                   const v1::AppendRequest* request,
                                                   v1::AppendResponse* response) {
  return UnaryCall::Start(surroundings_, context, "Append", [=, this]() -> absl::Status {
    ANNALS_RETURN_IF_ERROR(
        gate_->Admit(*context, RoleFor(*request), TimelineOf(*request)).status());
    return Put(served_.service->Append(*request), response);
  });
}

grpc::ServerUnaryReactor* TimelinesService::GetEvent(Context* context,
                                                     const v1::GetEventRequest* request,
                                                     v1::Event* response) {
  return Answer("GetEvent", v1::READER, context, request, response, &Service::GetEvent);
}

grpc::ServerUnaryReactor* TimelinesService::ListEvents(Context* context,
                                                       const v1::ListEventsRequest* request,
                                                       v1::EventList* response) {
  return Answer("ListEvents", v1::READER, context, request, response, &Service::ListEvents);
}

grpc::ServerUnaryReactor* TimelinesService::Pin(Context* context, const v1::PinRequest* request,
                                                v1::PinResponse* response) {
  return Answer("Pin", v1::READER, context, request, response, &Service::Pin);
}

grpc::ServerUnaryReactor* TimelinesService::AsOf(Context* context, const v1::AsOfRequest* request,
                                                 v1::AsOfResponse* response) {
  return Answer("AsOf", v1::READER, context, request, response, &Service::AsOf);
}

grpc::ServerUnaryReactor* TimelinesService::Diff(Context* context, const v1::DiffRequest* request,
                                                 v1::DiffResponse* response) {
  return Answer("Diff", v1::READER, context, request, response, &Service::Diff);
}

grpc::ServerUnaryReactor* TimelinesService::History(Context* context,
                                                    const v1::HistoryRequest* request,
                                                    v1::HistoryResult* response) {
  return Answer("History", v1::READER, context, request, response, &Service::History);
}

grpc::ServerUnaryReactor* TimelinesService::Why(Context* context, const v1::WhyRequest* request,
                                                v1::WhyResponse* response) {
  return Answer("Why", v1::READER, context, request, response, &Service::Why);
}

grpc::ServerUnaryReactor* TimelinesService::Explain(Context* context,
                                                    const v1::ExplainRequest* request,
                                                    v1::ExplainResult* response) {
  return Answer("Explain", v1::READER, context, request, response, &Service::Explain);
}

grpc::ServerUnaryReactor* TimelinesService::CreateConsumer(Context* context,
                                                           const v1::CreateConsumerRequest* request,
                                                           v1::Consumer* response) {
  return Answer("CreateConsumer", v1::WRITER, context, request, response, &Service::CreateConsumer);
}

grpc::ServerUnaryReactor* TimelinesService::ListConsumers(Context* context,
                                                          const v1::ListConsumersRequest* request,
                                                          v1::ListConsumersResponse* response) {
  return Answer("ListConsumers", v1::READER, context, request, response, &Service::ListConsumers);
}

grpc::ServerUnaryReactor* TimelinesService::DeleteConsumer(Context* context,
                                                           const v1::DeleteConsumerRequest* request,
                                                           v1::DeleteConsumerResponse* response) {
  return Answer("DeleteConsumer", v1::WRITER, context, request, response, &Service::DeleteConsumer);
}

grpc::ServerUnaryReactor* TimelinesService::FetchDeliveries(
    Context* context, const v1::FetchDeliveriesRequest* request,
    v1::FetchDeliveriesResponse* response) {
  return Answer("FetchDeliveries", v1::WRITER, context, request, response,
                &Service::FetchDeliveries);
}

grpc::ServerUnaryReactor* TimelinesService::AckDeliveries(Context* context,
                                                          const v1::AckDeliveriesRequest* request,
                                                          v1::SettledPositions* response) {
  return Answer("AckDeliveries", v1::WRITER, context, request, response, &Service::AckDeliveries);
}

grpc::ServerUnaryReactor* TimelinesService::NackDeliveries(Context* context,
                                                           const v1::NackDeliveriesRequest* request,
                                                           v1::SettledPositions* response) {
  return Answer("NackDeliveries", v1::WRITER, context, request, response, &Service::NackDeliveries);
}

grpc::ServerUnaryReactor* TimelinesService::ListParkedEvents(
    Context* context, const v1::ListParkedEventsRequest* request,
    v1::ListParkedEventsResponse* response) {
  return Answer("ListParkedEvents", v1::READER, context, request, response,
                &Service::ListParkedEvents);
}

grpc::ServerUnaryReactor* TimelinesService::ReplayParkedEvents(
    Context* context, const v1::ReplayParkedEventsRequest* request,
    v1::SettledPositions* response) {
  return Answer("ReplayParkedEvents", v1::WRITER, context, request, response,
                &Service::ReplayParkedEvents);
}

template <typename Request, typename Open>
grpc::ServerWriteReactor<grpc::ByteBuffer>* TimelinesService::Stream(const char* verb,
                                                                     Context* context,
                                                                     const Bytes* bytes,
                                                                     Open open) {
  const auto order = [&]() -> absl::StatusOr<StreamOrder> {
    ANNALS_ASSIGN_OR_RETURN(Request request, Parse<Request>(*bytes));
    StreamOrder order{.verb = verb, .timeline = request.timeline(), .role = v1::READER};
    ANNALS_ASSIGN_OR_RETURN(order.principal,
                            gate_->Admit(*context, order.role, Named(order.timeline)));
    ANNALS_ASSIGN_OR_RETURN(order.quota, gate_->OpenStream(*order.principal));
    order.open = [open = std::move(open), request = std::move(request)] { return open(request); };
    return order;
  };
  absl::StatusOr<StreamOrder> ordered = order();
  if (!ordered.ok()) return StreamCall::Refuse(surroundings_, context, verb, ordered.status());
  return StreamCall::Start(surroundings_, context, *std::move(ordered));
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* TimelinesService::ReadEvents(Context* context,
                                                                         const Bytes* request) {
  using Source = absl::StatusOr<std::unique_ptr<StreamSource>>;
  return Stream<v1::ReadEventsRequest>(
      "ReadEvents", context, request, [this](const v1::ReadEventsRequest& asked) -> Source {
        ANNALS_ASSIGN_OR_RETURN(auto reader, served_.service->ReadEvents(asked));
        return SourceOf(std::move(reader));
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* TimelinesService::Subscribe(Context* context,
                                                                        const Bytes* request) {
  using Source = absl::StatusOr<std::unique_ptr<StreamSource>>;
  return Stream<v1::SubscribeRequest>(
      "Subscribe", context, request, [this](const v1::SubscribeRequest& asked) -> Source {
        ANNALS_ASSIGN_OR_RETURN(auto subscription, served_.feed->Subscribe(asked));
        return SourceOf(std::move(subscription), surroundings_.clock);
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* TimelinesService::SubscribeView(Context* context,
                                                                            const Bytes* request) {
  using Source = absl::StatusOr<std::unique_ptr<StreamSource>>;
  return Stream<v1::SubscribeViewRequest>(
      "SubscribeView", context, request, [this](const v1::SubscribeViewRequest& asked) -> Source {
        ANNALS_ASSIGN_OR_RETURN(auto changes,
                                ViewChanges::Open(served_.queries, served_.log, asked));
        return SourceOf(std::move(changes));
      });
}

grpc::ServerWriteReactor<v1::RebuildProjectionsResponse>* TimelinesService::RebuildProjections(
    Context* context, const v1::RebuildProjectionsRequest* request) {
  return RebuildCall::Start(maintenance_, served_.service, *request,
                            gate_->Admit(*context, v1::ADMIN, TimelineOf(*request)).status());
}

}  // namespace annals
