// `annals redact` and `annals forget`: what is erased for good.
#ifndef ANNALS_CLI_COMMANDS_ERASURE_H_
#define ANNALS_CLI_COMMANDS_ERASURE_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

void AddRedactCommand(CLI::App* app, Action* chosen);
void AddForgetCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_ERASURE_H_
