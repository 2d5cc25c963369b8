#include "cli/commands/consumer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/feed_filter.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/query/json/json.h"
#include "engine/render/events.h"
#include "engine/render/json_text.h"
#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

using Kind = Table::Kind;

struct ConsumerArguments {
  v1::Consumer settings;  // Its name is every command's.
  FilterArguments filter;
  std::string member = "annals";
  std::vector<uint64_t> positions;
  std::optional<uint64_t> retry_ms;
  std::string reason;
  uint64_t after = 0;
  uint32_t limit = 0;
};

// What a command is done with.
struct Place {
  Service* service;
  TimelineSettings timeline;
};

absl::StatusOr<Place> PlaceOf(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(TimelineSettings timeline, session.Timeline());
  return Place{service, std::move(timeline)};
}

// A request about the consumer that is named; of a member, and positions, below.
template <typename Request>
Request About(const ConsumerArguments& arguments, const Place& place) {
  Request request;
  request.set_timeline(place.timeline.name);
  request.set_consumer(arguments.settings.name());
  return request;
}

template <typename Request>
Request Settling(const ConsumerArguments& arguments, const Place& place) {
  auto request = About<Request>(arguments, place);
  request.set_member(arguments.member);
  for (const uint64_t position : arguments.positions) request.add_positions(position);
  return request;
}

void PrintSettled(const v1::SettledPositions& settled, Session& session) {
  Table table{.name = "settled", .columns = {{"position", Kind::kNumber}, {"outcome"}}};
  for (const uint64_t position : settled.done()) table.rows.push_back({position, "done"});
  for (const uint64_t position : settled.not_held()) table.rows.push_back({position, "not held"});
  session.Print(table);
}

absl::Status Create(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  v1::CreateConsumerRequest request;
  *request.mutable_consumer() = arguments.settings;
  request.mutable_consumer()->set_timeline(place.timeline.name);
  ANNALS_ASSIGN_OR_RETURN(*request.mutable_consumer()->mutable_filter(),
                          ToFilter(arguments.filter, place.timeline.name, place.service));
  ANNALS_ASSIGN_OR_RETURN(const v1::Consumer made, place.service->CreateConsumer(request));
  Table table{.name = "consumers",
              .columns = {{"consumer"},
                          {"after", Kind::kNumber},
                          {"lease, ms", Kind::kCount, "visibilityMs"},
                          {"deliveries", Kind::kCount, "maxDeliveries"},
                          {"window", Kind::kCount},
                          {"filter"}}};
  table.rows.push_back({made.name(), made.after(), made.visibility_ms(),
                        uint64_t{made.max_deliveries()}, uint64_t{made.window()},
                        FilterInWords(made.filter())});
  session.Print(table);
  return absl::OkStatus();
}

