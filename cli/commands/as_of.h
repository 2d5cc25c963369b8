// annals as-of: the views at one moment.
#ifndef ANNALS_CLI_COMMANDS_AS_OF_H_
#define ANNALS_CLI_COMMANDS_AS_OF_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// Adds the command to `app`; when it is the one that was asked for, its action
// is put into `*chosen`. `chosen` must outlive the parsing.
void AddAsOfCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_AS_OF_H_
