#include "engine/service/store_service.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/erasure/eraser.h"
#include "engine/query/unsealing.h"
#include "engine/service/consumer_verbs.h"
#include "engine/service/descriptions.h"
#include "engine/service/event_selection.h"
#include "engine/service/one_world.h"
#include "engine/service/page_token.h"
#include "engine/service/request_dates.h"
#include "engine/service/subscription_reader.h"
#include "engine/service/view_changes_reader.h"
#include "engine/storage/database.h"

namespace annals {
namespace {

constexpr uint32_t kMaxEvidence = 1'000;
constexpr uint32_t kDefaultReasons = 100;
constexpr uint32_t kMaxReasons = 10'000;

v1::Durability ToProto(storage::Durability durability) {
  return durability == storage::Durability::kSynced ? v1::DISK : v1::MEMORY;
}

v1::Receipt ToProto(const Receipt& receipt) {
  v1::Receipt proto;
  proto.set_id(receipt.id);
  proto.set_position(receipt.position.value);
  proto.set_revision(receipt.revision);
  *proto.mutable_recorded_at() = ToTimestamp(receipt.recorded_at);
  proto.set_duplicate(receipt.duplicate);
  proto.set_durability(ToProto(receipt.durability));
  return proto;
}

absl::StatusOr<AppendRequest> FromProto(v1::AppendRequest request) {
  AppendRequest append;
  append.timeline = request.timeline();
  if (!request.expected_revision().empty()) {
    ANNALS_ASSIGN_OR_RETURN(append.expected, ExpectedRevision::Parse(request.expected_revision()));
  }
  append.provenance = request.copies() ? Provenance::kCopied : Provenance::kStated;
  append.events.assign(std::make_move_iterator(request.mutable_events()->begin()),
                       std::make_move_iterator(request.mutable_events()->end()));
  return append;
}

// The id is fixed, so that creating the same timeline again changes nothing.
v1::Event CreationEvent(const v1::CreateTimelineRequest& request) {
  v1::Event event;
  event.set_id("timeline-created");
  event.set_timeline(request.timeline());
  event.set_stream("timeline");
  event.mutable_payload()->PackFrom(request.settings());
  return event;
}

template <typename Request>
ErasureDecision DecisionOf(const Request& request) {
  return {.reason = request.reason(), .authority = request.authority(), .editor = request.editor()};
}

Key ToKey(const google::protobuf::RepeatedPtrField<std::string>& key) {
  return Key(key.begin(), key.end());
}

absl::Status CheckAtMost(const char* name, uint32_t value, uint32_t limit) {
  if (value <= limit) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("`", name, "` is ", value, "; at most ", limit, " can be asked for"));
}

}  // namespace

StoreService::StoreService(Store* store, Options options)
    : store_(store),
      options_(std::move(options)),
      feeds_(store, options_.feeds),
      notary_(&store->log(), &store->keys()) {}

absl::StatusOr<v1::ListTimelinesResponse> StoreService::ListTimelines(
    const v1::ListTimelinesRequest&) {
  v1::ListTimelinesResponse response;
  for (const std::string& name : store_->log().Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, store_->log().Settings(name));
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store_->log().GetHead(name));
    *response.add_timelines() = Describe(settings, head);
  }
  return response;
}

absl::StatusOr<v1::Timeline> StoreService::GetTimeline(const v1::GetTimelineRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings,
                          store_->log().Settings(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store_->log().GetHead(request.timeline()));
  return Describe(settings, head);
}

absl::StatusOr<v1::CreateTimelineResponse> StoreService::CreateTimeline(
    const v1::CreateTimelineRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(
      const std::vector<Receipt> receipts,
      store_->log().Append({.timeline = request.timeline(), .events = {CreationEvent(request)}}));
  v1::GetTimelineRequest created;
  created.set_timeline(request.timeline());
  v1::CreateTimelineResponse response;
  ANNALS_ASSIGN_OR_RETURN(*response.mutable_timeline(), GetTimeline(created));
  response.set_existed(receipts[0].duplicate);
  return response;
}

absl::StatusOr<v1::ListViewsResponse> StoreService::ListViews(const v1::ListViewsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<const View*> views,
                          store_->queries().Views(request.timeline()));
  v1::ListViewsResponse response;
  for (const View* view : views) *response.add_views() = Describe(*view);
  return response;
}

absl::StatusOr<v1::ListTypesResponse> StoreService::ListTypes(const v1::ListTypesRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings,
                          store_->log().Settings(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<const google::protobuf::Descriptor*> types,
                          store_->types().Types(settings.domain));
  v1::ListTypesResponse response;
  for (const google::protobuf::Descriptor* type : types) {
    v1::EventType* const described = response.add_types();
    *described = Describe(*type);
    if (options_.describe_type) described->set_description(options_.describe_type(*type));
  }
  return response;
}

