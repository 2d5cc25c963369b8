#include "cli/commands/repair.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/progress.h"
#include "engine/backup/store_repair.h"
#include "engine/base/status.h"
#include "engine/log/log_verifier.h"
#include "engine/render/json_text.h"
#include "engine/render/table.h"

namespace annals {
namespace {

using Why = RepairReport::Lost::Why;

absl::string_view InWords(Why why) {
  switch (why) {
    case Why::kMissing:
      return "missing";
    case Why::kDamaged:
      return "damaged";
    case Why::kBehindGap:
      return "there, but not proven: it stands behind a gap";
  }
  return "";
}

std::string NameOf(const RepairReport::Timeline& timeline) {
  return timeline.name.empty() ? absl::StrCat("(number ", timeline.number, ")") : timeline.name;
}

Table SavedTable(const RepairReport& report) {
  Table table{.name = "timelines",
              .columns = {{"timeline"},
                          {"saved up to", Table::Kind::kNumber, "saved"},
                          {"last known", Table::Kind::kNumber, "lastKnown"}}};
  for (const RepairReport::Timeline& timeline : report.timelines) {
    table.rows.push_back({NameOf(timeline), timeline.saved.value, timeline.last.value});
  }
  return table;
}

Table LostTable(const RepairReport& report) {
  std::map<uint32_t, std::string> names;
  for (const RepairReport::Timeline& timeline : report.timelines) {
    names[timeline.number] = NameOf(timeline);
  }
  Table table{.name = "lost",
              .columns = {{"timeline"}, {"position", Table::Kind::kNumber}, {"id"}, {"why"}}};
  for (const RepairReport::Lost& lost : report.lost) {
    table.rows.push_back({names[lost.timeline], lost.position.value,
                          lost.id.empty() ? Table::Cell() : Table::Cell(lost.id),
                          InWords(lost.why)});
  }
  return table;
}

void Print(const RepairReport& report, Session& session) {
  const Table saved = SavedTable(report);
  const Table lost = LostTable(report);
  if (session.options().format == Format::kJson) {
    std::vector<std::string> remarks;
    for (const std::string& remark : report.remarks) remarks.push_back(JsonString(remark));
    session.PrintJson(JsonObject({{"timelines", RowsToJson(saved, session.pretty())},
                                  {"lost", RowsToJson(lost, session.pretty())},
                                  {"remarks", JsonArray(remarks, session.pretty())}},
                                 session.pretty()));
    return;
  }
  for (const std::string& remark : report.remarks) session.Remark(remark);
  if (session.options().format != Format::kCsv) {
    session.PrintHeading("Saved");
    session.Print(saved);
    if (lost.rows.empty()) return;
    session.out() << '\n';
    session.PrintHeading("Lost");
  }
  session.Print(lost);
}

// The copy is a store like any other: opened, verified, its projections made.
absl::Status VerifyCopy(Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  Progress progress(&session.err(), session.environment().error_is_terminal,
                    session.environment().clock, "verified");
  ANNALS_RETURN_IF_ERROR(VerifyLog(store->folder(), store->log(), [&](const VerifyReport& so_far) {
                           progress.Update(so_far.events);
                         }).status());
  for (const std::string& timeline : store->log().Timelines()) {
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, store->log().GetHead(timeline));
    ANNALS_RETURN_IF_ERROR(store->projections().WaitFor(timeline, head.position));
  }
  return absl::OkStatus();
}

absl::Status Repair(const std::string& to, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const std::string path, session.StoreFolder());
  RepairReport report;
  {
    Progress progress(&session.err(), session.environment().error_is_terminal,
                      session.environment().clock, "saved");
    ANNALS_ASSIGN_OR_RETURN(
        report, RepairStore(path, to, [&](uint64_t events) { progress.Update(events); }));
  }
  Print(report, session);
  session.options().store = to;
  ANNALS_RETURN_IF_ERROR(VerifyCopy(session));
  const bool all = report.lost.empty() && report.saved >= report.acknowledged.value_or(0);
  if (all) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      report.saved, " events were saved to ", to,
      report.acknowledged ? absl::StrCat(", of ", *report.acknowledged, " acknowledged") : "",
      "; what could not be saved is listed. The damaged store is as it was"));
}

}  // namespace

void AddRepairCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "repair", "Save what can be proven of a damaged store to a new one, and say what can't");
  auto to = std::make_shared<std::string>();
  command->add_option("--to", *to, "The new store's folder; the damaged one is left as it is")
      ->required()
      ->type_name("NEWDIR");
  AddExamples(command,
              {"annals repair --store ./damaged --to ./saved",
               "annals repair --store ./damaged --to ./saved --format json > report.json"});
  command->callback(
      [to, chosen] { *chosen = [to](Session& session) { return Repair(*to, session); }; });
}

}  // namespace annals
