#include "cli/arguments.h"

#include "absl/strings/str_cat.h"
#include "cli/render/words.h"
#include "engine/base/status.h"

namespace annals {
namespace {

std::optional<std::string> DateOrNow(const std::optional<std::string>& date) {
  return MeansNow(date) ? std::nullopt : date;
}

}  // namespace

bool MeansNow(const std::optional<std::string>& date) {
  return !date.has_value() || *date == "now";
}

void AddKnownAndPosition(CLI::App* command, AsOfArguments* arguments) {
  command
      ->add_option("--known", arguments->known,
                   "As known by this date (default: now). Dates as for DATE")
      ->type_name("DATE");
  command
      ->add_option("--position", arguments->position,
                   "Going by the first N events of the log (default: all)")
      ->type_name("N")
      ->check(WholeNumber());
}

CLI::Validator WholeNumber() {
  const auto check = [](const std::string& text) -> std::string {
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    return digits ? "" : absl::StrCat("\"", text, "\" is no whole number");
  };
  return CLI::Validator(check, "");
}

absl::StatusOr<PinnedAsOf> PinArguments(Store* store, const TimelineSettings& timeline,
                                        const AsOfArguments& arguments) {
  return store->queries().Pin(timeline.name, {.valid = DateOrNow(arguments.valid),
                                              .known = DateOrNow(arguments.known),
                                              .position = arguments.position});
}

std::vector<std::string> PinningOptions(Session& session, const TimelineSettings& timeline,
                                        const PinnedAsOf& as_of) {
  std::vector<std::string> options = {
      "--known",    InstantAsArgument(as_of.known, timeline.home_zone),
      "--position", absl::StrCat(as_of.position.value),
      "--timeline", timeline.name};
  if (!session.options().store.empty()) {
    options.push_back("--store");
    options.push_back(session.options().store);
  }
  return options;
}

absl::StatusOr<std::vector<std::string>> ViewsAskedFor(Store* store,
                                                       const TimelineSettings& timeline,
                                                       const std::string& view) {
  if (!view.empty()) return std::vector<std::string>{view};
  ANNALS_ASSIGN_OR_RETURN(const std::vector<const View*> views,
                          store->queries().Views(timeline.name));
  std::vector<std::string> names;
  for (const View* each : views) names.push_back(each->name);
  return names;
}

void AddExamples(CLI::App* command, const std::vector<std::string>& examples) {
  std::string footer = examples.size() == 1 ? "Example:" : "Examples:";
  for (const std::string& example : examples) absl::StrAppend(&footer, "\n  ", example);
  command->footer(footer);
}

}  // namespace annals
