#include "server/rest/feed_routes.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "server/http/negotiation.h"
#include "server/rest/caller.h"
#include "server/rest/feed_cursor.h"
#include "server/rest/message_body.h"
#include "server/rest/parameters.h"
#include "server/rest/send_feed.h"

namespace annals::rest {
namespace {

using http::Awaitable;
using http::Request;
using http::Response;

Response Followed(std::unique_ptr<FeedCursor> cursor, FeedForm form, StreamPassPtr pass,
                  const FeedContext& context) {
  const absl::string_view type = form == FeedForm::kEvents  ? http::kEventStream
                                 : form == FeedForm::kLines ? http::kNdjson
                                                            : http::kProtobuf;
  Response response = Response::Streaming(type, FeedBody(std::move(cursor), form, std::move(pass),
                                                         {.heads = &context.store->feed->heads(),
                                                          .pool = context.pool,
                                                          .clock = context.clock,
                                                          .readers = context.readers}));
  response.headers.Add("Cache-Control", "no-store");
  response.headers.AddToList("Vary", "Accept");
  // Otherwise nginx would collect what is to arrive at once.
  response.headers.Add("X-Accel-Buffering", "no");
  return response;
}

absl::StatusOr<FeedForm> FormOf(const Request& request) {
  const absl::string_view offered[] = {http::kEventStream, http::kNdjson};
  ANNALS_ASSIGN_OR_RETURN(const absl::string_view chosen,
                          http::ChooseMediaType(request.headers.Joined("Accept"), offered));
  return chosen == http::kNdjson ? FeedForm::kLines : FeedForm::kEvents;
}

absl::StatusOr<EventForm> EventFormOf(const Parameters& parameters) {
  const std::string format = parameters.TextOr("format");
  if (format.empty() || format == "json") return EventForm::kJson;
  if (format == "cloudevents") return EventForm::kCloudEvent;
  return absl::InvalidArgumentError(
      absl::StrCat("the format ", Quoted(format), " is none; ",
                   DescribeChoice("the formats are", format, {"json", "cloudevents"})));
}

// A client that reconnects repeats its target, but tells how far it got.
absl::StatusOr<uint64_t> AfterOf(const Request& request, const Parameters& parameters) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> after, parameters.Number("after"));
  const std::optional<absl::string_view> last = request.headers.Find("Last-Event-ID");
  if (!last.has_value() || last->empty()) return after.value_or(0);
  uint64_t position = 0;
  if (last->find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(*last, &position)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Last-Event-ID is ", Quoted(*last), "; it takes a position, in digits"));
  }
  return position;
}

// The full names of the types called `name`; a full name is taken as it is, since the
// feed may be one of events to come.
absl::Status AddTypes(const std::string& name, const std::string& timeline, Service* service,
                      v1::FeedFilter* filter) {
  if (name.find('.') != std::string::npos) {
    filter->add_types(name);
    return absl::OkStatus();
  }
  v1::ListTypesRequest asked;
  asked.set_timeline(timeline);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTypesResponse types, service->ListTypes(asked));
  bool found = false;
  std::vector<std::string> names;
  for (const v1::EventType& type : types.types()) {
    const bool is_it = absl::EndsWith(type.name(), absl::StrCat(".", name));
    if (is_it) filter->add_types(type.name());
    found = found || is_it;
    names.push_back(type.name().substr(type.name().rfind('.') + 1));
  }
  if (found) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("timeline ", Quoted(timeline), " has no event type ",
                                          Quoted(name), "; ",
                                          DescribeChoice("the types are", name, names)));
}

absl::StatusOr<Response> FollowTimeline(const FeedContext& context, const Request& request) {
  ANNALS_ASSIGN_OR_RETURN(
      const Parameters parameters,
      Parameters::Read(request, {"after", "format"}, {"stream", "type", "asserter"}));
  ANNALS_ASSIGN_OR_RETURN(const FeedForm form, FormOf(request));
  ANNALS_ASSIGN_OR_RETURN(const EventForm event, EventFormOf(parameters));
  v1::SubscribeRequest asked;
  asked.set_timeline(std::string(request.Parameter("timeline")));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t after, AfterOf(request, parameters));
  asked.set_after(after);
  GuardedService service = ServiceFor(request, context.store);
  ANNALS_ASSIGN_OR_RETURN(StreamPassPtr pass, service.OpenStream(asked.timeline()));
  v1::FeedFilter& filter = *asked.mutable_filter();
  for (std::string& prefix : parameters.Texts("stream")) {
    filter.add_stream_prefixes(std::move(prefix));
  }
  for (const std::string& type : parameters.Texts("type")) {
    ANNALS_RETURN_IF_ERROR(AddTypes(type, asked.timeline(), &service, &filter));
  }
  for (std::string& asserter : parameters.Texts("asserter")) {
    filter.add_asserters(std::move(asserter));
  }
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<Subscription> subscription, pass->Subscribe(asked));
  return Followed(EventCursor(std::move(subscription), {form, event}), form, std::move(pass),
                  context);
}

