// StoreService: the verbs, answered from an open store.
//
//   ANNALS_ASSIGN_OR_RETURN(auto store, Store::Open(folder, &domains, {}));
//   StoreService service(store.get(), {});
#ifndef ANNALS_ENGINE_SERVICE_STORE_SERVICE_H_
#define ANNALS_ENGINE_SERVICE_STORE_SERVICE_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/access/token_table.h"
#include "engine/base/mutex.h"
#include "engine/query/store.h"
#include "engine/service/notary.h"
#include "engine/service/service.h"
#include "engine/service/store_feeds.h"
#include "google/protobuf/descriptor.h"

namespace annals {

// Pins each question once, and echoes in the answer what it was pinned to, and what
// that rests on.
// Thread-safe. The store must outlive it.
class StoreService final : public Service {
 public:
  struct Options {
    // Of one page of ListEvents, whatever page size is asked for. At least 1.
    size_t max_page_events = 1'000;
    // One sentence about an event type, such as its .proto file has. Thread-safe.
    // Absent: none.
    std::function<std::string(const google::protobuf::Descriptor&)> describe_type;
    StoreFeeds::Options feeds;
  };

  StoreService(Store* store, Options options);

  // Where the store's events come from for whoever delivers them without waiting.
  StoreFeeds& feeds() { return feeds_; }

  // The store's tokens, read when they are first asked for. They live as long as this.
  // TokenTable::Open's errors, as long as it fails.
  absl::StatusOr<TokenTable*> OpenTokens();

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
  absl::Status Redact(const v1::RedactRequest& request, const RedactReport& report) override;
  absl::StatusOr<v1::ForgetSubjectResponse> ForgetSubject(
      const v1::ForgetSubjectRequest& request) override;
  absl::StatusOr<std::unique_ptr<ImageReader>> Backup(const v1::BackupRequest& request) override;

 private:
  // The views asked for; all of the timeline's if none are named.
  absl::StatusOr<std::vector<std::string>> ViewsAskedFor(
      const std::string& timeline,
      const google::protobuf::RepeatedPtrField<std::string>& views) const;
  // The pinned question in words, with the root of the events that answer it.
  absl::StatusOr<v1::AsOf> Rooted(const TimelineSettings& timeline, const PinnedAsOf& as_of);
  absl::StatusOr<v1::TimelineStats> StatsOf(const std::string& timeline);

  Store* const store_;
  const Options options_;
  StoreFeeds feeds_;
  Notary notary_;

  Mutex mutex_;
  std::unique_ptr<TokenTable> tokens_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_SERVICE_STORE_SERVICE_H_
