// Environment: all that a run of the command takes from outside its arguments.
#ifndef ANNALS_CLI_ENVIRONMENT_H_
#define ANNALS_CLI_ENVIRONMENT_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/service/service.h"

namespace annals {

// Where a server is, and what it is shown.
struct ServerAddress {
  std::string url;
  std::string token;    // Empty: none.
  std::string ca_path;  // Who vouches for the server. Empty: whom the system trusts.
};

// Makes the service behind a URL. INVALID_ARGUMENT: no such URL; UNAVAILABLE, there or
// when it is first asked: nobody answers there.
using ServiceConnector =
    std::function<absl::StatusOr<std::unique_ptr<Service>>(const ServerAddress& address)>;

// Injected, so that a test decides what time it is and where output goes.
struct Environment {
  std::map<std::string, std::string> variables;  // ANNALS_STORE, HOME, NO_COLOR, …
  const Clock* clock = Clock::System();
  std::function<std::string()> draw_id;  // Absent: random UUIDs.
  bool output_is_terminal = false;
  bool error_is_terminal = false;
  size_t terminal_columns = 0;  // 0: unknown, or no terminal.
  ServiceConnector connect;     // Absent: there is no --server.
  // Waits that long before something is tried again. Absent: it is tried at once.
  std::function<void(std::chrono::milliseconds)> pause;
  std::function<int()> output_errno;  // Why writing the output failed. Absent: not known.

  // Empty if it is not set.
  std::string Variable(absl::string_view name) const {
    const auto found = variables.find(std::string(name));
    return found != variables.end() ? found->second : "";
  }
};

}  // namespace annals

#endif  // ANNALS_CLI_ENVIRONMENT_H_
