#include "cli/commands/maintenance.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/progress.h"
#include "engine/base/status.h"
#include "engine/log/log_verifier.h"
#include "engine/log/lookup_rebuild.h"
#include "engine/proof/proof_text.h"
#include "engine/render/catalogue.h"
#include "engine/render/table.h"
#include "engine/render/text.h"
#include "engine/storage/store_folder.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

absl::Status Stats(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  v1::GetStatsRequest request;
  request.set_timeline(session.options().timeline);
  ANNALS_ASSIGN_OR_RETURN(const v1::GetStatsResponse stats, service->GetStats(request));
  session.Print(StatsTable(stats));
  return absl::OkStatus();
}

// The rows of a projection are derived, so that they are not compared with the
// log one by one: a projection that has taken in every event is in order.
absl::Status CheckProjections(Store* store, const std::string& timeline, Position head) {
  ANNALS_RETURN_IF_ERROR(store->projections().WaitFor(timeline, head));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<ProjectionProgress> all,
                          store->projections().Progress(timeline));
  for (const ProjectionProgress& one : all) {
    if (one.status.ok() && one.position >= head) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "timeline \"", timeline, "\", projection ", one.projection, ": stopped after position ",
        one.position.value, " of ", head.value,
        one.status.ok() ? "" : absl::StrCat(" (", std::string(one.status.message()), ")"),
        "; the log is sound, and `annals rebuild --timeline ", timeline,
        "` builds the projections anew"));
  }
  return absl::OkStatus();
}

absl::Status Verify(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  ANNALS_RETURN_IF_ERROR(Annotate(store->unfinished_erasure(), "an erasure isn't finished"));
  uint64_t total = 0;
  for (const std::string& timeline : store->log().Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store->log().GetHead(timeline));
    total += head.position.value;
  }
  VerifyReport report;
  {
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "verified");
    ANNALS_ASSIGN_OR_RETURN(
        report, VerifyLog(store->folder(), store->log(), [&](const VerifyReport& so_far) {
          progress.Update(so_far.events, total);
        }));
  }
  uint64_t projections = 0;
  for (const std::string& timeline : store->log().Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store->log().GetHead(timeline));
    ANNALS_RETURN_IF_ERROR(CheckProjections(store, timeline, head.position));
    ANNALS_ASSIGN_OR_RETURN(const std::vector<ProjectionProgress> all,
                            store->projections().Progress(timeline));
    projections += all.size();
  }
  Table table{.name = "verified",
              .columns = {{"checked"}, {"count", Table::Kind::kCount}, {"what was found"}}};
  table.rows = {
      {"files and head", Table::Cell(), "every checksum holds, and the head agrees with the log"},
      {"timelines", report.timelines, "positions are dense, recording times grow"},
      {"events", report.events, "hashes follow one another; found by id, stream and type"},
      {"streams", report.streams, "revisions are dense"},
      {"look-ups", report.lookup_entries, "point at their events, and at nothing else"},
      {"tiles of trees", report.tiles, "are what the events come to"},
      {"projections", projections, "have taken in every event"}};
  for (const VerifyReport::Tree& tree : report.trees) {
    table.rows.push_back({absl::StrCat("tree of ", tree.timeline), tree.size,
                          absl::StrCat("has the root ", EncodeHash(tree.root))});
  }
  session.Print(table);
  return absl::OkStatus();
}

// Look-ups serve every timeline, and are made anew while the log is closed.
absl::StatusOr<uint64_t> RebuildLookupsOf(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string path, session.StoreFolder());
  ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<storage::StoreFolder> folder,
                          storage::StoreFolder::Open(path, {}));
  return RebuildLookups(folder.get());
}

absl::Status RebuildProjections(Session& session, Store* store, const std::string& timeline) {
  Progress progress(&session.err(), session.environment().error_is_terminal,
                    session.environment().clock, "projected");
  return store->projections().Rebuild(
      timeline, [&](Position done, Position head) { progress.Update(done.value, head.value); });
}

absl::Status AddProjections(Store* store, const std::string& timeline, Table* table) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<ProjectionProgress> all,
                          store->projections().Progress(timeline));
  for (const ProjectionProgress& one : all) {
    table->rows.push_back(ProjectionRow(timeline, one.projection, one.position.value,
                                        std::string(one.status.message())));
  }
  return absl::OkStatus();
}

absl::Status Rebuild(Session& session) {
  Table table = FindingsTable("rebuilt");
  ANNALS_ASSIGN_OR_RETURN(const uint64_t events, RebuildLookupsOf(session));
  table.rows.push_back({Table::Cell(), "look-ups of events", events, ""});
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  std::vector<std::string> timelines = store->log().Timelines();
  if (!session.options().timeline.empty()) {
    ANNALS_ASSIGN_OR_RETURN(const TimelineSettings chosen, session.Timeline());
    timelines = {chosen.name};
  }
  for (const std::string& timeline : timelines) {
    ANNALS_RETURN_IF_ERROR(RebuildProjections(session, store, timeline));
    ANNALS_RETURN_IF_ERROR(AddProjections(store, timeline, &table));
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddStatsCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("stats", "How much there is, and how far the projections are");
  AddExamples(command, {"annals stats", "annals stats --format json"});
  command->callback([chosen] { *chosen = Stats; });
}

void AddVerifyCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("verify", "Read everything again, and check that it agrees with itself");
  AddExamples(command, {"annals verify", "annals verify --store ./backup"});
  command->callback([chosen] { *chosen = Verify; });
}

void AddRebuildCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "rebuild", "Make all that is derived from the log anew: look-ups, trees and projections");
  AddExamples(command, {"annals rebuild", "annals rebuild --timeline venezuela-2026"});
  command->callback([chosen] { *chosen = Rebuild; });
}

}  // namespace annals
