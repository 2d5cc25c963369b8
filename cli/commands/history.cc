#include "cli/commands/history.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/render/csv.h"
#include "cli/render/view_tables.h"
#include "cli/render/words.h"
#include "engine/base/status.h"
#include "engine/query/json.h"
#include "engine/time/step.h"

namespace annals {
namespace {

constexpr size_t kMaxSteps = 10'000;

enum class HistoryAxis { kValid, kKnown };

struct Arguments {
  std::string view;
  std::string from;
  std::string to;
  std::string step = "1d";
  HistoryAxis axis = HistoryAxis::kValid;
  AsOfArguments fixed;  // The coordinates that are not stepped along.
};

absl::StatusOr<std::vector<PinnedAsOf>> Steps(const Arguments& arguments, Store* store,
                                              const TimelineSettings& timeline) {
  ANNALS_ASSIGN_OR_RETURN(const Step step, Step::Parse(arguments.step));
  AsOfArguments from = arguments.fixed;
  AsOfArguments to = arguments.fixed;
  from.valid = arguments.from;
  to.valid = arguments.to;
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf first, PinArguments(store, timeline, from));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf last, PinArguments(store, timeline, to));
  ANNALS_ASSIGN_OR_RETURN(const std::vector<Instant> instants,
                          step.Between(first.valid, last.valid, timeline.home_zone, kMaxSteps));
  ANNALS_ASSIGN_OR_RETURN(const PinnedAsOf fixed, PinArguments(store, timeline, arguments.fixed));
  std::vector<PinnedAsOf> steps;
  for (const Instant instant : instants) {
    PinnedAsOf as_of = fixed;
    (arguments.axis == HistoryAxis::kValid ? as_of.valid : as_of.known) = instant;
    steps.push_back(as_of);
  }
  return steps;
}

absl::Status CheckAxis(const Arguments& arguments) {
  if (arguments.axis == HistoryAxis::kKnown && arguments.fixed.known.has_value()) {
    return absl::InvalidArgumentError(
        "--known: with --axis known the steps themselves are the known dates; leave it out");
  }
  if (arguments.axis == HistoryAxis::kValid && arguments.fixed.valid.has_value()) {
    return absl::InvalidArgumentError(
        "--valid: with --axis valid the steps themselves are the valid dates; leave it out");
  }
  return absl::OkStatus();
}

std::vector<std::string> Moments(const Arguments& arguments, const std::vector<PinnedAsOf>& steps,
                                 const HomeZone& zone) {
  std::vector<std::string> moments;
  for (const PinnedAsOf& step : steps) {
    moments.push_back(
        InstantAsArgument(arguments.axis == HistoryAxis::kValid ? step.valid : step.known, zone));
  }
  return moments;
}

absl::Status History(const Arguments& arguments, Session& session) {
  ANNALS_RETURN_IF_ERROR(CheckAxis(arguments));
  ANNALS_ASSIGN_OR_RETURN(Store* const store, session.OpenStore());
  ANNALS_ASSIGN_OR_RETURN(const TimelineSettings timeline, session.Timeline());
  ANNALS_ASSIGN_OR_RETURN(const std::vector<PinnedAsOf> steps, Steps(arguments, store, timeline));
  ANNALS_ASSIGN_OR_RETURN(const v1::HistoryResult result,
                          store->queries().History(timeline.name, arguments.view, steps));
  switch (session.options().format) {
    case Format::kJson:
      session.PrintJson(AnswerToJson(result, timeline.home_zone, {.pretty = session.pretty()}));
      break;
    case Format::kCsv:
      WriteCsv(HistoryForPrograms(result, timeline.home_zone), session.out());
      break;
    case Format::kTable:
    case Format::kMarkdown:
      session.Print(
          HistoryForPeople(result, arguments.axis == HistoryAxis::kValid ? "as of" : "as known by",
                           Moments(arguments, steps, timeline.home_zone), timeline.home_zone));
      break;
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
  AddChoice<HistoryAxis, HistoryAxis>(
      command, "--axis", &arguments->axis,
      {{"valid", HistoryAxis::kValid}, {"known", HistoryAxis::kKnown}},
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
