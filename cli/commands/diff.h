// annals diff: what changed in the views from one as-of to another.
#ifndef ANNALS_CLI_COMMANDS_DIFF_H_
#define ANNALS_CLI_COMMANDS_DIFF_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddDiffCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_DIFF_H_
