// Service: the verbs of a store, as request and response messages.
//
//   v1::AsOfRequest request;
//   request.set_timeline("venezuela-2026");
//   request.mutable_as_of()->set_valid("2026-01-12");
//   ANNALS_ASSIGN_OR_RETURN(const v1::AsOfResponse response, service.AsOf(request));
#ifndef ANNALS_ENGINE_SERVICE_SERVICE_H_
#define ANNALS_ENGINE_SERVICE_SERVICE_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/event_reader.h"
#include "engine/service/feed_reader.h"
#include "proto/annals/v1/access.pb.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/proof.pb.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// Whoever asks needn't know whether the store is in this process or behind a
// network: requests, answers and errors are the same. What the messages mean, and
// with which code a verb refuses, stands in proto/annals/v1/service.proto. Error
// messages call a request's field `from`, as it is named there. Thread-safe.
class Service {
 public:
  virtual ~Service() = default;

  virtual absl::StatusOr<v1::ListTimelinesResponse> ListTimelines(
      const v1::ListTimelinesRequest& request) = 0;
  virtual absl::StatusOr<v1::Timeline> GetTimeline(const v1::GetTimelineRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateTimelineResponse> CreateTimeline(
      const v1::CreateTimelineRequest& request) = 0;
  virtual absl::StatusOr<v1::ListViewsResponse> ListViews(const v1::ListViewsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListTypesResponse> ListTypes(const v1::ListTypesRequest& request) = 0;
  virtual absl::StatusOr<v1::GetStatsResponse> GetStats(const v1::GetStatsRequest& request) = 0;

  // By value: the events are moved into the log.
  virtual absl::StatusOr<v1::AppendResponse> Append(v1::AppendRequest request) = 0;
  virtual absl::StatusOr<v1::Event> GetEvent(const v1::GetEventRequest& request) = 0;
  // One by one, as fast as they are asked for. The service must outlive the reader.
  virtual absl::StatusOr<std::unique_ptr<EventReader>> ReadEvents(
      const v1::ReadEventsRequest& request) = 0;
  virtual absl::StatusOr<v1::EventList> ListEvents(const v1::ListEventsRequest& request) = 0;

  virtual absl::StatusOr<v1::SignedCheckpoint> GetCheckpoint(
      const v1::GetCheckpointRequest& request) = 0;
  virtual absl::StatusOr<v1::EventProof> ProveEvent(const v1::ProveEventRequest& request) = 0;
  virtual absl::StatusOr<v1::ConsistencyProof> ProveConsistency(
      const v1::ProveConsistencyRequest& request) = 0;

  virtual absl::StatusOr<v1::PinResponse> Pin(const v1::PinRequest& request) = 0;
  virtual absl::StatusOr<v1::AsOfResponse> AsOf(const v1::AsOfRequest& request) = 0;
  virtual absl::StatusOr<v1::DiffResponse> Diff(const v1::DiffRequest& request) = 0;
  virtual absl::StatusOr<v1::HistoryResult> History(const v1::HistoryRequest& request) = 0;
  virtual absl::StatusOr<v1::WhyResponse> Why(const v1::WhyRequest& request) = 0;
  virtual absl::StatusOr<v1::ExplainResult> Explain(const v1::ExplainRequest& request) = 0;

  // Items as they come. The service must outlive the reader.
  virtual absl::StatusOr<std::unique_ptr<FeedReader>> Subscribe(
      const v1::SubscribeRequest& request) = 0;
  virtual absl::StatusOr<std::unique_ptr<ViewFeedReader>> SubscribeView(
      const v1::SubscribeViewRequest& request) = 0;

  virtual absl::StatusOr<v1::Consumer> CreateConsumer(const v1::CreateConsumerRequest& request) = 0;
  virtual absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request) = 0;
  virtual absl::StatusOr<v1::FetchDeliveriesResponse> FetchDeliveries(
      const v1::FetchDeliveriesRequest& request) = 0;
  virtual absl::StatusOr<v1::SettledPositions> AckDeliveries(
      const v1::AckDeliveriesRequest& request) = 0;
  virtual absl::StatusOr<v1::SettledPositions> NackDeliveries(
      const v1::NackDeliveriesRequest& request) = 0;
  virtual absl::StatusOr<v1::ListParkedEventsResponse> ListParkedEvents(
      const v1::ListParkedEventsRequest& request) = 0;
  virtual absl::StatusOr<v1::SettledPositions> ReplayParkedEvents(
      const v1::ReplayParkedEventsRequest& request) = 0;

  virtual absl::StatusOr<v1::CreateTokenResponse> CreateToken(
      const v1::CreateTokenRequest& request) = 0;
  virtual absl::StatusOr<v1::ListTokensResponse> ListTokens(
      const v1::ListTokensRequest& request) = 0;
  virtual absl::StatusOr<v1::RevokeTokenResponse> RevokeToken(
      const v1::RevokeTokenRequest& request) = 0;

  // Returns when the projections are rebuilt; `report` is called now and then, on
  // this thread.
  using RebuildReport = std::function<void(const v1::RebuildProjectionsResponse&)>;
  virtual absl::Status RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                          const RebuildReport& report) = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_SERVICE_H_
