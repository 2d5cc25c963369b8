#include "engine/service/guarded_service.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/service/question_cost.h"
#include "proto/annals/v1/timeline.pb.h"

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

absl::string_view TimelineOf(const v1::CreateTokenRequest&) { return kAllTimelines; }
absl::string_view TimelineOf(const v1::ListTokensRequest&) { return kAllTimelines; }
absl::string_view TimelineOf(const v1::RevokeTokenRequest&) { return kAllTimelines; }

// Where the events make a timeline, that is what is asked for.
v1::Role RoleFor(const v1::AppendRequest& request) {
  for (const v1::Event& event : request.events()) {
    if (event.payload().Is<v1::TimelineCreated>()) return v1::ADMIN;
  }
  return v1::WRITER;
}

}  // namespace

absl::Status GuardedService::Admit(v1::Role role, absl::string_view timeline, double units) {
  ANNALS_RETURN_IF_ERROR(principal_->CheckMay(role, timeline));
  ANNALS_RETURN_IF_ERROR(Charge(units));
  // An administrator may be about to make it.
  return role == v1::ADMIN ? absl::OkStatus() : CheckExists(timeline);
}

absl::Status GuardedService::CheckExists(absl::string_view timeline) {
  if (!principal_->is_limited() || principal_->CheckMay(v1::READER, kAllTimelines).ok()) {
    return absl::OkStatus();
  }
  v1::GetTimelineRequest request;
  request.set_timeline(std::string(timeline));
  const absl::Status found = store_->service->GetTimeline(request).status();
  if (!absl::IsNotFound(found)) return found;
  return absl::NotFoundError(absl::StrCat("timeline \"", timeline,
                                          "\": there is no such timeline yet; an administrator "
                                          "can make it"));
}

absl::Status GuardedService::Charge(double units) {
  if (!IsLimited()) return absl::OkStatus();
  const std::optional<QuotaRefusal> refusal = store_->quotas->Charge(*principal_, units);
  return refusal.has_value() ? store_->Refusal(*refusal) : absl::OkStatus();
}

template <typename Request, typename Response>
absl::StatusOr<Response> GuardedService::Ask(
    v1::Role role, const Request& request,
    absl::StatusOr<Response> (Service::*verb)(const Request&)) {
  ANNALS_RETURN_IF_ERROR(Admit(role, TimelineOf(request), UnitsAhead(request)));
  absl::StatusOr<Response> answer = (store_->service->*verb)(request);
  if (IsLimited() && answer.ok()) {
    store_->quotas->Debit(*principal_, UnitsBeyond(request, *answer));
  }
  return answer;
}

absl::StatusOr<StreamPassPtr> GuardedService::OpenStream(const std::string& timeline) {
  ANNALS_RETURN_IF_ERROR(Admit(v1::READER, Named(timeline), kQuestionUnits));
  std::unique_ptr<Quotas::Stream> place;
  if (IsLimited()) {
    Quotas::StreamOrRefusal opened = store_->quotas->OpenStream(*principal_);
    if (opened.stream == nullptr) return store_->Refusal(opened.refusal);
    place = std::move(opened.stream);
  }
  return std::make_shared<const StreamPass>(store_, principal_, timeline, std::move(place));
}

absl::Status GuardedService::CheckKept(absl::string_view timeline) {
  return Admit(v1::READER, timeline.empty() ? kAllTimelines : timeline, kQuestionUnits);
}

// Those that the principal may read.
absl::StatusOr<v1::ListTimelinesResponse> GuardedService::ListTimelines(
    const v1::ListTimelinesRequest& request) {
  // Anybody with a token may ask; and this asks whether there is one, which stands.
  const auto& timelines = principal_->token().timelines();
  const std::string any = timelines.empty() ? std::string() : timelines[0];
  ANNALS_RETURN_IF_ERROR(principal_->CheckMay(v1::READER, any));
  ANNALS_RETURN_IF_ERROR(Charge(kQuestionUnits));
  ANNALS_ASSIGN_OR_RETURN(v1::ListTimelinesResponse all, store_->service->ListTimelines(request));
  v1::ListTimelinesResponse readable;
  for (v1::Timeline& timeline : *all.mutable_timelines()) {
    if (principal_->CheckMay(v1::READER, timeline.name()).ok()) {
      *readable.add_timelines() = std::move(timeline);
    }
  }
  return readable;
}

absl::StatusOr<v1::AppendResponse> GuardedService::Append(v1::AppendRequest request) {
  ANNALS_RETURN_IF_ERROR(Admit(RoleFor(request), TimelineOf(request), UnitsAhead(request)));
  return store_->service->Append(std::move(request));
}

absl::StatusOr<std::unique_ptr<EventReader>> GuardedService::ReadEvents(
    const v1::ReadEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const StreamPassPtr pass, OpenStream(request.timeline()));
  return pass->ReadEvents(request);
}

absl::StatusOr<std::unique_ptr<FeedReader>> GuardedService::Subscribe(
    const v1::SubscribeRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const StreamPassPtr pass, OpenStream(request.timeline()));
  return pass->Read(request);
}

absl::StatusOr<std::unique_ptr<ViewFeedReader>> GuardedService::SubscribeView(
    const v1::SubscribeViewRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const StreamPassPtr pass, OpenStream(request.timeline()));
  return pass->Read(request);
}

absl::Status GuardedService::RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                                const RebuildReport& report) {
  ANNALS_RETURN_IF_ERROR(Admit(v1::ADMIN, TimelineOf(request), UnitsAhead(request)));
  ANNALS_RETURN_IF_ERROR(CheckExists(TimelineOf(request)));
  return store_->service->RebuildProjections(request, report);
}

