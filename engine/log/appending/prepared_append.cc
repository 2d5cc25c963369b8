#include "engine/log/appending/prepared_append.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"
#include "engine/log/appending/event_validation.h"
#include "engine/log/appending/stated_date.h"
#include "engine/log/limits.h"
#include "engine/log/record.h"
#include "engine/log/redaction.h"
#include "engine/log/text_form.h"
#include "engine/proof/event_leaf.h"

namespace annals {
namespace {

constexpr absl::string_view kTypeUrlPrefix = "type.googleapis.com/";
constexpr absl::string_view kTimelineStream = "timeline";

// What the preparation of every event of a request needs.
struct Given {
  const AppendRequest& request;
  const PayloadTypes& types;
  std::shared_ptr<const TimelineSettings> settings;
  const FieldSealer* sealer;
  // What was drawn for the events, one after the other: ids for those that have none,
  // salts one behind the other, unless they are copies.
  const std::vector<std::string>& ids;
  const std::string& salts;
};

struct Context : Given {
  explicit Context(const Given& given) : Given(given) {}

  // What the events of a batch have in common needn't be found out again.
  absl::flat_hash_map<std::string, TimeBounds> dates;
  std::unique_ptr<google::protobuf::Message> payload;
};

// As annals::ResolveDate; a day on which much happened is resolved once.
absl::StatusOr<TimeBounds> ResolveDate(absl::string_view field, absl::string_view text,
                                       Context* context) {
  const auto known = context->dates.find(text);
  if (known != context->dates.end()) return known->second;
  ANNALS_ASSIGN_OR_RETURN(const TimeBounds bounds, ResolveDate(field, text, *context->settings));
  if (context->request.events.size() > 1) context->dates.emplace(text, bounds);
  return bounds;
}

// Asking a message type for its description isn't free.
template <typename Payload>
const google::protobuf::Descriptor* TypeOf() {
  static const google::protobuf::Descriptor* const type = Payload::descriptor();
  return type;
}

bool CreatesTimeline(const v1::Event& event) {
  return PayloadTypeName(event) == TypeOf<v1::TimelineCreated>()->full_name();
}

absl::Status CheckRequest(const AppendRequest& request) {
  ANNALS_RETURN_IF_ERROR(CheckTimelineName(request.timeline));
  if (request.events.empty()) return absl::InvalidArgumentError("no events to append");
  if (request.events.size() <= kMaxBatchEvents) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(request.events.size(),
                                                   " events in one append, which may have ",
                                                   kMaxBatchEvents, ": split it"));
}

absl::Status PrepareSource(const Context& context, const v1::SourceRegistered& registered,
                           PreparedEvent* prepared) {
  ANNALS_ASSIGN_OR_RETURN(prepared->source,
                          SourceEdition::FromProto(registered, *context.settings));
  const std::string stream = SourceStream(registered.source());
  if (prepared->event.stream() != stream) {
    return absl::InvalidArgumentError(absl::StrCat("stream ", Quote(prepared->event.stream()),
                                                   ": this source is registered in stream ",
                                                   Quote(stream)));
  }
  if (!prepared->published) {
    prepared->published = prepared->source->published;
    prepared->published_text = prepared->source->published_text;
  }
  return absl::OkStatus();
}

absl::Status PrepareTimeline(const Context& context, size_t index, const v1::Event& event) {
  if (index > 0) {
    return absl::InvalidArgumentError(
        "annals.v1.TimelineCreated: is a timeline's first event, and no other");
  }
  if (event.stream() != kTimelineStream) {
    return absl::InvalidArgumentError(absl::StrCat("stream ", Quote(event.stream()),
                                                   ": a timeline is created in stream \"",
                                                   kTimelineStream, "\""));
  }
  if (event.has_correction()) {
    return absl::InvalidArgumentError(
        "correction: a timeline's first event has nothing to correct");
  }
  if (!context.types.HasDomain(context.settings->domain)) {
    return absl::InvalidArgumentError(
        absl::StrCat("domain: ", context.types.Types(context.settings->domain).status().message()));
  }
  return absl::OkStatus();
}

// A verb that erases is what others may not record in its place. `payload` erases.
absl::Status PrepareErasure(const AppendRequest& request,
                            const google::protobuf::Message& payload) {
  if (request.provenance == Provenance::kStated && !request.erases) {
    return absl::InvalidArgumentError(
        absl::StrCat("payload: an ", payload.GetDescriptor()->full_name(),
                     " is recorded by `annals redact` and `annals forget` alone"));
  }
  return CheckErasure(payload);
}

absl::Status SealPayload(const Context& context, size_t index, v1::Event* event,
                         google::protobuf::Message* payload) {
  if (context.sealer == nullptr || context.request.provenance == Provenance::kCopied ||
      !context.types.HasSensitiveFields(payload->GetDescriptor())) {
    return absl::OkStatus();
  }
  if (event->id().empty()) event->set_id(context.ids[index]);
  const SealingContext whose = {
      .timeline = event->timeline(), .event_id = event->id(), .stream = event->stream()};
  ANNALS_RETURN_IF_ERROR(context.sealer->Seal(whose, payload));
  const size_t bytes = event->ByteSizeLong() - event->payload().value().size();
  if (bytes + payload->ByteSizeLong() <= kMaxEventBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("with its sensitive fields sealed, the event has more than ", kMaxEventBytes,
                   " bytes: split it"));
}

absl::Status PreparePayload(size_t index, Context* context, PreparedEvent* prepared) {
  v1::Event& event = prepared->event;
  if (!event.has_payload()) return absl::OkStatus();
  if (IsRedacted(event)) return CheckRedactable(event);  // A copy without its payload.
  if (CreatesTimeline(event)) ANNALS_RETURN_IF_ERROR(PrepareTimeline(*context, index, event));
  ANNALS_RETURN_IF_ERROR(
      context->types.DecodeInto(context->settings->domain, event.payload(), &context->payload));
  const google::protobuf::Message& message = *context->payload;
  const google::protobuf::Descriptor* const type = message.GetDescriptor();
  if (IsErasure(type)) ANNALS_RETURN_IF_ERROR(PrepareErasure(context->request, message));
  if (type == TypeOf<v1::PayloadRedacted>()) {
    prepared->redacted = static_cast<const v1::PayloadRedacted&>(message);
  }
  ANNALS_RETURN_IF_ERROR(SealPayload(*context, index, &event, context->payload.get()));
  if (type == TypeOf<v1::SourceRegistered>()) {
    ANNALS_RETURN_IF_ERROR(
        PrepareSource(*context, static_cast<const v1::SourceRegistered&>(message), prepared));
  }
  // Equal payloads get equal bytes, however the writer ordered them: a retry of
  // the same event is then recognised.
  if (event.payload().type_url().size() != kTypeUrlPrefix.size() + PayloadTypeName(event).size() ||
      !absl::StartsWith(event.payload().type_url(), kTypeUrlPrefix)) {
    const std::string url = absl::StrCat(kTypeUrlPrefix, PayloadTypeName(event));
    event.mutable_payload()->set_type_url(url);
  }
  event.mutable_payload()->set_value(SerializeDeterministically(message));
  return absl::OkStatus();
}

absl::Status PrepareEvent(size_t index, Context* context, PreparedEvent* prepared) {
  v1::Event& event = prepared->event;
  const AppendRequest& request = context->request;
  ANNALS_RETURN_IF_ERROR(ValidateEvent(event, request.provenance));
  if (!event.timeline().empty() && event.timeline() != request.timeline) {
    return absl::InvalidArgumentError(absl::StrCat("timeline ", Quote(event.timeline()),
                                                   ": the append is to ", Quote(request.timeline)));
  }
  event.set_timeline(request.timeline);
  if (!event.occurred().empty()) {
    ANNALS_ASSIGN_OR_RETURN(prepared->occurred, ResolveDate("occurred", event.occurred(), context));
  }
  if (!event.published().empty()) {
    ANNALS_ASSIGN_OR_RETURN(prepared->published,
                            ResolveDate("published", event.published(), context));
    prepared->published_text = event.published();
  }
  return PreparePayload(index, context, prepared);
}

// What the queue would otherwise do for one append after the other.
void Encode(const PreparedAppend& append, PreparedEvent* prepared) {
  const v1::Event& event = prepared->event;
  const uint32_t number = append.settings->number;
  prepared->id_key = EventIdKey(number, event.id());
  prepared->stream_prefix = StreamPrefix(number, event.stream());
  prepared->type_prefix = TypePrefix(number, PayloadTypeName(event));
  prepared->commitment = PayloadCommitment(event);
  if (append.provenance == Provenance::kStated && !event.has_correction()) {
    prepared->stated = StatedRecord(event);
  }
}

// The settings that the request's first event lays down.
absl::StatusOr<TimelineSettings> NewSettings(const AppendRequest& request) {
  v1::TimelineCreated created;
  if (!created.ParseFromString(request.events.front().payload().value())) {
    return absl::InvalidArgumentError("the payload's bytes are no annals.v1.TimelineCreated");
  }
  return TimelineSettings::FromProto(request.timeline, created);
}

absl::StatusOr<std::shared_ptr<const TimelineSettings>> FindSettings(
    const AppendRequest& request, const TimelineDirectory& timelines) {
  if (CreatesTimeline(request.events.front())) {
    const absl::StatusOr<TimelineSettings> settings = NewSettings(request);
    if (settings.ok()) return std::make_shared<const TimelineSettings>(*settings);
    return Annotate(settings.status(), EventLabel(1, request.events.front().id()));
  }
  ANNALS_ASSIGN_OR_RETURN(TimelineState state, timelines.Find(request.timeline));
  return state.settings;
}

// Everything about one event.
absl::Status Prepare(size_t index, v1::Event event, Context* context, PreparedAppend* append) {
  PreparedEvent& prepared = append->events[index];
  prepared.event = std::move(event);
  const std::string& drawn_id = context->ids[index];
  const absl::Status status = PrepareEvent(index, context, &prepared);
  if (!status.ok()) {
    return Annotate(status, EventLabel(index + 1, drawn_id.empty() ? prepared.event.id() : ""));
  }
  if (prepared.event.id().empty()) prepared.event.set_id(drawn_id);
  if (!context->salts.empty() && prepared.event.has_payload()) {
    prepared.event.set_payload_salt(
        context->salts.substr(index * kPayloadSaltBytes, kPayloadSaltBytes));
  }
  Encode(*append, &prepared);
  return absl::OkStatus();
}

// Prepares events in parts, which workers take in their order until an event is refused:
// so what comes before the first one that is refused was not.
class Preparation {
 public:
  // Of that many events; all must outlive it.
  Preparation(const Given& given, std::vector<v1::Event>* events, PreparedAppend* append)
      : given_(given), events_(*events), append_(append) {}

