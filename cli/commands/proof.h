// annals checkpoint, prove and key: what can be shown to those who don't have the store.
#ifndef ANNALS_CLI_COMMANDS_PROOF_H_
#define ANNALS_CLI_COMMANDS_PROOF_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddCheckpointCommand(CLI::App* app, Action* chosen);
void AddProveCommand(CLI::App* app, Action* chosen);
void AddKeyCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_PROOF_H_
