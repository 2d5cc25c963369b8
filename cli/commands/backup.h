// annals backup and restore: copies of a store, made while it is written to.
#ifndef ANNALS_CLI_COMMANDS_BACKUP_H_
#define ANNALS_CLI_COMMANDS_BACKUP_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddBackupCommand(CLI::App* app, Action* chosen);
void AddRestoreCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_BACKUP_H_
