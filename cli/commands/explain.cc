#include "cli/commands/explain.h"

#include <memory>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/query/question.h"
#include "engine/render/reads.h"
#include "engine/render/words.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct Arguments {
  std::string view;
  std::vector<std::string> key;
  AsOfArguments as_of;
};

absl::Status Explain(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::ExplainRequest request;
  request.set_timeline(timeline.name);
  request.set_view(arguments.view);
  request.mutable_key()->Assign(arguments.key.begin(), arguments.key.end());
  *request.mutable_as_of() = ToQuestion(arguments.as_of);
  ANNALS_ASSIGN_OR_RETURN(const v1::ExplainResult result, service->Explain(request));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of, FromProto(result.as_of()));
  switch (session.options().format) {
    case Format::kJson:
      session.PrintJson(AnswerToJson(result, timeline.home_zone, {.pretty = session.pretty()}));
      break;
    case Format::kTable:
      session.out() << AsOfInWords(as_of, timeline.home_zone) << "\n\n";
      session.Print(ReadsTable(result));
      break;
    case Format::kCsv:
    case Format::kMarkdown:
      session.Print(ReadsTable(result));
      break;
  }
  return absl::OkStatus();
}

}  // namespace

void AddExplainCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand(
      "explain", "What a view reads, how the index goes about it, and how long it takes");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("VIEW", arguments->view, "The view's name")->required()->type_name("");
  command
      ->add_option("--key", arguments->key,
                   "Also what `why` reads of the rows whose keys begin so, column by column")
      ->type_name("KEY…");
  command->add_option("--as-of", arguments->as_of.valid, "As of this date (default: now)")
      ->type_name("DATE");
  AddKnownAndPosition(command, &arguments->as_of);
  AddExamples(command, {"annals explain nationals-freed",
                        "annals explain nationals-freed --key ES --as-of 2026-01-13"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Explain(*arguments, session); };
  });
}

}  // namespace annals
