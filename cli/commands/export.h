// annals export: a whole timeline, to be read back or read elsewhere.
#ifndef ANNALS_CLI_COMMANDS_EXPORT_H_
#define ANNALS_CLI_COMMANDS_EXPORT_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddExportCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_EXPORT_H_