absl::StatusOr<v1::TimelineStats> StoreService::StatsOf(const std::string& timeline) {
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Census census, store_->log().TakeCensus(timeline));
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store_->log().GetHead(timeline));
  v1::TimelineStats stats;
  stats.set_timeline(timeline);
  stats.set_events(head.position.value);
  stats.set_streams(census.streams);
  for (const auto& [type, events] : census.events_by_type) {
    v1::TypeCount* const count = stats.add_types();
    count->set_type(type);
    count->set_events(events);
  }
  ANNALS_RETURN_IF_ERROR(store_->projections().WaitFor(timeline, head.position));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<ProjectionProgress> all,
                          store_->projections().Progress(timeline));
  for (const ProjectionProgress& one : all) {
    v1::ProjectionStats* const projection = stats.add_projections();
    projection->set_projection(one.projection);
    projection->set_version(one.version);
    projection->set_position(one.position.value);
    projection->set_failure(std::string(one.status.message()));
  }
  return stats;
}

absl::StatusOr<v1::GetStatsResponse> StoreService::GetStats(const v1::GetStatsRequest& request) {
  std::vector<std::string> timelines = store_->log().Timelines();
  if (!request.timeline().empty()) timelines = {request.timeline()};
  v1::GetStatsResponse response;
  for (const std::string& timeline : timelines) {
    ANNALS_ASSIGN_OR_RETURN(*response.add_timelines(), StatsOf(timeline));
  }
  const storage::Database& database = *store_->folder().database();
  ANNALS_ASSIGN_OR_RETURN(const uint64_t events, database.SizeBytes(storage::Family::kLog));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t projections,
                          database.SizeBytes(storage::Family::kContributions));
  response.set_event_bytes(events);
  response.set_projection_bytes(projections);
  response.set_durability(ToProto(store_->folder().durability()));
  return response;
}

absl::StatusOr<v1::AppendResponse> StoreService::Append(v1::AppendRequest request) {
  const std::string timeline = request.timeline();
  const bool with_proofs = request.with_proofs();
  // Before anything is recorded.
  if (with_proofs) ANNALS_RETURN_IF_ERROR(notary_.CheckCanSign());
  ANNALS_ASSIGN_OR_RETURN(AppendRequest append, FromProto(std::move(request)));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Receipt> receipts,
                          store_->log().Append(std::move(append)));
  v1::AppendResponse response;
  for (const Receipt& receipt : receipts) *response.add_receipts() = ToProto(receipt);
  if (with_proofs) {
    ANNALS_RETURN_IF_ERROR(Annotate(notary_.AddProofs(timeline, &response),
                                    "the events are recorded, but they can't be proven"));
  }
  return response;
}

absl::StatusOr<v1::Event> StoreService::GetEvent(const v1::GetEventRequest& request) {
  if (request.event_case() == v1::GetEventRequest::EVENT_NOT_SET) {
    return absl::InvalidArgumentError("which event: give its `position` or its `id`");
  }
  ANNALS_ASSIGN_OR_RETURN(v1::Event event,
                          request.has_id()
                              ? store_->log().Find(request.timeline(), request.id())
                              : store_->log().Read(request.timeline(), {request.position()}));
  ANNALS_RETURN_IF_ERROR(Unseal(store_->sealer(), &event));
  return event;
}

absl::StatusOr<std::unique_ptr<EventReader>> StoreService::ReadEvents(
    const v1::ReadEventsRequest& request) {
  const EventLog& log = store_->log();
  const std::string& timeline = request.timeline();
  const Position after = {request.after()};
  ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, log.GetHead(timeline));
  ANNALS_RETURN_IF_ERROR(
      Annotate(CheckWithinHead(after, head), absl::StrCat("timeline \"", timeline, "\", `after`")));
  std::vector<std::string> types;
  if (!request.type().empty()) {
    ANNALS_ASSIGN_OR_RETURN(types, store_->queries().FindTypes(timeline, request.type()));
  }
  // The fewest events that hold all that is asked for, in order of position.
  absl::StatusOr<std::unique_ptr<EventReader>> reader =
      !request.stream().empty() ? log.ReadStream(timeline, request.stream(), after)
      : types.size() == 1       ? log.ReadType(timeline, types[0], after)
                                : log.ReadAfter(timeline, after);
  if (!reader.ok()) return reader.status();
  return std::make_unique<EventSelection>(*std::move(reader), std::move(types), request.limit());
}

