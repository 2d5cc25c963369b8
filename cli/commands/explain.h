// annals explain: what a view reads, and how the index goes about it.
#ifndef ANNALS_CLI_COMMANDS_EXPLAIN_H_
#define ANNALS_CLI_COMMANDS_EXPLAIN_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddExplainCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_EXPLAIN_H_
