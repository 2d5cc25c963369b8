#include "client/remote_service.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/server_url.h"
#include "engine/base/status.h"

namespace annals {
namespace {

bool IsThisMachine(const std::string& host) {
  return host == "localhost" || host == "::1" || absl::StartsWith(host, "127.");
}

template <typename Message>
absl::Status Parse(absl::string_view verb, absl::string_view bytes, Message* message) {
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("the server's answer to ", verb, " is no ",
                                          message->GetDescriptor()->full_name()));
}

// The next message of a stream; false at its end.
template <typename Message>
absl::StatusOr<bool> ReadNext(absl::string_view verb, VerbStream* stream, Message* message) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, stream->Next());
  if (!bytes.has_value()) return false;
  ANNALS_RETURN_IF_ERROR(Parse(verb, *bytes, message));
  return true;
}

class RemoteEventReader final : public EventReader {
 public:
  explicit RemoteEventReader(std::unique_ptr<VerbStream> stream) : stream_(std::move(stream)) {}

  bool Next() override {
    if (ended_) return false;
    while (++next_ >= batch_.events_size()) {
      next_ = -1;
      const absl::StatusOr<bool> more = ReadNext("ReadEvents", stream_.get(), &batch_);
      if (more.ok() && *more) continue;
      status_ = more.status();
      ended_ = true;
      return false;
    }
    return true;
  }

  const v1::Event& event() const override { return batch_.events(next_); }

  void Take(v1::Event* event) override { *event = std::move(*batch_.mutable_events(next_)); }

  absl::Status status() const override { return status_; }

 private:
  const std::unique_ptr<VerbStream> stream_;
  v1::ReadEventsResponse batch_;
  int next_ = -1;
  bool ended_ = false;
  absl::Status status_;
};

template <typename Response, typename Item>
class RemoteItemReader final : public ItemReader<Item> {
 public:
  RemoteItemReader(std::string verb, std::unique_ptr<VerbStream> stream)
      : verb_(std::move(verb)), stream_(std::move(stream)) {}

  absl::StatusOr<Item> Next() override {
    while (next_ >= batch_.items_size()) {
      next_ = 0;
      batch_.clear_items();
      ANNALS_ASSIGN_OR_RETURN(const bool more, ReadNext(verb_, stream_.get(), &batch_));
      if (!more) return absl::UnavailableError("the server has ended the feed; subscribe anew");
    }
    return std::move(*batch_.mutable_items(next_++));
  }

  void Cancel() override { stream_->Cancel(); }

 private:
  const std::string verb_;
  const std::unique_ptr<VerbStream> stream_;
  Response batch_;
  int next_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RemoteService>> RemoteService::Connect(absl::string_view url,
                                                                      const Options& options) {
  Connection::Options connection;
  ANNALS_ASSIGN_OR_RETURN(connection.url, ServerUrl::Parse(url));
  if (!options.token.empty() && !connection.url.is_tls && !IsThisMachine(connection.url.host)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the token would go to ", connection.url.ToString(),
                     " for everyone on the way to read; use https://"));
  }
  connection.token = options.token;
  connection.ca_path = options.ca_path;
  connection.connect_timeout = options.connect_timeout;
  return std::unique_ptr<RemoteService>(new RemoteService(std::move(connection), options.silence));
}

template <typename Response, typename Request>
absl::StatusOr<Response> RemoteService::Ask(absl::string_view verb, const Request& request,
                                            Effect effect) {
  ANNALS_ASSIGN_OR_RETURN(const std::string answer,
                          caller_.Call(verb, request.SerializeAsString(), effect));
  Response response;
  ANNALS_RETURN_IF_ERROR(Parse(verb, answer, &response));
  return response;
}

absl::StatusOr<v1::ListTimelinesResponse> RemoteService::ListTimelines(
    const v1::ListTimelinesRequest& request) {
  return Ask<v1::ListTimelinesResponse>("ListTimelines", request, Effect::kRead);
}

