// annals repair: a new store from what can be saved of a damaged one.
#ifndef ANNALS_CLI_COMMANDS_REPAIR_H_
#define ANNALS_CLI_COMMANDS_REPAIR_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddRepairCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_REPAIR_H_
