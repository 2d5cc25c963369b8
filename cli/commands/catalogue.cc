#include "cli/commands/catalogue.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/arguments.h"
#include "cli/render/table.h"
#include "cli/type_docs.h"
#include "engine/base/status.h"
#include "engine/time/home_zone.h"
#include "google/protobuf/descriptor.h"

namespace annals {
namespace {

// "key country, freed (persons)".
std::string ColumnsInWords(const View& view) {
  return absl::StrJoin(view.columns, ", ", [](std::string* out, const v1::Column& column) {
    absl::StrAppend(out, column.kind() == v1::Column::KEY ? "key " : "", column.name());
    if (!column.unit().empty()) absl::StrAppend(out, " (", column.unit(), ")");
  });
}

absl::Status ListViews(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  ANNALS_ASSIGN_OR_RETURN(const std::vector<const View*> views,
                          store->queries().Views(timeline.name));
  Table table{.name = "views", .columns = {{"view"}, {"columns"}, {"description"}}};
  for (const View* view : views) {
    table.rows.push_back({view->name, ColumnsInWords(*view), view->description});
  }
  session.Print(table);
  return absl::OkStatus();
}

std::string FieldsInWords(const google::protobuf::Descriptor& type) {
  std::vector<std::string> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = type.field(i);
    fields.push_back(absl::StrCat(field->json_name(), field->is_repeated() ? "[]" : ""));
  }
  return absl::StrJoin(fields, ", ");
}

absl::Status ListTypes(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  ANNALS_ASSIGN_OR_RETURN(const std::vector<const google::protobuf::Descriptor*> types,
                          store->types().Types(timeline.domain));
  Table table{.name = "types", .columns = {{"type"}, {"records"}, {"fields"}}};
  for (const google::protobuf::Descriptor* type : types) {
    table.rows.push_back({type->full_name(), FirstSentenceAbout(*type), FieldsInWords(*type)});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status ListTimelines(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  Table table{.name = "timelines",
              .columns = {{"timeline"},
                          {"title"},
                          {"domain"},
                          {"home zone", Table::Kind::kText, "homeZone"},
                          {"events", Table::Kind::kCount},
                          {"last recorded", Table::Kind::kText, "lastRecordedAt"}}};
  for (const std::string& name : store->log().Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings settings, store->log().Settings(name));
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store->log().GetHead(name));
    table.rows.push_back({name, settings.title,
                          settings.domain.empty() ? Table::Cell() : Table::Cell(settings.domain),
                          settings.home_zone.name(), head.position.value,
                          FormatInstant(head.recorded_at, settings.home_zone)});
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