absl::StatusOr<v1::Timeline> RemoteService::GetTimeline(const v1::GetTimelineRequest& request) {
  return Ask<v1::Timeline>("GetTimeline", request, Effect::kRead);
}

absl::StatusOr<v1::CreateTimelineResponse> RemoteService::CreateTimeline(
    const v1::CreateTimelineRequest& request) {
  return Ask<v1::CreateTimelineResponse>("CreateTimeline", request, Effect::kWrite);
}

absl::StatusOr<v1::ListViewsResponse> RemoteService::ListViews(
    const v1::ListViewsRequest& request) {
  return Ask<v1::ListViewsResponse>("ListViews", request, Effect::kRead);
}

absl::StatusOr<v1::ListTypesResponse> RemoteService::ListTypes(
    const v1::ListTypesRequest& request) {
  return Ask<v1::ListTypesResponse>("ListTypes", request, Effect::kRead);
}

absl::StatusOr<v1::GetStatsResponse> RemoteService::GetStats(const v1::GetStatsRequest& request) {
  return Ask<v1::GetStatsResponse>("GetStats", request, Effect::kRead);
}

absl::StatusOr<v1::AppendResponse> RemoteService::Append(v1::AppendRequest request) {
  return Ask<v1::AppendResponse>("Append", request, Effect::kWrite);
}

absl::StatusOr<v1::Event> RemoteService::GetEvent(const v1::GetEventRequest& request) {
  return Ask<v1::Event>("GetEvent", request, Effect::kRead);
}

absl::StatusOr<v1::EventList> RemoteService::ListEvents(const v1::ListEventsRequest& request) {
  return Ask<v1::EventList>("ListEvents", request, Effect::kRead);
}

absl::StatusOr<v1::SignedCheckpoint> RemoteService::GetCheckpoint(
    const v1::GetCheckpointRequest& request) {
  return Ask<v1::SignedCheckpoint>("GetCheckpoint", request, Effect::kRead);
}

absl::StatusOr<v1::EventProof> RemoteService::ProveEvent(const v1::ProveEventRequest& request) {
  return Ask<v1::EventProof>("ProveEvent", request, Effect::kRead);
}

absl::StatusOr<v1::ConsistencyProof> RemoteService::ProveConsistency(
    const v1::ProveConsistencyRequest& request) {
  return Ask<v1::ConsistencyProof>("ProveConsistency", request, Effect::kRead);
}

absl::StatusOr<v1::PinResponse> RemoteService::Pin(const v1::PinRequest& request) {
  return Ask<v1::PinResponse>("Pin", request, Effect::kRead);
}

absl::StatusOr<v1::AsOfResponse> RemoteService::AsOf(const v1::AsOfRequest& request) {
  return Ask<v1::AsOfResponse>("AsOf", request, Effect::kRead);
}

absl::StatusOr<v1::DiffResponse> RemoteService::Diff(const v1::DiffRequest& request) {
  return Ask<v1::DiffResponse>("Diff", request, Effect::kRead);
}

absl::StatusOr<v1::HistoryResult> RemoteService::History(const v1::HistoryRequest& request) {
  return Ask<v1::HistoryResult>("History", request, Effect::kRead);
}

absl::StatusOr<v1::WhyResponse> RemoteService::Why(const v1::WhyRequest& request) {
  return Ask<v1::WhyResponse>("Why", request, Effect::kRead);
}

absl::StatusOr<v1::ExplainResult> RemoteService::Explain(const v1::ExplainRequest& request) {
  return Ask<v1::ExplainResult>("Explain", request, Effect::kRead);
}

absl::StatusOr<v1::Consumer> RemoteService::CreateConsumer(
    const v1::CreateConsumerRequest& request) {
  return Ask<v1::Consumer>("CreateConsumer", request, Effect::kWrite);
}

absl::StatusOr<v1::ListConsumersResponse> RemoteService::ListConsumers(
    const v1::ListConsumersRequest& request) {
  return Ask<v1::ListConsumersResponse>("ListConsumers", request, Effect::kRead);
}

