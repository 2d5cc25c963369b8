#include "cli/commands/events.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/log/redaction.h"
#include "engine/query/json/json.h"
#include "engine/render/events.h"
#include "engine/service/event_name.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct TimelineArguments {
  AsOfArguments as_of;
  std::optional<std::string> from;
  std::optional<std::string> to;
  v1::ListEventsRequest request;  // What else the options say of the events.
};

// All pages as one list.
absl::StatusOr<v1::EventList> AllPages(v1::ListEventsRequest request, Service* service) {
  v1::EventList list;
  do {
    absl::StatusOr<v1::EventList> page = service->ListEvents(request);
    if (!page.ok()) return NamingOptions(page.status());
    request.set_page_token(page->next_page_token());
    if (list.events().empty()) {
      list = *std::move(page);
    } else {
      for (v1::ListedEvent& event : *page->mutable_events()) *list.add_events() = std::move(event);
    }
  } while (!request.page_token().empty());
  list.clear_next_page_token();
  return list;
}

absl::Status ListTimeline(const TimelineArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ListEventsRequest request = arguments.request;
  request.set_timeline(timeline.name);
  *request.mutable_as_of() = ToQuestion(arguments.as_of);
  if (arguments.from.has_value()) request.set_from(*arguments.from);
  if (arguments.to.has_value()) request.set_to(*arguments.to);
  ANNALS_ASSIGN_OR_RETURN(const v1::EventList list, AllPages(std::move(request), service));
  if (session.options().format == Format::kJson) {
    session.PrintJson(AnswerToJson(list, timeline.home_zone, {.pretty = session.pretty()}));
  } else {
    session.Print(ListedEventsTable(list));
  }
  return absl::OkStatus();
}

// An event doesn't say itself why its payload is gone; where it is listed it does.
absl::StatusOr<std::string> WhyRedacted(const v1::Event& event, Service* service) {
  v1::ListEventsRequest request;
  request.set_timeline(event.timeline());
  request.set_stream(event.stream());
  ANNALS_ASSIGN_OR_RETURN(const v1::EventList list, AllPages(std::move(request), service));
  for (const v1::ListedEvent& listed : list.events()) {
    if (listed.event().position() == event.position() && listed.has_redacted()) {
      return RedactionInWords(listed.redacted());
    }
  }
  return std::string("where this is a copy from, it is said why");
}

absl::Status ShowEvent(const std::string& name, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::GetEventRequest request;
  request.set_timeline(timeline.name);
  ANNALS_RETURN_IF_ERROR(NameEvent(name, &request));
  ANNALS_ASSIGN_OR_RETURN(const v1::Event event, service->GetEvent(request));
  if (session.options().format == Format::kJson) {
    ANNALS_ASSIGN_OR_RETURN(const std::string json,
                            EventToJson(event, {.pretty = session.pretty()}));
    session.PrintJson(json);
    return absl::OkStatus();
  }
  ANNALS_ASSIGN_OR_RETURN(Table page, EventPage(event, timeline.home_zone));
  if (IsRedacted(event)) {
    ANNALS_ASSIGN_OR_RETURN(const std::string why, WhyRedacted(event, service));
    page.rows.push_back({"redaction", why});
  }
  session.Print(page);
  return absl::OkStatus();
}

}  // namespace

void AddTimelineCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("timeline", "The events, in the order they happened");
  auto arguments = std::make_shared<TimelineArguments>();
  v1::ListEventsRequest& request = arguments->request;
  command->add_option("--from", arguments->from, "What may have happened on or after this date")
      ->type_name("DATE");
  command->add_option("--to", arguments->to, "What may have happened on or before this date")
      ->type_name("DATE");
  command->add_option("--type", *request.mutable_type(), "Of this type, such as ReleaseVerified")
      ->type_name("TYPE");
  command
      ->add_option("--stream", *request.mutable_stream(),
                   "Of this stream, or of all under a prefix/")
      ->type_name("STREAM");
  command->add_option("--asserter", *request.mutable_asserter(), "Claimed by this asserter")
      ->type_name("ID");
  command->add_option("--source", *request.mutable_source(), "Citing this source")->type_name("ID");
  command
      ->add_option("--text", *request.mutable_text(),
                   "With all these words in any text; case and accents don't count")
      ->type_name("WORDS");
  AddKnownAndPosition(command, &arguments->as_of);
  AddExamples(command, {"annals timeline --from 2026-01-08 --to 2026-01-12",
                        "annals timeline --text marquez --source S3"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return ListTimeline(*arguments, session); };
  });
}

void AddShowCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("show", "One event, whole");
  auto name = std::make_shared<std::string>();
  command->add_option("EVENT", *name, "The event's id, or its position")->required()->type_name("");
  AddExamples(command, {"annals show 12", "annals show maduro-captured --format json"});
  command->callback(
      [name, chosen] { *chosen = [name](Session& session) { return ShowEvent(*name, session); }; });
}

}  // namespace annals
