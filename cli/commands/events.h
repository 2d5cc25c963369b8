// annals timeline and show: the events themselves.
#ifndef ANNALS_CLI_COMMANDS_EVENTS_H_
#define ANNALS_CLI_COMMANDS_EVENTS_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddTimelineCommand(CLI::App* app, Action* chosen);
void AddShowCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_EVENTS_H_
