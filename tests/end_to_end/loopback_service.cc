#include "tests/end_to_end/loopback_service.h"

#include <utility>

#include "cli/type_docs.h"
#include "gtest/gtest.h"

namespace annals::testing {
namespace {

constexpr size_t kEventsOnAPage = 7;

template <typename Message>
Message Travelled(const Message& message) {
  Message arrived;
  EXPECT_TRUE(arrived.ParseFromString(message.SerializeAsString()));
  return arrived;
}

template <typename Message>
absl::StatusOr<Message> Travelled(const absl::StatusOr<Message>& answer) {
  if (!answer.ok()) return answer.status();
  return Travelled(*answer);
}

}  // namespace

LoopbackService::LoopbackService(std::unique_ptr<Store> store,
                                 std::unique_ptr<std::vector<Domain>> domains)
    : domains_(std::move(domains)),
      store_(std::move(store)),
      service_(store_.get(),
               {.max_page_events = kEventsOnAPage, .describe_type = FirstSentenceAbout}) {}

absl::StatusOr<v1::ListTimelinesResponse> LoopbackService::ListTimelines(
    const v1::ListTimelinesRequest& request) {
  return Travelled(service_.ListTimelines(Travelled(request)));
}

absl::StatusOr<v1::Timeline> LoopbackService::GetTimeline(const v1::GetTimelineRequest& request) {
  return Travelled(service_.GetTimeline(Travelled(request)));
}

absl::StatusOr<v1::CreateTimelineResponse> LoopbackService::CreateTimeline(
    const v1::CreateTimelineRequest& request) {
  return Travelled(service_.CreateTimeline(Travelled(request)));
}

absl::StatusOr<v1::ListViewsResponse> LoopbackService::ListViews(
    const v1::ListViewsRequest& request) {
  return Travelled(service_.ListViews(Travelled(request)));
}

absl::StatusOr<v1::ListTypesResponse> LoopbackService::ListTypes(
    const v1::ListTypesRequest& request) {
  return Travelled(service_.ListTypes(Travelled(request)));
}

absl::StatusOr<v1::GetStatsResponse> LoopbackService::GetStats(const v1::GetStatsRequest& request) {
  return Travelled(service_.GetStats(Travelled(request)));
}

absl::StatusOr<v1::AppendResponse> LoopbackService::Append(v1::AppendRequest request) {
  return Travelled(service_.Append(Travelled(request)));
}

absl::StatusOr<v1::Event> LoopbackService::GetEvent(const v1::GetEventRequest& request) {
  return Travelled(service_.GetEvent(Travelled(request)));
}

absl::StatusOr<std::unique_ptr<EventReader>> LoopbackService::ReadEvents(
    const v1::ReadEventsRequest& request) {
  return service_.ReadEvents(Travelled(request));
}

absl::StatusOr<v1::EventList> LoopbackService::ListEvents(const v1::ListEventsRequest& request) {
  return Travelled(service_.ListEvents(Travelled(request)));
}

absl::StatusOr<v1::SignedCheckpoint> LoopbackService::GetCheckpoint(
    const v1::GetCheckpointRequest& request) {
  return Travelled(service_.GetCheckpoint(Travelled(request)));
}

absl::StatusOr<v1::EventProof> LoopbackService::ProveEvent(const v1::ProveEventRequest& request) {
  return Travelled(service_.ProveEvent(Travelled(request)));
}

absl::StatusOr<v1::ConsistencyProof> LoopbackService::ProveConsistency(
    const v1::ProveConsistencyRequest& request) {
  return Travelled(service_.ProveConsistency(Travelled(request)));
}

absl::StatusOr<v1::PinResponse> LoopbackService::Pin(const v1::PinRequest& request) {
  return Travelled(service_.Pin(Travelled(request)));
}

absl::StatusOr<v1::AsOfResponse> LoopbackService::AsOf(const v1::AsOfRequest& request) {
  return Travelled(service_.AsOf(Travelled(request)));
}

absl::StatusOr<v1::DiffResponse> LoopbackService::Diff(const v1::DiffRequest& request) {
  return Travelled(service_.Diff(Travelled(request)));
}

absl::StatusOr<v1::HistoryResult> LoopbackService::History(const v1::HistoryRequest& request) {
  return Travelled(service_.History(Travelled(request)));
}

absl::StatusOr<v1::WhyResponse> LoopbackService::Why(const v1::WhyRequest& request) {
  return Travelled(service_.Why(Travelled(request)));
}

absl::StatusOr<v1::ExplainResult> LoopbackService::Explain(const v1::ExplainRequest& request) {
  return Travelled(service_.Explain(Travelled(request)));
}

absl::StatusOr<std::unique_ptr<FeedReader>> LoopbackService::Subscribe(
    const v1::SubscribeRequest& request) {
  return service_.Subscribe(Travelled(request));
}

absl::StatusOr<std::unique_ptr<ViewFeedReader>> LoopbackService::SubscribeView(
    const v1::SubscribeViewRequest& request) {
  return service_.SubscribeView(Travelled(request));
}

absl::StatusOr<v1::Consumer> LoopbackService::CreateConsumer(
    const v1::CreateConsumerRequest& request) {
  return Travelled(service_.CreateConsumer(Travelled(request)));
}

absl::StatusOr<v1::ListConsumersResponse> LoopbackService::ListConsumers(
    const v1::ListConsumersRequest& request) {
  return Travelled(service_.ListConsumers(Travelled(request)));
}

absl::StatusOr<v1::DeleteConsumerResponse> LoopbackService::DeleteConsumer(
    const v1::DeleteConsumerRequest& request) {
  return Travelled(service_.DeleteConsumer(Travelled(request)));
}

absl::StatusOr<v1::FetchDeliveriesResponse> LoopbackService::FetchDeliveries(
    const v1::FetchDeliveriesRequest& request) {
  return Travelled(service_.FetchDeliveries(Travelled(request)));
}

absl::StatusOr<v1::SettledPositions> LoopbackService::AckDeliveries(
    const v1::AckDeliveriesRequest& request) {
  return Travelled(service_.AckDeliveries(Travelled(request)));
}

absl::StatusOr<v1::SettledPositions> LoopbackService::NackDeliveries(
    const v1::NackDeliveriesRequest& request) {
  return Travelled(service_.NackDeliveries(Travelled(request)));
}

absl::StatusOr<v1::ListParkedEventsResponse> LoopbackService::ListParkedEvents(
    const v1::ListParkedEventsRequest& request) {
  return Travelled(service_.ListParkedEvents(Travelled(request)));
}

absl::StatusOr<v1::SettledPositions> LoopbackService::ReplayParkedEvents(
    const v1::ReplayParkedEventsRequest& request) {
  return Travelled(service_.ReplayParkedEvents(Travelled(request)));
}

absl::StatusOr<v1::CreateTokenResponse> LoopbackService::CreateToken(
    const v1::CreateTokenRequest& request) {
  return Travelled(service_.CreateToken(Travelled(request)));
}

absl::StatusOr<v1::ListTokensResponse> LoopbackService::ListTokens(
    const v1::ListTokensRequest& request) {
  return Travelled(service_.ListTokens(Travelled(request)));
}

absl::StatusOr<v1::RevokeTokenResponse> LoopbackService::RevokeToken(
    const v1::RevokeTokenRequest& request) {
  return Travelled(service_.RevokeToken(Travelled(request)));
}

absl::Status LoopbackService::RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                                 const RebuildReport& report) {
  return service_.RebuildProjections(Travelled(request), report);
}

}  // namespace annals::testing
