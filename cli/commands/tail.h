// annals tail: the events in the order recorded, and with --follow those to come.
#ifndef ANNALS_CLI_COMMANDS_TAIL_H_
#define ANNALS_CLI_COMMANDS_TAIL_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddTailCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_TAIL_H_
