// RemoteService: the verbs of a store that a server has open.
//
//   ANNALS_ASSIGN_OR_RETURN(auto service, RemoteService::Connect("http://127.0.0.1:7171", {}));
//   ANNALS_ASSIGN_OR_RETURN(const v1::AsOfResponse response, service->AsOf(request));
#ifndef ANNALS_CLIENT_REMOTE_SERVICE_H_
#define ANNALS_CLIENT_REMOTE_SERVICE_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/verb_caller.h"
#include "engine/service/service.h"

namespace annals {

// Speaks HTTP/1.1 with protobuf bodies. Errors are the server's own, code and message,
// and UNAVAILABLE for what happens on the way. A question that can't change anything
// is asked once more if a kept connection turns out to be dead; anything else isn't:
// then the message says that it may have been done. Thread-safe.
class RemoteService final : public Service {
 public:
  struct Options {
    // Shown to the server with every question. Empty: none is.
    std::string token;
    // PEM: who vouches for the server. Empty: whom the system trusts.
    std::string ca_path;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
    // How long an answer is waited for without anything moving.
    std::chrono::milliseconds silence = std::chrono::minutes(5);
  };

  // Connects only when it is first asked. INVALID_ARGUMENT for a URL that is none
  // (client/server_url.h), and for a token that would go unencrypted to another
  // machine.
  static absl::StatusOr<std::unique_ptr<RemoteService>> Connect(absl::string_view url,
                                                                const Options& options);

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
  // Without a limit of time: a feed may have nothing to say for days.
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
  using Effect = VerbCaller::Effect;

  RemoteService(Connection::Options options, std::chrono::milliseconds silence)
      : caller_(std::move(options), silence) {}

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(absl::string_view verb, const Request& request, Effect effect);

  // The items of a feed.
  template <typename Response, typename Item, typename Request>
  absl::StatusOr<std::unique_ptr<ItemReader<Item>>> Follow(absl::string_view verb,
                                                           const Request& request);

  VerbCaller caller_;
};

}  // namespace annals

#endif  // ANNALS_CLIENT_REMOTE_SERVICE_H_