// The others ask whether one may, and ask.

absl::StatusOr<v1::Timeline> GuardedService::GetTimeline(const v1::GetTimelineRequest& request) {
  return Ask(v1::READER, request, &Service::GetTimeline);
}

absl::StatusOr<v1::CreateTimelineResponse> GuardedService::CreateTimeline(
    const v1::CreateTimelineRequest& request) {
  return Ask(v1::ADMIN, request, &Service::CreateTimeline);
}

absl::StatusOr<v1::ListViewsResponse> GuardedService::ListViews(
    const v1::ListViewsRequest& request) {
  return Ask(v1::READER, request, &Service::ListViews);
}

absl::StatusOr<v1::ListTypesResponse> GuardedService::ListTypes(
    const v1::ListTypesRequest& request) {
  return Ask(v1::READER, request, &Service::ListTypes);
}

absl::StatusOr<v1::GetStatsResponse> GuardedService::GetStats(const v1::GetStatsRequest& request) {
  return Ask(v1::READER, request, &Service::GetStats);
}

absl::StatusOr<v1::Event> GuardedService::GetEvent(const v1::GetEventRequest& request) {
  return Ask(v1::READER, request, &Service::GetEvent);
}

absl::StatusOr<v1::EventList> GuardedService::ListEvents(const v1::ListEventsRequest& request) {
  return Ask(v1::READER, request, &Service::ListEvents);
}

absl::StatusOr<v1::SignedCheckpoint> GuardedService::GetCheckpoint(
    const v1::GetCheckpointRequest& request) {
  return Ask(v1::READER, request, &Service::GetCheckpoint);
}

absl::StatusOr<v1::EventProof> GuardedService::ProveEvent(const v1::ProveEventRequest& request) {
  return Ask(v1::READER, request, &Service::ProveEvent);
}

absl::StatusOr<v1::ConsistencyProof> GuardedService::ProveConsistency(
    const v1::ProveConsistencyRequest& request) {
  return Ask(v1::READER, request, &Service::ProveConsistency);
}

absl::StatusOr<v1::PinResponse> GuardedService::Pin(const v1::PinRequest& request) {
  return Ask(v1::READER, request, &Service::Pin);
}

absl::StatusOr<v1::AsOfResponse> GuardedService::AsOf(const v1::AsOfRequest& request) {
  return Ask(v1::READER, request, &Service::AsOf);
}

absl::StatusOr<v1::DiffResponse> GuardedService::Diff(const v1::DiffRequest& request) {
  return Ask(v1::READER, request, &Service::Diff);
}

absl::StatusOr<v1::HistoryResult> GuardedService::History(const v1::HistoryRequest& request) {
  return Ask(v1::READER, request, &Service::History);
}

absl::StatusOr<v1::WhyResponse> GuardedService::Why(const v1::WhyRequest& request) {
  return Ask(v1::READER, request, &Service::Why);
}

absl::StatusOr<v1::ExplainResult> GuardedService::Explain(const v1::ExplainRequest& request) {
  return Ask(v1::READER, request, &Service::Explain);
}

absl::StatusOr<v1::Consumer> GuardedService::CreateConsumer(
    const v1::CreateConsumerRequest& request) {
  return Ask(v1::WRITER, request, &Service::CreateConsumer);
}

absl::StatusOr<v1::ListConsumersResponse> GuardedService::ListConsumers(
    const v1::ListConsumersRequest& request) {
  return Ask(v1::READER, request, &Service::ListConsumers);
}

absl::StatusOr<v1::DeleteConsumerResponse> GuardedService::DeleteConsumer(
    const v1::DeleteConsumerRequest& request) {
  return Ask(v1::WRITER, request, &Service::DeleteConsumer);
}

absl::StatusOr<v1::FetchDeliveriesResponse> GuardedService::FetchDeliveries(
    const v1::FetchDeliveriesRequest& request) {
  return Ask(v1::WRITER, request, &Service::FetchDeliveries);
}

absl::StatusOr<v1::SettledPositions> GuardedService::AckDeliveries(
    const v1::AckDeliveriesRequest& request) {
  return Ask(v1::WRITER, request, &Service::AckDeliveries);
}

absl::StatusOr<v1::SettledPositions> GuardedService::NackDeliveries(
    const v1::NackDeliveriesRequest& request) {
  return Ask(v1::WRITER, request, &Service::NackDeliveries);
}

absl::StatusOr<v1::ListParkedEventsResponse> GuardedService::ListParkedEvents(
    const v1::ListParkedEventsRequest& request) {
  return Ask(v1::READER, request, &Service::ListParkedEvents);
}

absl::StatusOr<v1::SettledPositions> GuardedService::ReplayParkedEvents(
    const v1::ReplayParkedEventsRequest& request) {
  return Ask(v1::WRITER, request, &Service::ReplayParkedEvents);
}

absl::StatusOr<v1::CreateTokenResponse> GuardedService::CreateToken(
    const v1::CreateTokenRequest& request) {
  return Ask(v1::ADMIN, request, &Service::CreateToken);
}

absl::StatusOr<v1::ListTokensResponse> GuardedService::ListTokens(
    const v1::ListTokensRequest& request) {
  return Ask(v1::ADMIN, request, &Service::ListTokens);
}

absl::StatusOr<v1::RevokeTokenResponse> GuardedService::RevokeToken(
    const v1::RevokeTokenRequest& request) {
  return Ask(v1::ADMIN, request, &Service::RevokeToken);
}

}  // namespace annals