absl::Status List(const ConsumerArguments&, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  v1::ListConsumersRequest request;
  request.set_timeline(place.timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListConsumersResponse all,
                          place.service->ListConsumers(request));
  Table table{.name = "consumers",
              .columns = {{"consumer"},
                          {"cursor", Kind::kNumber},
                          {"head", Kind::kNumber},
                          {"lag", Kind::kCount},
                          {"leased", Kind::kCount},
                          {"waiting", Kind::kCount},
                          {"parked", Kind::kCount},
                          {"filter"}}};
  for (const v1::ConsumerStatus& one : all.consumers()) {
    table.rows.push_back({one.consumer().name(), one.cursor(), one.head(), one.lag(), one.leased(),
                          one.waiting(), one.parked(), FilterInWords(one.consumer().filter())});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Delete(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  ANNALS_RETURN_IF_ERROR(
      place.service->DeleteConsumer(About<v1::DeleteConsumerRequest>(arguments, place)).status());
  Table table{.name = "consumers", .columns = {{"consumer"}, {"what"}}};
  table.rows.push_back({arguments.settings.name(), "deleted"});
  session.Print(table);
  return absl::OkStatus();
}

// A delivery a line.
absl::Status PrintDeliveriesAsJson(const v1::FetchDeliveriesResponse& fetched, const HomeZone& zone,
                                   Session& session) {
  for (const v1::Delivery& one : fetched.deliveries()) {
    ANNALS_ASSIGN_OR_RETURN(std::string event, EventToJson(one.event(), {}));
    const std::string until = FormatInstant(FromTimestamp(one.leased_until()), zone);
    session.PrintJson(JsonObject({{"delivery", absl::StrCat(one.delivery())},
                                  {"leasedUntil", JsonString(until)},
                                  {"event", std::move(event)}},
                                 false));
  }
  return absl::OkStatus();
}

absl::Status Fetch(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  auto request = About<v1::FetchDeliveriesRequest>(arguments, place);
  request.set_member(arguments.member);
  request.set_max_events(arguments.limit);
  v1::FetchDeliveriesResponse fetched;
  do {
    ANNALS_ASSIGN_OR_RETURN(fetched, place.service->FetchDeliveries(request));
  } while (fetched.deliveries().empty() && fetched.more());
  const HomeZone& zone = place.timeline.home_zone;
  if (session.options().format == Format::kJson) {
    return PrintDeliveriesAsJson(fetched, zone, session);
  }
  Table table = EventListTable(false);
  table.name = "deliveries";
  table.columns.push_back({"delivery", Kind::kCount});
  table.columns.push_back({"leased until", Kind::kText, "leasedUntil"});
  for (const v1::Delivery& one : fetched.deliveries()) {
    std::vector<Table::Cell> row = EventListRow(one.event());
    row.emplace_back(uint64_t{one.delivery()});
    row.emplace_back(FormatInstant(FromTimestamp(one.leased_until()), zone));
    table.rows.push_back(std::move(row));
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Ack(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  ANNALS_ASSIGN_OR_RETURN(
      const v1::SettledPositions settled,
      place.service->AckDeliveries(Settling<v1::AckDeliveriesRequest>(arguments, place)));
  PrintSettled(settled, session);
  return absl::OkStatus();
}

absl::Status Nack(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  auto request = Settling<v1::NackDeliveriesRequest>(arguments, place);
  if (arguments.retry_ms.has_value()) request.set_retry_ms(*arguments.retry_ms);
  request.set_reason(arguments.reason);
  ANNALS_ASSIGN_OR_RETURN(const v1::SettledPositions settled,
                          place.service->NackDeliveries(request));
  PrintSettled(settled, session);
  return absl::OkStatus();
}

absl::Status Parked(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  auto request = About<v1::ListParkedEventsRequest>(arguments, place);
  request.set_after(arguments.after);
  request.set_limit(arguments.limit);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListParkedEventsResponse parked,
                          place.service->ListParkedEvents(request));
  Table table{.name = "parked",
              .columns = {{"position", Kind::kNumber},
                          {"deliveries", Kind::kCount},
                          {"parked at", Kind::kText, "parkedAt"},
                          {"reason"}}};
  for (const v1::ParkedEvent& event : parked.events()) {
    table.rows.push_back({event.position(), uint64_t{event.deliveries()},
                          FormatInstant(FromTimestamp(event.parked_at()), place.timeline.home_zone),
                          event.reason()});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Replay(const ConsumerArguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Place place, PlaceOf(session));
  auto request = About<v1::ReplayParkedEventsRequest>(arguments, place);
  for (const uint64_t position : arguments.positions) request.add_positions(position);
  ANNALS_ASSIGN_OR_RETURN(const v1::SettledPositions settled,
                          place.service->ReplayParkedEvents(request));
  PrintSettled(settled, session);
  return absl::OkStatus();
}

// --- The command line -------------------------------------------------------------

using Verb = absl::Status (*)(const ConsumerArguments&, Session&);

// One of the commands below `annals consumer`, with arguments of its own.
class Subcommand {
 public:
  Subcommand(CLI::App* consumer, const char* name, const char* help)
      : app_(consumer->add_subcommand(name, help)),
        arguments_(std::make_shared<ConsumerArguments>()) {}

  CLI::App* app() { return app_; }
  ConsumerArguments& arguments() { return *arguments_; }

  Subcommand& Named() {
    app_->add_option("NAME", *arguments_->settings.mutable_name(), "The consumer")
        ->required()
        ->type_name("");
    return *this;
  }

  Subcommand& OfMember() {
    app_->add_option("--member", arguments_->member,
                     "Which of those who share the consumer (default: annals)")
        ->type_name("ID");
    return *this;
  }

  Subcommand& WithPositions() {
    app_->add_option("POSITION", arguments_->positions, "The events")
        ->required()
        ->type_name("")
        ->check(WholeNumber());
    return *this;
  }

  template <typename Number>
  Subcommand& WithNumber(const char* name, Number* value, const char* help) {
    app_->add_option(name, *value, help)->type_name("N")->check(WholeNumber());
    return *this;
  }

  void Run(Verb verb, Action* chosen) {
    app_->callback([arguments = arguments_, verb, chosen] {
      *chosen = [arguments, verb](Session& session) { return verb(*arguments, session); };
    });
  }

 private:
  CLI::App* const app_;
  const std::shared_ptr<ConsumerArguments> arguments_;
};

void AddCreate(CLI::App* consumer, Action* chosen) {
  Subcommand create(consumer, "create", "Make one; again with the same settings changes nothing");
  v1::Consumer& settings = create.arguments().settings;
  const auto number = [&create](const char* name, auto set, const char* help) {
    create.app()
        ->add_option_function(name, std::move(set), help)
        ->type_name("N")
        ->check(WholeNumber());
  };
  using Set64 = std::function<void(const uint64_t&)>;
  using Set32 = std::function<void(const uint32_t&)>;
  create.Named();
  number("--after", Set64([&settings](uint64_t n) { settings.set_after(n); }),
         "Begin after this position (default: 0, the beginning)");
  number("--visibility-ms", Set64([&settings](uint64_t n) { settings.set_visibility_ms(n); }),
         "How long a member may take before an event is leased again (default: 30000)");
  number("--max-deliveries", Set32([&settings](uint32_t n) { settings.set_max_deliveries(n); }),
         "How often an event is leased before it is parked (default: 5)");
  number("--window", Set32([&settings](uint32_t n) { settings.set_window(n); }),
         "How many events may be leased or wait at the same time (default: 1000)");
  AddFilterOptions(create.app(), &create.arguments().filter);
  create.Run(Create, chosen);
}

}  // namespace

void AddConsumerCommand(CLI::App* app, Action* chosen) {
  CLI::App* consumer =
      app->add_subcommand("consumer", "Named places in a timeline's feed, which the store keeps");
  consumer->require_subcommand(1);
  AddCreate(consumer, chosen);
  Subcommand(consumer, "list", "All, and how far each is behind").Run(List, chosen);
  Subcommand(consumer, "delete", "Forget one, and what it has parked").Named().Run(Delete, chosen);
  Subcommand fetch(consumer, "fetch", "Lease the next events to a member");
  fetch.Named().OfMember().WithNumber("--limit", &fetch.arguments().limit,
                                      "At most this many (default: 1000)");
  fetch.Run(Fetch, chosen);
  Subcommand(consumer, "ack", "The member is done with these events")
      .Named()
      .WithPositions()
      .OfMember()
      .Run(Ack, chosen);
  Subcommand nack(consumer, "nack", "The member couldn't: park these events, or try again later");
  nack.Named().WithPositions().OfMember().WithNumber(
      "--retry-ms", &nack.arguments().retry_ms, "Try again after so long, instead of parking them");
  nack.app()
      ->add_option("--reason", nack.arguments().reason, "For whoever looks at what is parked")
      ->type_name("TEXT");
  nack.Run(Nack, chosen);
  Subcommand parked(consumer, "parked", "The events that were given up on");
  parked.Named()
      .WithNumber("--after", &parked.arguments().after, "Only events after this position")
      .WithNumber("--limit", &parked.arguments().limit, "At most this many (default: 1000)");
  parked.Run(Parked, chosen);
  Subcommand(consumer, "replay", "Deliver these parked events again")
      .Named()
      .WithPositions()
      .Run(Replay, chosen);
  AddExamples(consumer, {"annals consumer create mirror --stream prison/",
                         "annals consumer fetch mirror --limit 10 --format json",
                         "annals consumer ack mirror 12 13 14"});
}

}  // namespace annals