  // Of any thread, on several at once.
  void Work() {
    Context context(given_);
    while (!refused_.load()) {
      const size_t begin = next_.fetch_add(kPartEvents);
      const size_t end = std::min(events_.size(), begin + kPartEvents);
      for (size_t i = begin; i < end; ++i) {
        const absl::Status status = Prepare(i, std::move(events_[i]), &context, append_);
        if (!status.ok()) return Refuse(i, status);
      }
      if (end == events_.size()) return;
    }
  }

  // Of the first event that was refused.
  absl::Status status() {
    MutexLock hold(&mutex_);
    return status_;
  }

 private:
  static constexpr size_t kPartEvents = 64;

  void Refuse(size_t index, const absl::Status& status) {
    MutexLock hold(&mutex_);
    if (refused_.exchange(true) && first_refused_ < index) return;
    first_refused_ = index;
    status_ = status;
  }

  const Given& given_;
  std::vector<v1::Event>& events_;
  PreparedAppend* const append_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> refused_ = false;
  Mutex mutex_;
  size_t first_refused_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

absl::Status PrepareEvents(const Given& given, std::vector<v1::Event>* events, WorkCrew* crew,
                           PreparedAppend* append) {
  // Fewer are prepared sooner than a thread wakes up.
  constexpr size_t kWorthSharing = 128;
  append->events.resize(events->size());
  Preparation preparation(given, events, append);
  const size_t workers = events->size() < kWorthSharing ? 1 : crew->workers();
  if (workers == 1) {
    preparation.Work();
  } else {
    crew->Run(std::vector<std::function<void()>>(workers, [&] { preparation.Work(); }));
  }
  return preparation.status();
}

// Every key begins with the timeline's number.
void SetTimelineInKey(uint32_t number, std::string* key) {
  key->replace(0, sizeof(number), TimelinePrefix(number));
}

}  // namespace

void PreparedAppend::SetTimelineInKeys(uint32_t number) {
  for (PreparedEvent& prepared : events) {
    SetTimelineInKey(number, &prepared.id_key);
    SetTimelineInKey(number, &prepared.stream_prefix);
    SetTimelineInKey(number, &prepared.type_prefix);
  }
}

absl::StatusOr<PreparedAppend> PrepareAppend(AppendRequest request,
                                             const TimelineDirectory& timelines,
                                             const PayloadTypes& types, const AppendDraws& draws,
                                             const FieldSealer* sealer, WorkCrew* crew) {
  ANNALS_RETURN_IF_ERROR(CheckRequest(request));
  PreparedAppend append;
  ANNALS_ASSIGN_OR_RETURN(append.settings, FindSettings(request, timelines));
  append.creates = CreatesTimeline(request.events.front());
  append.expected = request.expected;
  append.provenance = request.provenance;
  std::string salts;
  if (request.provenance == Provenance::kStated) {
    salts = draws.bytes(request.events.size() * kPayloadSaltBytes);
  }
  std::vector<std::string> ids(request.events.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (request.events[i].id().empty()) ids[i] = draws.id();
  }
  const Given given = {.request = request,
                       .types = types,
                       .settings = append.settings,
                       .sealer = sealer,
                       .ids = ids,
                       .salts = salts};
  ANNALS_RETURN_IF_ERROR(PrepareEvents(given, &request.events, crew, &append));
  for (const PreparedEvent& prepared : append.events) {
    const size_t stated_bytes = prepared.stated.bytes().size();
    append.bytes += stated_bytes > 0 ? stated_bytes : prepared.event.ByteSizeLong();
  }
  if (append.bytes <= kMaxBatchBytes) return append;
  return absl::ResourceExhaustedError(
      absl::StrCat("the append has more than ", kMaxBatchBytes, " bytes: split it"));
}

}  // namespace annals
