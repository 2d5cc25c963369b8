#include "cli/commands/as_of.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/query/question.h"
#include "engine/render/csv.h"
#include "engine/render/events.h"
#include "engine/render/json_text.h"
#include "engine/render/markdown.h"
#include "engine/render/text.h"
#include "engine/render/view_tables.h"
#include "engine/render/words.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct Arguments {
  AsOfArguments as_of;
  std::string view;
};

// The whole answer, before it has a format.
struct Answer {
  TimelineSettings timeline;
  PinnedAsOf as_of;
  v1::AsOfResponse response;
};

absl::StatusOr<Answer> Ask(const Arguments& arguments, Session& session) {
  Answer answer;
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(answer.timeline, session.Timeline());
  v1::AsOfRequest request;
  request.set_timeline(answer.timeline.name);
  if (!arguments.view.empty()) request.add_views(arguments.view);
  *request.mutable_as_of() = ToQuestion(arguments.as_of);
  ANNALS_ASSIGN_OR_RETURN(answer.response, service->AsOf(request));
  ANNALS_ASSIGN_OR_RETURN(answer.as_of, FromProto(answer.response.as_of()));
  return answer;
}

void PrintJsonAnswer(const Arguments& arguments, const Answer& answer, Session& session) {
  std::vector<std::string> results;
  for (const v1::ViewResult& result : answer.response.views()) {
    results.push_back(
        AnswerToJson(result, answer.timeline.home_zone, {.pretty = session.pretty()}));
  }
  if (!arguments.view.empty()) {
    session.PrintJson(results[0]);
    return;
  }
  session.PrintJson(
      JsonObject({{"views", JsonArray(results, session.pretty())}}, session.pretty()));
}

using Descriptions = std::map<std::string, std::string>;

absl::StatusOr<Descriptions> DescribeViews(const std::string& timeline, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  v1::ListViewsRequest request;
  request.set_timeline(timeline);
  ANNALS_ASSIGN_OR_RETURN(const v1::ListViewsResponse response, service->ListViews(request));
  Descriptions descriptions;
  for (const v1::ViewInfo& view : response.views()) descriptions[view.name()] = view.description();
  return descriptions;
}

std::string Command(const Arguments& arguments, const Answer& answer, Session& session) {
  std::vector<std::string> command = {
      "annals", "as-of", InstantAsArgument(answer.as_of.valid, answer.timeline.home_zone)};
  for (std::string& option : PinningOptions(session, answer.timeline, answer.as_of)) {
    command.push_back(std::move(option));
  }
  if (!arguments.view.empty()) {
    command.push_back("--view");
    command.push_back(arguments.view);
  }
  return ShellCommand(command);
}

// Which the one who gave the answer can be held to (docs/proofs.md).
std::string WhatItRestsOn(const Answer& answer) {
  const uint64_t position = answer.as_of.position.value;
  return absl::StrCat("It rests on ", CountOf(position, "event", "events"), " with the root ",
                      absl::Base64Escape(answer.response.as_of().root_hash()),
                      ", which `annals checkpoint --size ", position, "` signs.");
}

// What stands above and below the tables is prose: a page that can be read.
void PrintPage(const Arguments& arguments, const Answer& answer, const Descriptions& descriptions,
               Session& session) {
  const bool markdown = session.options().format == Format::kMarkdown;
  const TextStyle style = session.out_style();
  std::ostream& out = session.out();
  const std::string as_of = AsOfInWords(answer.as_of, answer.timeline.home_zone);
  out << (markdown ? absl::StrCat("# ", MarkdownText(answer.timeline.title))
                   : Bold(Visible(answer.timeline.title), style))
      << '\n'
      << (markdown ? "\n" : "") << Visible(as_of) << "\n";
  bool possibly = false;
  for (const v1::ViewResult& result : answer.response.views()) {
    out << '\n';
    session.PrintHeading(result.view());
    const auto found = descriptions.find(result.view());
    const std::string description = found != descriptions.end() ? found->second : "";
    if (!description.empty()) {
      out << (markdown ? MarkdownText(description) : Dim(Visible(description), style)) << '\n';
      if (markdown) out << '\n';
    }
    const Table table = ViewForPeople(result, answer.timeline.home_zone);
    possibly = possibly || HasPossibly(table);
    session.Print(table);
  }
  if (possibly) {
    out << "\nA value is certain; \"possibly\" is what it may be instead, by vague dates and late "
           "news.\n";
  }
  if (!answer.response.views().empty() && answer.response.views(0).has_redacted()) {
    out << '\n' << VisibleLines(RedactionsInWords(answer.response.views(0).redacted())) << '\n';
  }
  out << '\n' << WhatItRestsOn(answer) << '\n';
  const std::string command = Command(arguments, answer, session);
  out << "\nThe same answer for ever:\n"
      << (markdown ? absl::StrCat("\n    ", command) : absl::StrCat("  ", command)) << '\n';
}

absl::Status AsOf(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(const Answer answer, Ask(arguments, session));
  switch (session.options().format) {
    case Format::kJson:
      PrintJsonAnswer(arguments, answer, session);
      break;
    case Format::kCsv:
      WriteCsv(arguments.view.empty()
                   ? ViewsForPrograms(answer.response.views(), answer.timeline.home_zone)
                   : ViewForPrograms(answer.response.views(0), answer.timeline.home_zone),
               session.out());
      break;
    case Format::kTable:
    case Format::kMarkdown: {
      ANNALS_ASSIGN_OR_RETURN(const Descriptions descriptions,
                              DescribeViews(answer.timeline.name, session));
      PrintPage(arguments, answer, descriptions, session);
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace

void AddAsOfCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("as-of", "What the views say as of a date");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("DATE", arguments->as_of.valid, kDateHelp)->required()->type_name("");
  AddKnownAndPosition(command, &arguments->as_of);
  command->add_option("--view", arguments->view, "This view alone (default: all)")
      ->type_name("VIEW");
  AddExamples(command, {"annals as-of 2026-01-12", "annals as-of now --known 2026-01-20",
                        "annals as-of 2026-01 --view releases --format json"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return AsOf(*arguments, session); };
  });
}

}  // namespace annals
