#include "server/rest/event_resources.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/query/near_names.h"
#include "engine/render/events.h"
#include "engine/service/event_name.h"
#include "proto/annals/v1/service.pb.h"
#include "server/rest/message_body.h"

namespace annals::rest {
namespace {

constexpr uint64_t kMostOnAPage = 10'000;

// --- Page tokens: the first page's coordinates, a dot, and the service's token. -----

struct Page {
  v1::AsOf as_of;
  std::string token;  // The service's.
};

std::string EncodePage(const Page& page) {
  return absl::StrCat(absl::WebSafeBase64Escape(page.as_of.SerializeAsString()), ".", page.token);
}

absl::StatusOr<Page> DecodePage(const std::string& text) {
  Page page;
  const size_t dot = text.find('.');
  std::string bytes;
  if (dot == std::string::npos || !absl::WebSafeBase64Unescape(text.substr(0, dot), &bytes) ||
      !page.as_of.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(
        "the page_token is none; take it from `nextPageToken` of the page before");
  }
  page.token = text.substr(dot + 1);
  return page;
}

v1::AsOfQuestion ToQuestion(const v1::AsOf& as_of) {
  v1::AsOfQuestion question;
  question.set_valid(as_of.valid());
  question.set_known(as_of.known());
  question.set_position(as_of.position());
  return question;
}

// The question's coordinates, or those of the page before; which must be the same
// where both are given.
absl::StatusOr<Page> PageAskedFor(const Inquiry& inquiry) {
  v1::PinRequest asked;
  asked.set_timeline(inquiry.timeline());
  Page page;
  const std::string token = inquiry.parameters.TextOr("page_token");
  if (!token.empty()) {
    ANNALS_ASSIGN_OR_RETURN(page, DecodePage(token));
    *asked.mutable_as_of() = ToQuestion(page.as_of);
  }
  ANNALS_RETURN_IF_ERROR(inquiry.parameters.ReadQuestion({}, asked.mutable_as_of()));
  ANNALS_ASSIGN_OR_RETURN(const v1::PinResponse pinned, inquiry.service.Pin(asked));
  if (!token.empty() && (pinned.as_of().valid() != page.as_of.valid() ||
                         pinned.as_of().known() != page.as_of.known() ||
                         pinned.as_of().position() != page.as_of.position())) {
    return absl::InvalidArgumentError(
        "the page_token is one of other coordinates; it carries its own, so they can be left out");
  }
  page.as_of = pinned.as_of();
  return page;
}

// --- The listing --------------------------------------------------------------------

absl::StatusOr<v1::ListEventsRequest> ListRequest(const Inquiry& inquiry, const Page& page) {
  const Parameters& parameters = inquiry.parameters;
  v1::ListEventsRequest asked;
  asked.set_timeline(inquiry.timeline());
  *asked.mutable_as_of() = ToQuestion(page.as_of);
  if (const auto from = parameters.Text("from")) asked.set_from(*from);
  if (const auto to = parameters.Text("to")) asked.set_to(*to);
  asked.set_type(parameters.TextOr("type"));
  asked.set_stream(parameters.TextOr("stream"));
  asked.set_asserter(parameters.TextOr("asserter"));
  asked.set_source(parameters.TextOr("source"));
  asked.set_text(parameters.TextOr("text"));
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> size,
                          parameters.Number("page_size", kMostOnAPage));
  asked.set_page_size(static_cast<uint32_t>(size.value_or(0)));
  asked.set_page_token(page.token);
  return asked;
}

absl::StatusOr<Answer> ListEvents(const Inquiry& inquiry) {
  ANNALS_ASSIGN_OR_RETURN(const Page page, PageAskedFor(inquiry));
  ANNALS_ASSIGN_OR_RETURN(const v1::ListEventsRequest asked, ListRequest(inquiry, page));
  ANNALS_ASSIGN_OR_RETURN(v1::EventList list, inquiry.service.ListEvents(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  Answer answer = AnswerAsOf(inquiry, page.as_of);
  if (!page.token.empty()) answer.life = Answer::Life::kPinned;
  if (!list.next_page_token().empty()) {
    list.set_next_page_token(EncodePage({page.as_of, list.next_page_token()}));
    answer.next = TargetWith(inquiry.request, {{"page_token", list.next_page_token()}});
  }
  ANNALS_ASSIGN_OR_RETURN(answer.body,
                          Written(
                              inquiry.form, [&] { return AnswerToJson(list, zone, {}); },
                              [&]() -> absl::StatusOr<Table> { return ListedEventsTable(list); }));
  return answer;
}

// --- One event, and new ones --------------------------------------------------------

absl::StatusOr<Answer> GetEvent(const Inquiry& inquiry) {
  v1::GetEventRequest asked;
  asked.set_timeline(inquiry.timeline());
  ANNALS_RETURN_IF_ERROR(NameEvent(inquiry.request.Parameter("event"), &asked));
  ANNALS_ASSIGN_OR_RETURN(const v1::Event event, inquiry.service.GetEvent(asked));
  ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, inquiry.Zone());
  Answer answer{.form = inquiry.form, .life = Answer::Life::kPinned};
  ANNALS_ASSIGN_OR_RETURN(answer.body, Written(
                                           inquiry.form, [&] { return EventToJson(event, {}); },
                                           [&] { return EventPage(event, zone); }));
  return answer;
}

absl::StatusOr<Answer> Append(const Inquiry& inquiry) {
  v1::AppendRequest asked;
  ANNALS_RETURN_IF_ERROR(ReadMessage(inquiry.request, &asked));
  const std::string timeline = inquiry.timeline();
  if (!asked.timeline().empty() && asked.timeline() != timeline) {
    return absl::InvalidArgumentError(absl::StrCat("the body is for timeline ",
                                                   Quoted(asked.timeline()), ", the path for ",
                                                   Quoted(timeline)));
  }
  asked.set_timeline(timeline);
  ANNALS_ASSIGN_OR_RETURN(const v1::AppendResponse appended,
                          inquiry.service.Append(std::move(asked)));
  const bool any_new = std::any_of(appended.receipts().begin(), appended.receipts().end(),
                                   [](const v1::Receipt& receipt) { return !receipt.duplicate(); });
  return Answer{.status = any_new ? 201 : 200, .body = MessageToJson(appended, {})};
}

}  // namespace

void AddEventResources(const ResourceContext& context, http::Router* router) {
  AddResource({.pattern = "/v1/timelines/{timeline}/events",
               .parameters = WithCoordinates({"from", "to", "type", "stream", "asserter", "source",
                                              "text", "page_size", "page_token"}),
               .answer = ListEvents},
              context, router);
  AddResource({.method = http::Method::kPost,
               .pattern = "/v1/timelines/{timeline}/events",
               .answer = Append},
              context, router);
  AddResource({.pattern = "/v1/timelines/{timeline}/events/{event}", .answer = GetEvent}, context,
              router);
}

}  // namespace annals::rest
