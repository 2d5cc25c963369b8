// Environment: all that a run of the command takes from outside its arguments.
#ifndef ANNALS_CLI_ENVIRONMENT_H_
#define ANNALS_CLI_ENVIRONMENT_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/clock.h"

namespace annals {

// Injected, so that a test decides what time it is and where output goes.
struct Environment {
  std::map<std::string, std::string> variables;  // ANNALS_STORE, HOME, NO_COLOR, …
  const Clock* clock = Clock::System();
  std::function<std::string()> draw_id;  // Absent: random UUIDs.
  bool output_is_terminal = false;
  bool error_is_terminal = false;
  size_t terminal_columns = 0;        // 0: unknown, or no terminal.
  std::function<int()> output_errno;  // Why writing the output failed. Absent: not known.

  // Empty if it is not set.
  std::string Variable(absl::string_view name) const {
    const auto found = variables.find(std::string(name));
    return found != variables.end() ? found->second : "";
  }
};

}  // namespace annals

#endif  // ANNALS_CLI_ENVIRONMENT_H_
