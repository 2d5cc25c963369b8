// annals views, types and timelines: what there is to ask about.
#ifndef ANNALS_CLI_COMMANDS_CATALOGUE_H_
#define ANNALS_CLI_COMMANDS_CATALOGUE_H_

#include "CLI/CLI.hpp"
#include "cli/session.h"

namespace annals {

// As AddAsOfCommand (cli/commands/as_of.h).
void AddViewsCommand(CLI::App* app, Action* chosen);
void AddTypesCommand(CLI::App* app, Action* chosen);
void AddTimelinesCommand(CLI::App* app, Action* chosen);

}  // namespace annals

#endif  // ANNALS_CLI_COMMANDS_CATALOGUE_H_
