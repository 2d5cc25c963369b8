#include "cli/commands/diff.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/query/question.h"
#include "engine/render/csv.h"
#include "engine/render/json_text.h"
#include "engine/render/text.h"
#include "engine/render/view_tables.h"
#include "engine/render/words.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct Arguments {
  AsOfArguments from;
  AsOfArguments to;
  std::string view;
};

struct Answer {
  TimelineSettings timeline;
  PinnedAsOf from;
  PinnedAsOf to;
  v1::DiffResponse response;
};

absl::StatusOr<Answer> Ask(const Arguments& arguments, Session& session) {
  Answer answer;
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(answer.timeline, session.Timeline());
  v1::DiffRequest request;
  request.set_timeline(answer.timeline.name);
  if (!arguments.view.empty()) request.add_views(arguments.view);
  *request.mutable_from() = ToQuestion(arguments.from);
  *request.mutable_to() = ToQuestion(arguments.to);
  ANNALS_ASSIGN_OR_RETURN(answer.response, service->Diff(request));
  ANNALS_ASSIGN_OR_RETURN(answer.from, FromProto(answer.response.from()));
  ANNALS_ASSIGN_OR_RETURN(answer.to, FromProto(answer.response.to()));
  return answer;
}

void PrintJsonAnswer(const Arguments& arguments, const Answer& answer, Session& session) {
  std::vector<std::string> results;
  for (const v1::DiffResult& result : answer.response.diffs()) {
    results.push_back(
        AnswerToJson(result, answer.timeline.home_zone, {.pretty = session.pretty()}));
  }
  if (!arguments.view.empty()) {
    session.PrintJson(results[0]);
    return;
  }
  session.PrintJson(
      JsonObject({{"diffs", JsonArray(results, session.pretty())}}, session.pretty()));
}

// One cause: the views that changed by it. False if none did.
bool PrintCause(const Answer& answer, v1::Change::Cause cause, const char* title,
                Session& session) {
  bool any = false;
  for (const v1::DiffResult& result : answer.response.diffs()) {
    const Table table = ChangesForPeople(result, cause, answer.timeline.home_zone);
    if (table.rows.empty()) continue;
    session.out() << '\n';
    session.PrintHeading(absl::StrCat(title, ": ", result.view()));
    session.Print(table);
    any = true;
  }
  return any;
}

void PrintPage(const Answer& answer, Session& session) {
  std::ostream& out = session.out();
  const bool markdown = session.options().format == Format::kMarkdown;
  const HomeZone& zone = answer.timeline.home_zone;
  out << "From: " << Visible(AsOfInWords(answer.from, zone)) << '\n'
      << (markdown ? "\n" : "") << "To: " << Visible(AsOfInWords(answer.to, zone)) << '\n';
  const bool world = PrintCause(answer, v1::Change::WORLD_CHANGED, "The world changed", session);
  const bool learned = PrintCause(answer, v1::Change::LEARNED, "We learned", session);
  if (!world && !learned) out << "\nNothing changed.\n";
}

absl::Status Diff(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Answer answer, Ask(arguments, session));
  switch (session.options().format) {
    case Format::kJson:
      PrintJsonAnswer(arguments, answer, session);
      break;
    case Format::kCsv:
      WriteCsv(ChangesForPrograms(answer.response.diffs(), answer.timeline.home_zone),
               session.out());
      break;
    case Format::kTable:
    case Format::kMarkdown:
      PrintPage(answer, session);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

void AddDiffCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "diff", "What changed between two dates: in the world, and in what was known");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FROM", arguments->from.valid, kDateHelp)->required()->type_name("");
  command->add_option("TO", arguments->to.valid, "Likewise")->required()->type_name("");
  command->add_option("--known-from", arguments->from.known, "FROM as known by this date (now)")
      ->type_name("DATE");
  command->add_option("--known-to", arguments->to.known, "TO as known by this date (now)")
      ->type_name("DATE");
  command->add_option("--position-from", arguments->from.position, "FROM by the first N events")
      ->type_name("N")
      ->check(WholeNumber());
  command->add_option("--position-to", arguments->to.position, "TO by the first N events")
      ->type_name("N")
      ->check(WholeNumber());
  command->add_option("--view", arguments->view, "This view alone (default: all)")
      ->type_name("VIEW");
  AddExamples(command,
              {"annals diff 2026-01-08 2026-01-31",
               "annals diff 2026-01-12 2026-01-12 --known-from 2026-01-12 --view summary"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Diff(*arguments, session); };
  });
}

}  // namespace annals
