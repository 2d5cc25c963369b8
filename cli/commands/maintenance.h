// annals stats, verify and rebuild: the store's health.
#ifndef ANNALS_CLI_COMMANDS_MAINTENANCE_H_
#define ANNALS_CLI_COMMANDS_MAINTENANCE_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddStatsCommand(CLI::App* app, Action* chosen);
void AddVerifyCommand(CLI::App* app, Action* chosen);
void AddRebuildCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_MAINTENANCE_H_
