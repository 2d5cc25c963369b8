#include "cli/commands/catalogue.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/arguments.h"
#include "cli/render/table.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

// "key country, freed (persons)".
std::string ColumnsInWords(const v1::ViewInfo& view) {
  return absl::StrJoin(view.columns(), ", ", [](std::string* out, const v1::Column& column) {
    absl::StrAppend(out, column.kind() == v1::Column::KEY ? "key " : "", column.name());
    if (!column.unit().empty()) absl::StrAppend(out, " (", column.unit(), ")");
  });
}

absl::Status ListViews(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ListViewsRequest request;
  request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListViewsResponse response, service->ListViews(request));
  Table table{.name = "views", .columns = {{"view"}, {"columns"}, {"description"}}};
  for (const v1::ViewInfo& view : response.views()) {
    table.rows.push_back({view.name(), ColumnsInWords(view), view.description()});
  }
  session.Print(table);
  return absl::OkStatus();
}

std::string FieldsInWords(const v1::EventType& type) {
  return absl::StrJoin(type.fields(), ", ", [](std::string* out, const v1::EventTypeField& field) {
    absl::StrAppend(out, field.name(), field.is_list() ? "[]" : "");
  });
}

absl::Status ListTypes(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ListTypesRequest request;
  request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTypesResponse response, service->ListTypes(request));
  Table table{.name = "types", .columns = {{"type"}, {"records"}, {"fields"}}};
  for (const v1::EventType& type : response.types()) {
    table.rows.push_back({type.name(), type.description(), FieldsInWords(type)});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status ListTimelines(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTimelinesResponse response, service->ListTimelines({}));
  Table table{.name = "timelines",
              .columns = {{"timeline"},
                          {"title"},
                          {"domain"},
                          {"home zone", Table::Kind::kText, "homeZone"},
                          {"events", Table::Kind::kCount},
                          {"last recorded", Table::Kind::kText, "lastRecordedAt"}}};
  for (const v1::Timeline& timeline : response.timelines()) {
    const v1::TimelineCreated& settings = timeline.settings();
    ANNALS_ASSIGN_OR_RETURN(const HomeZone zone, HomeZone::Load(settings.home_zone()));
    table.rows.push_back(
        {timeline.name(), settings.title(),
         settings.domain().empty() ? Table::Cell() : Table::Cell(settings.domain()), zone.name(),
         timeline.head(), FormatInstant(FromTimestamp(timeline.recorded_at()), zone)});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddViewsCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("views", "The views, their columns and what they tell");
  AddExamples(command, {"annals views"});
  command->callback([chosen] { *chosen = ListViews; });
}

void AddTypesCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("types", "The event types that the timeline takes");
  AddExamples(command, {"annals types", "annals types --format json"});
  command->callback([chosen] { *chosen = ListTypes; });
}

void AddTimelinesCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("timelines", "The store's timelines");
  AddExamples(command, {"annals timelines"});
  command->callback([chosen] { *chosen = ListTimelines; });
}

}  // namespace annals
