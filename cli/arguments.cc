#include "cli/arguments.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/render/words.h"

namespace annals {

v1::AsOfQuestion ToQuestion(const AsOfArguments& arguments) {
  v1::AsOfQuestion question;
  if (arguments.valid.has_value()) question.set_valid(*arguments.valid);
  if (arguments.known.has_value()) question.set_known(*arguments.known);
  if (arguments.position.has_value()) question.set_position(*arguments.position);
  return question;
}

absl::Status NamingOptions(const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrReplaceAll(status.message(), {{"`axis`", "--axis"},
                                                             {"`from`", "--from"},
                                                             {"`known`", "--known"},
                                                             {"`step`", "--step"},
                                                             {"`size`", "--size"},
                                                             {"`to`", "--to"},
                                                             {"`valid`", "--valid"}}));
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
  if (!session.options().server.empty()) {
    options.push_back("--server");
    options.push_back(session.options().server);
  }
  return options;
}

void AddExamples(CLI::App* command, const std::vector<std::string>& examples) {
  std::string footer = examples.size() == 1 ? "Example:" : "Examples:";
  for (const std::string& example : examples) absl::StrAppend(&footer, "\n  ", example);
  command->footer(footer);
}

}  // namespace annals
