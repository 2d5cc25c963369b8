// annals completion: a script that completes commands in a shell.
#ifndef ANNALS_CLI_COMMANDS_COMPLETION_H_
#define ANNALS_CLI_COMMANDS_COMPLETION_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddCompletionCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_COMPLETION_H_
