// annals init: an empty store, and a timeline in it.
#ifndef ANNALS_CLI_COMMANDS_INIT_H_
#define ANNALS_CLI_COMMANDS_INIT_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddInitCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_INIT_H_
