// A shell's completion, made from the command line's own definition.
#ifndef ANNALS_CLI_COMPLETION_SCRIPT_H_
#define ANNALS_CLI_COMPLETION_SCRIPT_H_

#include <string>

#include "CLI/CLI.hpp"

namespace annals {

// A bash script that completes the subcommands and options of `app`. An
// option's type name says what its values are: "a|b|c" these, "DIR" and "PATH"
// files, "VIEW" and "TIMELINE" what the store has, by asking the command.
std::string BashCompletion(const CLI::App& app);

}  // namespace annals

#endif  // ANNALS_CLI_COMPLETION_SCRIPT_H_
