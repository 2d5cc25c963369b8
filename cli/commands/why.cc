#include "cli/commands/why.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "engine/base/status.h"
#include "engine/query/json/json.h"
#include "engine/query/question.h"
#include "engine/render/json_text.h"
#include "engine/render/reasons.h"
#include "engine/render/words.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct Arguments {
  std::string view;
  std::vector<std::string> key;
  AsOfArguments as_of;
  uint64_t after = 0;
  uint32_t limit = 100;
};

absl::Status Why(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  v1::WhyRequest request;
  request.set_timeline(timeline.name);
  request.set_view(arguments.view);
  request.mutable_key()->Assign(arguments.key.begin(), arguments.key.end());
  *request.mutable_as_of() = ToQuestion(arguments.as_of);
  request.set_after(arguments.after);
  request.set_limit(arguments.limit);
  ANNALS_ASSIGN_OR_RETURN(const v1::WhyResponse response, service->Why(request));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of, FromProto(response.as_of()));
  switch (session.options().format) {
    case Format::kTable:
      session.out() << AsOfInWords(as_of, timeline.home_zone) << '\n';
      for (const v1::WhyResult& result : response.reasons()) {
        session.out() << '\n';
        WriteReasonsText(result, timeline.home_zone, session.out_style(), session.out());
      }
      break;
    case Format::kCsv:
    case Format::kMarkdown:
      session.Print(ReasonsTable(response.reasons()));
      break;
    case Format::kJson: {
      std::vector<std::string> answers;
      for (const v1::WhyResult& result : response.reasons()) {
        answers.push_back(AnswerToJson(result, timeline.home_zone, {.pretty = session.pretty()}));
      }
      session.PrintJson(
          JsonObject({{"reasons", JsonArray(answers, session.pretty())}}, session.pretty()));
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace

void AddWhyCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("why", "The events behind a row of a view, and where they can be read");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("VIEW", arguments->view, "The view's name")->required()->type_name("");
  command
      ->add_option("KEY", arguments->key,
                   "The row's key, column by column; the first columns alone ask for all rows "
                   "that begin with them")
      ->required()
      ->type_name("");
  command->add_option("--as-of", arguments->as_of.valid, "As of this date (default: now)")
      ->type_name("DATE");
  AddKnownAndPosition(command, &arguments->as_of);
  command
      ->add_option("--limit", arguments->limit,
                   "At most this many events a cell and world (default: 100)")
      ->check(CLI::Range(uint32_t{1}, uint32_t{10'000}).description(""))
      ->type_name("N");
  command->add_option("--after", arguments->after, "Only events after this position")
      ->type_name("N")
      ->check(WholeNumber());
  AddExamples(command, {"annals why nationals-freed ES",
                        "annals why remaining-prisoners foro-penal --as-of 2026-01-13"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return Why(*arguments, session); };
  });
}

}  // namespace annals
