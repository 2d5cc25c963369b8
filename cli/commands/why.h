// annals why: the events behind a row.
#ifndef ANNALS_CLI_COMMANDS_WHY_H_
#define ANNALS_CLI_COMMANDS_WHY_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddWhyCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_WHY_H_
