// annals load: files of events, each taken in whole.
#ifndef ANNALS_CLI_COMMANDS_LOAD_H_
#define ANNALS_CLI_COMMANDS_LOAD_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddLoadCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_LOAD_H_
