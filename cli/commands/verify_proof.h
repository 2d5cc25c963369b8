// annals verify-proof: checks a proof without the store.
#ifndef ANNALS_CLI_COMMANDS_VERIFY_PROOF_H_
#define ANNALS_CLI_COMMANDS_VERIFY_PROOF_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h). Opens no store and asks no server.
void AddVerifyProofCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_VERIFY_PROOF_H_