absl::StatusOr<v1::EventList> StoreService::ListEvents(const v1::ListEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline,
                          store_->log().Settings(request.timeline()));
  PinnedAsOf as_of;
  ListingRange range;
  if (request.page_token().empty()) {
    ANNALS_ASSIGN_OR_RETURN(as_of,
                            store_->queries().Pin(timeline.name, ToQuestion(request.as_of())));
  } else {
    ANNALS_ASSIGN_OR_RETURN(const PageToken token, DecodePageToken(request.page_token(), request));
    as_of = token.as_of;
    range.after = token.after;
  }
  ANNALS_ASSIGN_OR_RETURN(const EventFilter filter, ToFilter(request, timeline));
  range.limit = options_.max_page_events;
  if (request.page_size() > 0) range.limit = std::min<size_t>(range.limit, request.page_size());
  ANNALS_ASSIGN_OR_RETURN(ListingPage page,
                          store_->queries().TimelinePage(timeline.name, filter, as_of, range));
  for (v1::ListedEvent& listed : *page.list.mutable_events()) {
    ANNALS_RETURN_IF_ERROR(Unseal(store_->sealer(), listed.mutable_event()));
  }
  ANNALS_ASSIGN_OR_RETURN(*page.list.mutable_as_of(), Rooted(timeline, as_of));
  if (page.more_after) {
    page.list.set_next_page_token(EncodePageToken({as_of, *page.more_after}, request));
  }
  return std::move(page.list);
}

absl::StatusOr<v1::SignedCheckpoint> StoreService::GetCheckpoint(
    const v1::GetCheckpointRequest& request) {
  return notary_.GetCheckpoint(request);
}

absl::StatusOr<v1::EventProof> StoreService::ProveEvent(const v1::ProveEventRequest& request) {
  return notary_.ProveEvent(request);
}

absl::StatusOr<v1::ConsistencyProof> StoreService::ProveConsistency(
    const v1::ProveConsistencyRequest& request) {
  return notary_.ProveConsistency(request);
}

absl::StatusOr<v1::PinResponse> StoreService::Pin(const v1::PinRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline,
                          store_->log().Settings(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of,
                          store_->queries().Pin(timeline.name, ToQuestion(request.as_of())));
  v1::PinResponse response;
  *response.mutable_as_of() = annals::ToProto(as_of, timeline.home_zone);
  return response;
}

absl::StatusOr<v1::AsOf> StoreService::Rooted(const TimelineSettings& timeline,
                                              const PinnedAsOf& as_of) {
  ANNALS_ASSIGN_OR_RETURN(const TreeHash root, notary_.RootOf(timeline.name, as_of.position));
  v1::AsOf rooted = annals::ToProto(as_of, timeline.home_zone);
  rooted.set_root_hash(root.data(), root.size());
  return rooted;
}

absl::StatusOr<std::vector<std::string>> StoreService::ViewsAskedFor(
    const std::string& timeline,
    const google::protobuf::RepeatedPtrField<std::string>& views) const {
  if (!views.empty()) return std::vector<std::string>(views.begin(), views.end());
  ANNALS_ASSIGN_OR_RETURN(const std::vector<const View*> all, store_->queries().Views(timeline));
  std::vector<std::string> names;
  for (const View* view : all) names.push_back(view->name);
  return names;
}

absl::StatusOr<v1::AsOfResponse> StoreService::AsOf(const v1::AsOfRequest& request) {
  const uint32_t evidence = request.has_max_evidence() ? request.max_evidence() : kMaxEvidence;
  ANNALS_RETURN_IF_ERROR(CheckAtMost("max_evidence", evidence, kMaxEvidence));
  const QueryEngine& queries = store_->queries();
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline,
                          store_->log().Settings(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of,
                          queries.Pin(timeline.name, ToQuestion(request.as_of())));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> views,
                          ViewsAskedFor(timeline.name, request.views()));
  v1::AsOfResponse response;
  ANNALS_ASSIGN_OR_RETURN(*response.mutable_as_of(), Rooted(timeline, as_of));
  for (const std::string& view : views) {
    ANNALS_ASSIGN_OR_RETURN(v1::ViewResult result,
                            queries.AsOf(timeline.name, view, as_of, evidence));
    KeepOneWorld(request.world(), &result);
    *result.mutable_as_of() = response.as_of();
    *response.add_views() = std::move(result);
  }
  return response;
}

