// annals history: a view at every step of one axis.
#ifndef ANNALS_CLI_COMMANDS_HISTORY_H_
#define ANNALS_CLI_COMMANDS_HISTORY_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddHistoryCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_HISTORY_H_
