// GuardedService: the verbs of a store, for one principal.
//
//   GuardedService service(&store, principal);
//   ANNALS_ASSIGN_OR_RETURN(const v1::AsOfResponse response, service.AsOf(request));
#ifndef ANNALS_ENGINE_SERVICE_GUARDED_SERVICE_H_
#define ANNALS_ENGINE_SERVICE_GUARDED_SERVICE_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/access/principal.h"
#include "engine/service/guarded_store.h"
#include "engine/service/service.h"
#include "engine/service/stream_pass.h"

namespace annals {

// What each verb takes:
//   READER  whatever only asks, and streams; ListTimelines leaves out what may not be read
//   WRITER  Append, and durable consumers, all but listing them
//   ADMIN   CreateTimeline, RebuildProjections, and an append that makes a timeline
//   ADMIN of all timelines: CreateToken, ListTokens, RevokeToken
// What concerns no timeline takes a token for all of them. A verb asks first whether the
// principal may (UNAUTHENTICATED, PERMISSION_DENIED), then whether its quota has room
// (RESOURCE_EXHAUSTED; engine/service/question_cost.h), and then the store's service.
// A verb that is added to Service has to be added here, or nothing compiles.
// Thread-safe, and cheap to make: one a request. The store must outlive it.
class GuardedService final : public Service {
 public:
  GuardedService(const GuardedStore* store, PrincipalPtr principal)
      : store_(store), principal_(std::move(principal)) {}

  // For servers, which follow a stream without waiting in it.
  absl::StatusOr<StreamPassPtr> OpenStream(const std::string& timeline);

  // For an answer that is kept ready: whether it may be given out, which is charged as
  // a question.
  absl::Status CheckKept(absl::string_view timeline);

  absl::StatusOr<v1::ListTimelinesResponse> ListTimelines(
      const v1::ListTimelinesRequest& request) override;
  absl::StatusOr<v1::Timeline> GetTimeline(const v1::GetTimelineRequest& request) override;
  absl::StatusOr<v1::CreateTimelineResponse> CreateTimeline(
      const v1::CreateTimelineRequest& request) override;
  absl::StatusOr<v1::ListViewsResponse> ListViews(const v1::ListViewsRequest& request) override;
  absl::StatusOr<v1::ListTypesResponse> ListTypes(const v1::ListTypesRequest& request) override;
  absl::StatusOr<v1::GetStatsResponse> GetStats(const v1::GetStatsRequest& request) override;
  absl::StatusOr<v1::Event> GetEvent(const v1::GetEventRequest& request) override;
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
  absl::StatusOr<v1::AppendResponse> Append(v1::AppendRequest request) override;
  absl::StatusOr<std::unique_ptr<EventReader>> ReadEvents(
      const v1::ReadEventsRequest& request) override;
  absl::StatusOr<std::unique_ptr<FeedReader>> Subscribe(
      const v1::SubscribeRequest& request) override;
  absl::StatusOr<std::unique_ptr<ViewFeedReader>> SubscribeView(
      const v1::SubscribeViewRequest& request) override;
  absl::Status RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                  const RebuildReport& report) override;

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(v1::Role role, const Request& request,
                               absl::StatusOr<Response> (Service::*verb)(const Request&));

  // Whether the principal may, and has the units, which are taken. NOT_FOUND for a
  // timeline that isn't there, unless it is to be made.
  absl::Status Admit(v1::Role role, absl::string_view timeline, double units);
  absl::Status Charge(double units);
  // The store's own error would name the other timelines to whoever may not read them.
  absl::Status CheckExists(absl::string_view timeline);
  bool IsLimited() const { return store_->quotas != nullptr && principal_->is_limited(); }

  const GuardedStore* const store_;
  const PrincipalPtr principal_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_GUARDED_SERVICE_H_
