// The `annals` command as a function.
#ifndef ANNALS_CLI_APP_H_
#define ANNALS_CLI_APP_H_

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "cli/environment.h"

namespace annals {

// Runs the command that `arguments` (without the program's name) ask for, and
// returns its exit code (cli/exit_code.h). Answers go to `out`; everything else
// — errors, progress — to `err`. No exception leaves it. An output that fails
// is an error, but for a reader that went away, which is passed over in silence.
int RunAnnals(const std::vector<std::string>& arguments, std::istream& in, std::ostream& out,
              std::ostream& err, const Environment& environment);

}  // namespace annals

#endif  // ANNALS_CLI_APP_H_