absl::StatusOr<v1::DeleteConsumerResponse> RemoteService::DeleteConsumer(
    const v1::DeleteConsumerRequest& request) {
  return Ask<v1::DeleteConsumerResponse>("DeleteConsumer", request, Effect::kWrite);
}

absl::StatusOr<v1::FetchDeliveriesResponse> RemoteService::FetchDeliveries(
    const v1::FetchDeliveriesRequest& request) {
  return Ask<v1::FetchDeliveriesResponse>("FetchDeliveries", request, Effect::kWrite);
}

absl::StatusOr<v1::SettledPositions> RemoteService::AckDeliveries(
    const v1::AckDeliveriesRequest& request) {
  return Ask<v1::SettledPositions>("AckDeliveries", request, Effect::kWrite);
}

absl::StatusOr<v1::SettledPositions> RemoteService::NackDeliveries(
    const v1::NackDeliveriesRequest& request) {
  return Ask<v1::SettledPositions>("NackDeliveries", request, Effect::kWrite);
}

absl::StatusOr<v1::ListParkedEventsResponse> RemoteService::ListParkedEvents(
    const v1::ListParkedEventsRequest& request) {
  return Ask<v1::ListParkedEventsResponse>("ListParkedEvents", request, Effect::kRead);
}

absl::StatusOr<v1::SettledPositions> RemoteService::ReplayParkedEvents(
    const v1::ReplayParkedEventsRequest& request) {
  return Ask<v1::SettledPositions>("ReplayParkedEvents", request, Effect::kWrite);
}

absl::StatusOr<v1::CreateTokenResponse> RemoteService::CreateToken(
    const v1::CreateTokenRequest& request) {
  return Ask<v1::CreateTokenResponse>("CreateToken", request, Effect::kWrite);
}

absl::StatusOr<v1::ListTokensResponse> RemoteService::ListTokens(
    const v1::ListTokensRequest& request) {
  return Ask<v1::ListTokensResponse>("ListTokens", request, Effect::kRead);
}

absl::StatusOr<v1::RevokeTokenResponse> RemoteService::RevokeToken(
    const v1::RevokeTokenRequest& request) {
  return Ask<v1::RevokeTokenResponse>("RevokeToken", request, Effect::kWrite);
}

absl::StatusOr<std::unique_ptr<EventReader>> RemoteService::ReadEvents(
    const v1::ReadEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(
      std::unique_ptr<VerbStream> stream,
      caller_.Open("ReadEvents", request.SerializeAsString(), Effect::kRead, caller_.silence()));
  return std::make_unique<RemoteEventReader>(std::move(stream));
}

template <typename Response, typename Item, typename Request>
absl::StatusOr<std::unique_ptr<ItemReader<Item>>> RemoteService::Follow(absl::string_view verb,
                                                                        const Request& request) {
  ANNALS_ASSIGN_OR_RETURN(
      std::unique_ptr<VerbStream> stream,
      caller_.Open(verb, request.SerializeAsString(), Effect::kRead, Connection::kForever));
  return std::make_unique<RemoteItemReader<Response, Item>>(std::string(verb), std::move(stream));
}

absl::StatusOr<std::unique_ptr<FeedReader>> RemoteService::Subscribe(
    const v1::SubscribeRequest& request) {
  return Follow<v1::SubscribeResponse, v1::FeedItem>("Subscribe", request);
}

absl::StatusOr<std::unique_ptr<ViewFeedReader>> RemoteService::SubscribeView(
    const v1::SubscribeViewRequest& request) {
  return Follow<v1::SubscribeViewResponse, v1::ViewFeedItem>("SubscribeView", request);
}

absl::Status RemoteService::RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                               const RebuildReport& report) {
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<VerbStream> stream,
                          caller_.Open("RebuildProjections", request.SerializeAsString(),
                                       Effect::kWrite, Connection::kForever));
  v1::RebuildProjectionsResponse progress;
  while (true) {
    ANNALS_ASSIGN_OR_RETURN(const bool more,
                            ReadNext("RebuildProjections", stream.get(), &progress));
    if (!more) return absl::OkStatus();
    report(progress);
  }
}

}  // namespace annals