absl::StatusOr<v1::DiffResponse> StoreService::Diff(const v1::DiffRequest& request) {
  const QueryEngine& queries = store_->queries();
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline,
                          store_->log().Settings(request.timeline()));
  const AsOfQuestion from_question = ToQuestion(request.from());
  const AsOfQuestion to_question = ToQuestion(request.to());
  ANNALS_ASSIGN_OR_RETURN(PinnedAsOf from, queries.Pin(timeline.name, from_question));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf to, queries.Pin(timeline.name, to_question));
  // Both are asked now, and now is one moment.
  if (!from_question.known && !to_question.known) from.known = to.known;
  ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> views,
                          ViewsAskedFor(timeline.name, request.views()));
  v1::DiffResponse response;
  ANNALS_ASSIGN_OR_RETURN(*response.mutable_from(), Rooted(timeline, from));
  ANNALS_ASSIGN_OR_RETURN(*response.mutable_to(), Rooted(timeline, to));
  for (const std::string& view : views) {
    ANNALS_ASSIGN_OR_RETURN(v1::DiffResult diff, queries.Diff(timeline.name, view, from, to));
    *diff.mutable_from() = response.from();
    *diff.mutable_to() = response.to();
    *response.add_diffs() = std::move(diff);
  }
  return response;
}

absl::StatusOr<v1::HistoryResult> StoreService::History(const v1::HistoryRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline,
                          store_->log().Settings(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<PinnedAsOf> steps,
                          StepsOf(request, store_->queries(), timeline));
  ANNALS_ASSIGN_OR_RETURN(v1::HistoryResult history,
                          store_->queries().History(timeline.name, request.view(), steps));
  for (size_t i = 0; i < steps.size(); ++i) {
    ANNALS_ASSIGN_OR_RETURN(*history.mutable_points(static_cast<int>(i))->mutable_as_of(),
                            Rooted(timeline, steps[i]));
  }
  return history;
}

absl::StatusOr<v1::WhyResponse> StoreService::Why(const v1::WhyRequest& request) {
  const uint32_t limit = request.limit() > 0 ? request.limit() : kDefaultReasons;
  ANNALS_RETURN_IF_ERROR(CheckAtMost("limit", limit, kMaxReasons));
  const QueryEngine& queries = store_->queries();
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline,
                          store_->log().Settings(request.timeline()));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of,
                          queries.Pin(timeline.name, ToQuestion(request.as_of())));
  ANNALS_ASSIGN_OR_RETURN(std::vector<v1::WhyResult> reasons,
                          queries.Why(timeline.name, request.view(), ToKey(request.key()), as_of,
                                      {request.after()}, limit));
  v1::WhyResponse response;
  ANNALS_ASSIGN_OR_RETURN(*response.mutable_as_of(), Rooted(timeline, as_of));
  for (v1::WhyResult& reason : reasons) {
    *reason.mutable_as_of() = response.as_of();
    for (v1::CellReason& cell : *reason.mutable_cells()) {
      for (v1::Reason& one : *cell.mutable_reasons()) {
        ANNALS_RETURN_IF_ERROR(Unseal(store_->sealer(), one.mutable_event()));
      }
    }
    *response.add_reasons() = std::move(reason);
  }
  return response;
}

absl::StatusOr<v1::ExplainResult> StoreService::Explain(const v1::ExplainRequest& request) {
  const QueryEngine& queries = store_->queries();
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of,
                          queries.Pin(request.timeline(), ToQuestion(request.as_of())));
  return queries.Explain(request.timeline(), request.view(), ToKey(request.key()), as_of);
}

absl::StatusOr<std::unique_ptr<FeedReader>> StoreService::Subscribe(
    const v1::SubscribeRequest& request) {
  Feed* const feed = feeds_.OpenFeed();
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<Subscription> subscription, feed->Subscribe(request));
  return std::make_unique<SubscriptionReader>(std::move(subscription), &feed->heads(),
                                              store_->clock());
}

absl::StatusOr<std::unique_ptr<ViewFeedReader>> StoreService::SubscribeView(
    const v1::SubscribeViewRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<ViewChanges> changes,
                          ViewChanges::Open(&store_->queries(), &store_->log(), request));
  return std::make_unique<ViewChangesReader>(std::move(changes), &feeds_.OpenFeed()->heads(),
                                             store_->clock());
}

absl::StatusOr<v1::Consumer> StoreService::CreateConsumer(
    const v1::CreateConsumerRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(Consumers* const consumers, feeds_.OpenConsumers());
  return consumers->Create(request.consumer());
}

absl::StatusOr<v1::ListConsumersResponse> StoreService::ListConsumers(
    const v1::ListConsumersRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Consumers* const consumers, feeds_.OpenConsumers());
  ANNALS_ASSIGN_OR_RETURN(std::vector<v1::ConsumerStatus> all, consumers->List(request.timeline()));
  v1::ListConsumersResponse response;
  for (v1::ConsumerStatus& one : all) *response.add_consumers() = std::move(one);
  return response;
}

