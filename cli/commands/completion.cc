#include "cli/commands/completion.h"

#include "cli/arguments.h"
#include "cli/completion_script.h"

namespace annals {

void AddCompletionCommand(CLI::App* app, Action* chosen) {
  CLI::App* command =
      app->add_subcommand("completion", "Print a script that completes annals in a shell");
  CLI::App* bash = command->add_subcommand("bash", "For bash: commands, options and views");
  command->require_subcommand(1);
  AddExamples(command, {"annals completion bash", "source <(annals completion bash)"});
  AddExamples(bash, {"source <(annals completion bash)",
                     "annals completion bash > ~/.local/share/bash-completion/completions/annals"});
  bash->callback([app, chosen] {
    *chosen = [app](Session& session) {
      session.out() << BashCompletion(*app);
      return absl::OkStatus();
    };
  });
}

}  // namespace annals
