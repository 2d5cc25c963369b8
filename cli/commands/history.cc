#include "cli/commands/history.h"

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
#include "engine/render/view_tables.h"
#include "engine/render/words.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {
namespace {

struct Arguments {
  std::string view;
  std::string from;
  std::string to;
  std::string step = "1d";
  v1::HistoryRequest::Axis axis = v1::HistoryRequest::VALID;
  AsOfArguments fixed;  // The coordinates that are not stepped along.
};

v1::HistoryRequest ToRequest(const Arguments& arguments, const std::string& timeline) {
  v1::HistoryRequest request;
  request.set_timeline(timeline);
  request.set_view(arguments.view);
  request.set_from(arguments.from);
  request.set_to(arguments.to);
  request.set_step(arguments.step);
  request.set_axis(arguments.axis);
  *request.mutable_as_of() = ToQuestion(arguments.fixed);
  return request;
}

absl::StatusOr<std::vector<std::string>> Moments(const Arguments& arguments,
                                                 const v1::HistoryResult& result,
                                                 const HomeZone& zone) {
  std::vector<std::string> moments;
  for (const v1::HistoryPoint& point : result.points()) {
    ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf as_of, FromProto(point.as_of()));
    moments.push_back(InstantAsArgument(
        arguments.axis == v1::HistoryRequest::KNOWN ? as_of.known : as_of.valid, zone));
  }
  return moments;
}

absl::Status History(const Arguments& arguments, Session& session) {
  ANNALS_ASSIGN_OR_RETURN(Service* const service, session.OpenService());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  const absl::StatusOr<v1::HistoryResult> answer =
      service->History(ToRequest(arguments, timeline.name));
  if (!answer.ok()) return NamingOptions(answer.status());
  const v1::HistoryResult& result = *answer;
  switch (session.options().format) {
    case Format::kJson:
      session.PrintJson(AnswerToJson(result, timeline.home_zone, {.pretty = session.pretty()}));
      break;
    case Format::kCsv:
      WriteCsv(HistoryForPrograms(result, timeline.home_zone), session.out());
      break;
    case Format::kTable:
    case Format::kMarkdown: {
      ANNALS_ASSIGN_OR_RETURN(const std::vector<std::string> moments,
                              Moments(arguments, result, timeline.home_zone));
      session.Print(HistoryForPeople(
          result, arguments.axis == v1::HistoryRequest::KNOWN ? "as known by" : "as of", moments,
          timeline.home_zone));
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace

void AddHistoryCommand(CLI::App* app, Action* chosen) {
  CLI::App* command = app->add_subcommand("history", "A view at every step of a period");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("VIEW", arguments->view, "The view's name")->required()->type_name("");
  command->add_option("--from", arguments->from, "The first date")->required()->type_name("DATE");
  command->add_option("--to", arguments->to, "The last date, at most")
      ->required()
      ->type_name("DATE");
  command
      ->add_option("--step", arguments->step,
                   "30min, 6h, 1d, 1w, 1m (a month), 1y (default: 1d); at most 10,000 steps")
      ->type_name("STEP");
  AddChoice<v1::HistoryRequest::Axis, v1::HistoryRequest::Axis>(
      command, "--axis", &arguments->axis,
      {{"valid", v1::HistoryRequest::VALID}, {"known", v1::HistoryRequest::KNOWN}},
      "Step along what had happened (valid) or what was known (default: valid)");
  AddKnownAndPosition(command, &arguments->fixed);
  command
      ->add_option("--valid", arguments->fixed.valid,
                   "With --axis known: what had happened by this date (default: now)")
      ->type_name("DATE");
  AddExamples(command,
              {"annals history remaining-prisoners --from 2026-01-08 --to 2026-01-31 --step 1d",
               "annals history summary --axis known --from 2026-01-08 --to 2026-01-31 --step 1w"});
  command->callback([arguments, chosen] {
    *chosen = [arguments](Session& session) { return History(*arguments, session); };
  });
}

}  // namespace annals