absl::StatusOr<v1::DeleteConsumerResponse> StoreService::DeleteConsumer(
    const v1::DeleteConsumerRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(Consumers* const consumers, feeds_.OpenConsumers());
  ANNALS_RETURN_IF_ERROR(consumers->Delete(request.timeline(), request.consumer()));
  return v1::DeleteConsumerResponse();
}

absl::StatusOr<v1::FetchDeliveriesResponse> StoreService::FetchDeliveries(
    const v1::FetchDeliveriesRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Consumers* const consumers, feeds_.OpenConsumers());
  return Fetch(*consumers, request);
}

absl::StatusOr<v1::SettledPositions> StoreService::AckDeliveries(
    const v1::AckDeliveriesRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Consumers* const consumers, feeds_.OpenConsumers());
  return Ack(*consumers, request);
}

absl::StatusOr<v1::SettledPositions> StoreService::NackDeliveries(
    const v1::NackDeliveriesRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Consumers* const consumers, feeds_.OpenConsumers());
  return Nack(*consumers, request);
}

absl::StatusOr<v1::ListParkedEventsResponse> StoreService::ListParkedEvents(
    const v1::ListParkedEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Consumers* const consumers, feeds_.OpenConsumers());
  return ListParked(*consumers, request);
}

absl::StatusOr<v1::SettledPositions> StoreService::ReplayParkedEvents(
    const v1::ReplayParkedEventsRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Consumers* const consumers, feeds_.OpenConsumers());
  return Replay(*consumers, request);
}

absl::StatusOr<TokenTable*> StoreService::OpenTokens() {
  MutexLock lock(&mutex_);
  if (tokens_ == nullptr) {
    ANNALS_ASSIGN_OR_RETURN(tokens_, TokenTable::Open(&store_->folder(), store_->clock()));
  }
  return tokens_.get();
}

absl::StatusOr<v1::CreateTokenResponse> StoreService::CreateToken(
    const v1::CreateTokenRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(TokenTable* const tokens, OpenTokens());
  return tokens->Create(request);
}

absl::StatusOr<v1::ListTokensResponse> StoreService::ListTokens(const v1::ListTokensRequest&) {
  ANNALS_ASSIGN_OR_RETURN(const TokenTable* const tokens, OpenTokens());
  return tokens->List();
}

absl::StatusOr<v1::RevokeTokenResponse> StoreService::RevokeToken(
    const v1::RevokeTokenRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(TokenTable* const tokens, OpenTokens());
  v1::RevokeTokenResponse response;
  ANNALS_ASSIGN_OR_RETURN(*response.mutable_token(), tokens->Revoke(request.id()));
  return response;
}

absl::Status StoreService::Redact(const v1::RedactRequest& request, const RedactReport& report) {
  v1::RedactResponse progress;
  const auto tell = [&](Position done, Position head) {
    progress.set_done(done.value);
    progress.set_head(head.value);
    report(progress);
  };
  const RedactionOrder order = {.timeline = request.timeline(),
                                .events = {request.events().begin(), request.events().end()},
                                .decision = DecisionOf(request)};
  ANNALS_ASSIGN_OR_RETURN(const std::optional<Receipt> receipt,
                          store_->eraser().Redact(order, tell));
  if (receipt) *progress.mutable_receipt() = ToProto(*receipt);
  report(progress);
  return absl::OkStatus();
}

absl::StatusOr<v1::ForgetSubjectResponse> StoreService::ForgetSubject(
    const v1::ForgetSubjectRequest& request) {
  ANNALS_ASSIGN_OR_RETURN(const Receipt receipt,
                          store_->eraser().Forget({.timeline = request.timeline(),
                                                   .subject = request.subject(),
                                                   .decision = DecisionOf(request)}));
  v1::ForgetSubjectResponse response;
  *response.mutable_receipt() = ToProto(receipt);
  return response;
}

absl::Status StoreService::RebuildProjections(const v1::RebuildProjectionsRequest& request,
                                              const RebuildReport& report) {
  v1::RebuildProjectionsResponse progress;
  ANNALS_RETURN_IF_ERROR(
      store_->projections().Rebuild(request.timeline(), [&](Position done, Position head) {
        progress.set_done(done.value);
        progress.set_head(head.value);
        report(progress);
      }));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ImageReader>> StoreService::Backup(
    const v1::BackupRequest& request) {
  return ReadImage(&store_->folder(), store_->log(), request, store_->clock()->Now());
}

}  // namespace annals
