#include "cli/app.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/commands/append.h"
#include "cli/commands/as_of.h"
#include "cli/commands/catalogue.h"
#include "cli/commands/completion.h"
#include "cli/commands/consumer.h"
#include "cli/commands/diff.h"
#include "cli/commands/events.h"
#include "cli/commands/explain.h"
#include "cli/commands/export.h"
#include "cli/commands/history.h"
#include "cli/commands/init.h"
#include "cli/commands/load.h"
#include "cli/commands/maintenance.h"
#include "cli/commands/proof.h"
#include "cli/commands/serve.h"
#include "cli/commands/tail.h"
#include "cli/commands/token.h"
#include "cli/commands/verify_proof.h"
#include "cli/commands/why.h"
#include "cli/domains.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/version.h"
#include "engine/query/near_names.h"
#include "engine/render/text.h"

namespace annals {
namespace {

void AddGlobalOptions(const Environment& environment, CLI::App* app, GlobalOptions* options) {
  CLI::Option* const store =
      app->add_option("--store", options->store,
                      "The store's folder (default: $ANNALS_STORE, $XDG_DATA_HOME/annals or "
                      "~/.local/share/annals)")
          ->type_name("DIR");
  app->add_option("--keys", options->keys,
                  "The folder of the store's keys (default: keys, in the store's folder)")
      ->type_name("DIR");
  if (environment.connect) {
    app->add_option("--server", options->server,
                    "Ask the server at this URL, instead of a store (default: $ANNALS_SERVER)")
        ->type_name("URL")
        ->excludes(store);
    app->add_option("--token-file", options->token_path,
                    "A file with the token that the server is shown (default: $ANNALS_TOKEN)")
        ->type_name("FILE");
    app->add_option("--ca-file", options->ca_path,
                    "Who vouches for the server, in PEM (default: whom the system trusts)")
        ->type_name("FILE");
  }
  app->add_option("--timeline", options->timeline, "The timeline (default: the store's only one)")
      ->type_name("TIMELINE");
  AddChoice<Format, Format>(app, "--format", &options->format,
                            {{"table", Format::kTable},
                             {"json", Format::kJson},
                             {"csv", Format::kCsv},
                             {"markdown", Format::kMarkdown}},
                            "How answers are written (default: table)");
}

void BuildApp(const Environment& environment, CLI::App* app, GlobalOptions* options,
              Action* chosen) {
  // Set before any command is added: commands inherit it. It lets the global
  // options stand before and after the command.
  app->fallthrough();
  app->require_subcommand(1);
  app->set_help_flag("-h,--help", "This help; after a command, that command's");
  app->set_version_flag("--version", absl::StrCat("annals ", kVersion), "The program's version");
  AddGlobalOptions(environment, app, options);
  AddInitCommand(app, chosen);
  AddLoadCommand(app, chosen);
  AddAppendCommand(app, chosen);
  AddAsOfCommand(app, chosen);
  AddDiffCommand(app, chosen);
  AddHistoryCommand(app, chosen);
  AddWhyCommand(app, chosen);
  AddExplainCommand(app, chosen);
  AddTimelineCommand(app, chosen);
  AddShowCommand(app, chosen);
  AddTailCommand(app, chosen);
  AddConsumerCommand(app, chosen);
  AddViewsCommand(app, chosen);
  AddTypesCommand(app, chosen);
  AddTimelinesCommand(app, chosen);
  AddStatsCommand(app, chosen);
  AddVerifyCommand(app, chosen);
  AddCheckpointCommand(app, chosen);
  AddProveCommand(app, chosen);
  AddVerifyProofCommand(app, chosen);
  AddKeyCommand(app, chosen);
  AddExportCommand(app, chosen);
  AddRebuildCommand(app, chosen);
  AddServeCommand(app, chosen);
  AddTokenCommand(app, chosen);
  AddCompletionCommand(app, chosen);
  app->footer(
      absl::StrCat("Example:\n  annals init && annals load timelines/venezuela-2026 && "
                   "annals as-of 2026-01-12\n\n",
                   ExitCodesInWords()));
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(absl::StrCat("--", name));
  }
  return names;
}

std::string WithSuggestion(absl::string_view what, const std::string& given,
                           const std::vector<std::string>& names) {
  const std::vector<std::string> near = NearNames(given, names, 1);
  return absl::StrCat("unknown ", what, " \"", given, "\"",
                      near.empty() ? "" : absl::StrCat("; did you mean \"", near[0], "\"?"));
}

// What was wrong with the command line, in the words that help most: a name
// that nobody knows explains whatever else is missing.
std::string UsageProblem(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  for (const std::string& left : app.remaining(true)) {
    if (!absl::StartsWith(left, "-")) {
      if (!commands.empty()) continue;
      std::vector<std::string> names;
      for (const CLI::App* command : app.get_subcommands(nullptr)) {
        names.push_back(command->get_name());
      }
      return WithSuggestion("command", left, names);
    }
    std::vector<std::string> names = OptionNames(app);
    if (!commands.empty()) {
      const std::vector<std::string> own = OptionNames(*commands[0]);
      names.insert(names.end(), own.begin(), own.end());
    }
    return WithSuggestion("option", left.substr(0, left.find('=')), names);
  }
  if (commands.empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return "no command given";
  }
  return error.what();
}

// Nothing if the command line asks for a command; otherwise the exit code.
std::optional<ExitCode> Parse(const std::vector<std::string>& arguments, CLI::App* app,
                              Session* session) {
  try {
    app->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    session->out() << app->help();
    return ExitCode::kOk;
  } catch (const CLI::CallForVersion& version) {
    session->out() << version.what() << '\n';
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    const std::vector<CLI::App*> commands = app->get_subcommands();
    const std::string command = commands.empty() ? "" : absl::StrCat(commands[0]->get_name(), " ");
    session->err() << Red("annals:", session->err_style()) << ' '
                   << VisibleLines(UsageProblem(*app, error)) << "\nTry: annals " << command
                   << "--help\n";
    return ExitCode::kUsage;
  }
  return std::nullopt;
}

void Complain(const absl::Status& status, Session* session) {
  session->Remark(std::string(status.message()));
}

// What became of the answer's last bytes.
ExitCode FinishOutput(ExitCode code, Session* session) {
  session->out().flush();
  if (session->out().good()) return code;
  const Environment& environment = session->environment();
  const int reason = environment.output_errno ? environment.output_errno() : 0;
  if (reason == EPIPE) return ExitCode::kBrokenPipe;
  Complain(absl::UnavailableError(
               absl::StrCat("the output could not be written", reason == 0 ? "" : ": ",
                            reason == 0 ? "" : std::strerror(reason),
                            "; what the command records is recorded all the same")),
           session);
  return code == ExitCode::kOk ? ExitCode::kOutput : code;
}

ExitCode Run(const std::vector<std::string>& arguments, Session* session) {
  CLI::App app("Annals: a timeline of what happened, as far as was known.", "annals");
  Action chosen;
  BuildApp(session->environment(), &app, &session->options(), &chosen);
  const std::optional<ExitCode> done = Parse(arguments, &app, session);
  if (done.has_value()) return *done;
  const absl::Status status = chosen(*session);
  // Cancelled by its own output: that is told when the output is finished.
  if (absl::IsCancelled(status)) return ExitCode::kOutput;
  if (!status.ok()) Complain(status, session);
  return ToExitCode(status);
}

}  // namespace

int RunAnnals(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
              std::ostream& err, const Environment& environment) {
  const std::vector<Domain> domains = AllDomains();
  Session session(&in, &out, &err, &environment, &domains);
  ExitCode code;
  try {
    code = Run(arguments, &session);
  } catch (const std::exception& error) {
    // The libraries below may run out of memory, or have bugs.
    Complain(absl::InternalError(absl::StrCat("a bug, or no memory left: ", error.what())),
             &session);
    code = ExitCode::kInternal;
  }
  return static_cast<int>(FinishOutput(code, &session));
}

}  // namespace annals
