// LoopbackService: a service as it is behind a network, in this process.
#ifndef ANNALS_TESTS_END_TO_END_LOOPBACK_SERVICE_H_
#define ANNALS_TESTS_END_TO_END_LOOPBACK_SERVICE_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/query/domain.h"
#include "engine/query/store.h"
#include "engine/service/service.h"
#include "engine/service/store_service.h"

namespace annals::testing {

// Has a store of its own open while it lives. Every request and every answer is
// turned to bytes and back on its way, so that nothing arrives that isn't in the
// messages; listings come a few events a page. Thread-safe as StoreService.
class LoopbackService : public Service {
 public:
  // `domains` are the store's.
  LoopbackService(std::unique_ptr<Store> store, std::unique_ptr<std::vector<Domain>> domains);

  absl::StatusOr<v1::ListTimelinesResponse> ListTimelines(
      const v1::ListTimelinesRequest& request) override;
  absl::StatusOr<v1::Timeline> GetTimeline(const v1::GetTimelineRequest& request) override;
  absl::StatusOr<v1::CreateTimelineResponse> CreateTimeline(
      const v1::CreateTimelineRequest& request) override;
  absl::StatusOr<v1::ListViewsResponse> ListViews(const v1::ListViewsRequest& request) override;
  absl::StatusOr<v1::ListTypesResponse> ListTypes(const v1::ListTypesRequest& request) override;
  absl::StatusOr<v1::GetStatsResponse> GetStats(const v1::GetStatsRequest& request) override;
  absl::StatusOr<v1::AppendResponse> Append(v1::AppendRequest request) override;
  absl::StatusOr<v1::Event> GetEvent(const v1::GetEventRequest& request) override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadEvents(
      const v1::ReadEventsRequest& request) override;
  absl::StatusOr<v1::EventList> ListEvents(const v1::ListEventsRequest& request) override;
  absl::StatusOr<v1::SignedCheckpoint> GetCheckpoint(
      const v1::GetCheckpointRequest& request) override;
  absl::StatusOr<v1::EventProof> ProveEvent(const v1::ProveEventRequest& request) override;
  absl::StatusOr<v1::ConsistencyProof> ProveConsistency(
      const v1::ProveConsistencyRequest& request) override;
  absl::StatusOr<v1::PinResponse> Pin(const v1::PinRequest& request) override;
  absl::StatusOr<v1::AsOfResponse> AsOf(const v1::AsOfRequest& request) override;
  absl::StatusOr<v1::DiffResponse> Diff(const v1::DiffRequest& request) override;
  absl::StatusOr<v1::HistoryResult> History(const v1::HistoryRequest& request) override;
  absl::StatusOr<v1::WhyResponse> Why(const v1::WhyRequest& request) override;
  absl::StatusOr<v1::ExplainResult> Explain(const v1::ExplainRequest& request) override;
  absl::StatusOr<std::unique_ptr<FeedReader>> Subscribe(
      const v1::SubscribeRequest& request) override;
  absl::StatusOr<std::unique_ptr<ViewFeedReader>> SubscribeView(
      const v1::SubscribeViewRequest& request) override;
  absl::StatusOr<v1::Consumer> CreateConsumer(const v1::CreateConsumerRequest& request) override;
  absl::StatusOr<v1::ListConsumersResponse> ListConsumers(
      const v1::ListConsumersRequest& request) override;
  absl::StatusOr<v1::DeleteConsumerResponse> DeleteConsumer(
      const v1::DeleteConsumerRequest& request) override;
  absl::StatusOr<v1::FetchDeliveriesResponse> FetchDeliveries(
      const v1::FetchDeliveriesRequest& request) override;
  absl::StatusOr<v1::SettledPositions> AckDeliveries(
      const v1::AckDeliveriesRequest& request) override;
  absl::StatusOr<v1::SettledPositions> NackDeliveries(
      const v1::NackDeliveriesRequest& request) override;
  absl::StatusOr<v1::ListParkedEventsResponse> ListParkedEvents(
      const v1::ListParkedEventsRequest& request) override;
  absl::StatusOr<v1::SettledPositions> ReplayParkedEvents(
      const v1::ReplayParkedEventsRequest& request) override;
  absl::StatusOr<v1::CreateTokenResponse> CreateToken(
      const v1::CreateTokenRequest& request) override;
  absl::StatusOr<v1::ListTokensResponse> ListTokens(const v1::ListTokensRequest& request) override;
  absl::StatusOr<v1::RevokeTokenResponse> RevokeToken(
      const v1::RevokeTokenRequest& request) override;
  absl::Status RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                  const RebuildReport& report) override;

 private:
  // In the order in which they need each other: the last is destroyed first.
  const std::unique_ptr<std::vector<Domain>> domains_;
  const std::unique_ptr<Store> store_;
  StoreService service_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_END_TO_END_LOOPBACK_SERVICE_H_
