// Options that several commands share.
#ifndef ANNALS_CLI_ARGUMENTS_H_
#define ANNALS_CLI_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/session.h"
#include "engine/log/timeline_settings.h"
#include "engine/query/question.h"
#include "proto/annals/v1/service.pb.h"

namespace annals {

// --known and --position, and the valid date where a command takes one. "now"
// means the same as leaving it out.
struct AsOfArguments {
  std::optional<std::string> valid;
  std::optional<std::string> known;
  std::optional<uint64_t> position;
};

// As a request states it.
v1::AsOfQuestion ToQuestion(const AsOfArguments& arguments);

// The error with the fields that it names (`from`, as service.proto calls them) as
// the options that they were given by (--from).
absl::Status NamingOptions(const absl::Status& status);

// Adds --known and --position.
void AddKnownAndPosition(CLI::App* command, AsOfArguments* arguments);

// Help for every date argument.
inline constexpr const char* kDateHelp =
    "A date or date-time: 2026-01-12, 2026-01, 2026, 2026-01-12T09:30:00-04:00, or now; its last "
    "instant counts";

// The options that pin `as_of` on a command line: --known …, --position …, and
// --timeline, and --store or --server as far as the session was given them.
std::vector<std::string> PinningOptions(Session& session, const TimelineSettings& timeline,
                                        const PinnedAsOf& as_of);

// For options that are counts or positions: digits alone, without a sign.
CLI::Validator WholeNumber();

// An option whose value is one of a few names. Its type name, "a|b|c", is what
// the help shows and what the shell completes.
template <typename T, typename Choice>
void AddChoice(CLI::App* command, const std::string& name, T* value,
               std::vector<std::pair<std::string, Choice>> choices, const std::string& help) {
  std::vector<std::string> names;
  names.reserve(choices.size());
  for (const auto& choice : choices) names.push_back(choice.first);
  const auto choose = [=](const std::string& text) {
    for (const auto& choice : choices) {
      if (choice.first == text) {
        *value = choice.second;
        return;
      }
    }
    throw CLI::ValidationError(
        name, absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(names, ", ")));
  };
  command->add_option_function<std::string>(name, choose, help)
      ->type_name(absl::StrJoin(names, "|"));
}

// Adds --unsafe-no-sync, which the command puts into the session's options.
void AddUnsafeNoSync(CLI::App* command, bool* unsafe_no_sync);

// The footer of a command's help.
void AddExamples(CLI::App* command, const std::vector<std::string>& examples);

}  // namespace annals

#endif  // ANNALS_CLI_ARGUMENTS_H_
