#include "cli/completion_script.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace annals {
namespace {

// What stands before the words that come from the definition.
constexpr const char* kOpening =
    R"(# bash completion for annals, as `annals completion bash` prints it.

# The first column of a listing, from the store that the line names.
_annals_listing() {
  local i options=()
  for (( i = 1; i + 1 < COMP_CWORD; i++ )); do
    case ${COMP_WORDS[i]} in
      --store|--timeline) options+=("${COMP_WORDS[i]}" "${COMP_WORDS[i+1]}") ;;
    esac
  done
  "${COMP_WORDS[0]}" "$1" "${options[@]}" --format csv 2>/dev/null | tail -n +2 | cut -d, -f1
}

_annals() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local command= words= i
  COMPREPLY=()
  for (( i = 1; i < COMP_CWORD; i++ )); do
    case ${COMP_WORDS[i]} in
      @commands@) command=${COMP_WORDS[i]}; break ;;
    esac
  done
)";

constexpr const char* kClosing = R"(  COMPREPLY=( $(compgen -W "$words" -- "$current") )
}
complete -o default -F _annals annals
)";

std::vector<const CLI::App*> Commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_name().empty(); });
}

std::vector<std::string> Names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : Commands(app)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(absl::StrCat("--", name));
  }
  return names;
}

// The reply to the word after an option, as shell code; empty: no idea.
std::string ValueReply(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (absl::StrContains(type, "|")) {
    return absl::StrCat("compgen -W \"", absl::StrReplaceAll(type, {{"|", " "}}),
                        "\" -- \"$current\"");
  }
  if (type == "DIR") return "compgen -d -- \"$current\"";
  if (type == "VIEW") return "compgen -W \"$(_annals_listing views)\" -- \"$current\"";
  if (type == "TIMELINE") return "compgen -W \"$(_annals_listing timelines)\" -- \"$current\"";
  return "";
}

// Cases by command and option, since `--format` differs from command to command.
void AddValueCases(const CLI::App& app, const std::string& command, std::string* script) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty()) continue;
    const std::string reply = ValueReply(*option);
    if (reply.empty()) continue;
    absl::StrAppend(script, "    ", command, "\\ --", option->get_lnames()[0], ") COMPREPLY=( $(",
                    reply, ") ); return ;;\n");
  }
}

bool AsksForView(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional() && option->get_single_name() == "VIEW") return true;
  }
  return false;
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  std::string script =
      absl::StrReplaceAll(kOpening, {{"@commands@", absl::StrJoin(Names(app), "|")}});
  absl::StrAppend(&script, "  case \"$command $previous\" in\n");
  for (const CLI::App* command : Commands(app)) {
    AddValueCases(*command, command->get_name(), &script);
  }
  AddValueCases(app, "*", &script);
  absl::StrAppend(&script, "  esac\n  case $command in\n");
  const std::string global = absl::StrJoin(OptionNames(app), " ");
  for (const CLI::App* command : Commands(app)) {
    absl::StrAppend(&script, "    ", command->get_name(), ") words=\"",
                    absl::StrJoin(Names(*command), " "), Names(*command).empty() ? "" : " ",
                    absl::StrJoin(OptionNames(*command), " "), " ", global, "\"");
    if (AsksForView(*command)) {
      absl::StrAppend(&script, "\n      [[ $current != -* ]] && words=$(_annals_listing views)");
    }
    absl::StrAppend(&script, " ;;\n");
  }
  absl::StrAppend(&script, "    *) words=\"", absl::StrJoin(Names(app), " "), " ", global,
                  "\" ;;\n  esac\n", kClosing);
  return script;
}

}  // namespace annals
