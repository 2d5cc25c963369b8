// annals append: a stream of events from standard input.
#ifndef ANNALS_CLI_COMMANDS_APPEND_H_
#define ANNALS_CLI_COMMANDS_APPEND_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddAppendCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_APPEND_H_