absl::StatusOr<Response> FollowView(v1::SubscribeViewRequest asked, FeedForm form,
                                    const Request& request, const FeedContext& context) {
  GuardedService service = ServiceFor(request, context.store);
  ANNALS_ASSIGN_OR_RETURN(StreamPassPtr pass, service.OpenStream(asked.timeline()));
  v1::GetTimelineRequest known;
  known.set_timeline(asked.timeline());
  ANNALS_ASSIGN_OR_RETURN(const v1::Timeline timeline, service.GetTimeline(known));
  ANNALS_ASSIGN_OR_RETURN(HomeZone zone, HomeZone::Load(timeline.settings().home_zone()));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<ViewChanges> changes, pass->FollowView(asked));
  return Followed(ViewCursor(std::move(changes), form, std::move(zone)), form, std::move(pass),
                  context);
}

absl::StatusOr<Response> FollowViewByUrl(const FeedContext& context, const Request& request) {
  ANNALS_ASSIGN_OR_RETURN(const Parameters parameters,
                          Parameters::Read(request, {"after", "valid", "known"}));
  ANNALS_ASSIGN_OR_RETURN(const FeedForm form, FormOf(request));
  v1::SubscribeViewRequest asked;
  asked.set_timeline(std::string(request.Parameter("timeline")));
  asked.set_view(std::string(request.Parameter("view")));
  asked.set_valid(parameters.TextOr("valid"));
  asked.set_known(parameters.TextOr("known"));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t after, AfterOf(request, parameters));
  asked.set_after(after);
  return FollowView(std::move(asked), form, request, context);
}

absl::StatusOr<Response> Subscribe(const FeedContext& context, const Request& request) {
  ANNALS_RETURN_IF_ERROR(CheckTakesFrames(request));
  v1::SubscribeRequest asked;
  ANNALS_RETURN_IF_ERROR(ReadMessage(request, &asked));
  GuardedService service = ServiceFor(request, context.store);
  ANNALS_ASSIGN_OR_RETURN(StreamPassPtr pass, service.OpenStream(asked.timeline()));
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<Subscription> subscription, pass->Subscribe(asked));
  return Followed(EventCursor(std::move(subscription), {.form = FeedForm::kFrames}),
                  FeedForm::kFrames, std::move(pass), context);
}

absl::StatusOr<Response> SubscribeView(const FeedContext& context, const Request& request) {
  ANNALS_RETURN_IF_ERROR(CheckTakesFrames(request));
  v1::SubscribeViewRequest asked;
  ANNALS_RETURN_IF_ERROR(ReadMessage(request, &asked));
  return FollowView(std::move(asked), FeedForm::kFrames, request, context);
}

}  // namespace

void AddFeedRoutes(const FeedContext& context, http::Router* router) {
  using Follow = absl::StatusOr<Response> (*)(const FeedContext&, const Request&);
  const auto add = [&](http::Method method, absl::string_view pattern, Follow follow) {
    router->Add(method, pattern,
                [context, follow](const Request& request) -> Awaitable<absl::StatusOr<Response>> {
                  co_return co_await http::RunBlocking(*context.pool,
                                                       [&] { return follow(context, request); });
                });
  };
  add(http::Method::kGet, "/v1/timelines/{timeline}/feed", FollowTimeline);
  add(http::Method::kGet, "/v1/timelines/{timeline}/views/{view}/feed", FollowViewByUrl);
  add(http::Method::kPost, "/v1/verbs/Subscribe", Subscribe);
  add(http::Method::kPost, "/v1/verbs/SubscribeView", SubscribeView);
}

}  // namespace annals::rest
