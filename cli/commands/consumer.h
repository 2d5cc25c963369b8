// annals consumer: durable consumers, and what their members do.
#ifndef ANNALS_CLI_COMMANDS_CONSUMER_H_
#define ANNALS_CLI_COMMANDS_CONSUMER_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h), with commands of its own below it.
void AddConsumerCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_CONSUMER_H_
