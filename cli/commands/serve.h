// annals serve: the store over HTTP.
#ifndef ANNALS_CLI_COMMANDS_SERVE_H_
#define ANNALS_CLI_COMMANDS_SERVE_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

void AddServeCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_SERVE_H_
