#include "cli/commands/catalogue.h"

#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/render/catalogue.h"
#include "engine/render/table.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

absl::Status ListViews(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ListViewsRequest request;
  request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListViewsResponse response, service->ListViews(request));
  session.Print(ViewsTable(response));
  return absl::OkStatus();
}

absl::Status ListTypes(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ListTypesRequest request;
  request.set_timeline(timeline.name);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTypesResponse response, service->ListTypes(request));
  session.Print(TypesTable(response));
  return absl::OkStatus();
}

absl::Status ListTimelines(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const v1::ListTimelinesResponse response, service->ListTimelines({}));
  ANNALS_ASSIGN_OR_RETURN(const Table table, TimelinesTable(response));
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
