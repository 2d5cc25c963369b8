// `annals token`: who may ask a server for what.
#ifndef ANNALS_CLI_COMMANDS_TOKEN_H_
#define ANNALS_CLI_COMMANDS_TOKEN_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

void AddTokenCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_TOKEN_H_
