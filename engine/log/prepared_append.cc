#include "engine/log/prepared_append.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/event_validation.h"
#include "engine/log/limits.h"
#include "engine/log/record.h"
#include "engine/log/stated_date.h"
#include "engine/log/text_form.h"

namespace annals {
namespace {

constexpr absl::string_view kTypeUrlPrefix = "type.googleapis.com/";
constexpr absl::string_view kTimelineStream = "timeline";

// What the preparation of every event of a request needs.
struct Context {
  const AppendRequest& request;
  const PayloadTypes& types;
  std::shared_ptr<const TimelineSettings> settings;
};

bool CreatesTimeline(const v1::Event& event) {
  return PayloadTypeName(event) == v1::TimelineCreated::descriptor()->full_name();
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

absl::Status PreparePayload(const Context& context, size_t index, PreparedEvent* prepared) {
  v1::Event& event = prepared->event;
  if (!event.has_payload()) return absl::OkStatus();
  prepared->type = std::string(PayloadTypeName(event));
  if (CreatesTimeline(event)) ANNALS_RETURN_IF_ERROR(PrepareTimeline(context, index, event));
  ANNALS_ASSIGN_OR_RETURN(const auto message,
                          context.types.Decode(context.settings->domain, event.payload()));
  if (const auto* source = dynamic_cast<const v1::SourceRegistered*>(message.get())) {
    ANNALS_RETURN_IF_ERROR(PrepareSource(context, *source, prepared));
  }
  // Equal payloads get equal bytes, however the writer ordered them: a retry of
  // the same event is then recognised.
  event.mutable_payload()->set_type_url(absl::StrCat(kTypeUrlPrefix, prepared->type));
  event.mutable_payload()->set_value(SerializeDeterministically(*message));
  return absl::OkStatus();
}

absl::Status PrepareEvent(const Context& context, size_t index, PreparedEvent* prepared) {
  v1::Event& event = prepared->event;
  ANNALS_RETURN_IF_ERROR(ValidateEvent(event, context.request.provenance));
  if (!event.timeline().empty() && event.timeline() != context.request.timeline) {
    return absl::InvalidArgumentError(absl::StrCat("timeline ", Quote(event.timeline()),
                                                   ": the append is to ",
                                                   Quote(context.request.timeline)));
  }
  event.set_timeline(context.request.timeline);
  if (!event.occurred().empty()) {
    ANNALS_ASSIGN_OR_RETURN(prepared->occurred,
                            ResolveDate("occurred", event.occurred(), *context.settings));
  }
  if (!event.published().empty()) {
    ANNALS_ASSIGN_OR_RETURN(prepared->published,
                            ResolveDate("published", event.published(), *context.settings));
    prepared->published_text = event.published();
  }
  return PreparePayload(context, index, prepared);
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

}  // namespace

absl::StatusOr<PreparedAppend> PrepareAppend(AppendRequest request,
                                             const TimelineDirectory& timelines,
                                             const PayloadTypes& types,
                                             const std::function<std::string()>& draw_id) {
  ANNALS_RETURN_IF_ERROR(CheckRequest(request));
  PreparedAppend append;
  ANNALS_ASSIGN_OR_RETURN(append.settings, FindSettings(request, timelines));
  append.creates = CreatesTimeline(request.events.front());
  append.expected = request.expected;
  append.provenance = request.provenance;
  append.events.resize(request.events.size());
  const Context context = {request, types, append.settings};
  for (size_t i = 0; i < request.events.size(); ++i) {
    PreparedEvent& prepared = append.events[i];
    prepared.event = std::move(request.events[i]);
    const absl::Status status = PrepareEvent(context, i, &prepared);
    if (!status.ok()) return Annotate(status, EventLabel(i + 1, prepared.event.id()));
    if (prepared.event.id().empty()) prepared.event.set_id(draw_id());
    append.bytes += prepared.event.ByteSizeLong();
    if (append.bytes > kMaxBatchBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the append has more than ", kMaxBatchBytes, " bytes: split it"));
    }
  }
  return append;
}

}  // namespace annals
