// The `annals` program.
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "cli/app.h"
#include "cli/environment.h"
#include "cli/output_stream.h"
#include "client/remote_service.h"

namespace {

size_t TerminalColumns() {
  winsize size = {};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

absl::StatusOr<std::unique_ptr<annals::Service>> ConnectTo(const annals::ServerAddress& address) {
  return annals::RemoteService::Connect(address.url,
                                        {.token = address.token, .ca_path = address.ca_path});
}

annals::Environment RealEnvironment() {
  annals::Environment environment;
  for (const char* name : {"ANNALS_STORE", "ANNALS_SERVER", "ANNALS_TOKEN", "XDG_DATA_HOME", "HOME",
                           "NO_COLOR", "TERM"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) environment.variables[name] = value;
  }
  environment.output_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  environment.error_is_terminal = ::isatty(STDERR_FILENO) == 1;
  environment.terminal_columns = TerminalColumns();
  environment.connect = ConnectTo;
  environment.pause = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
  return environment;
}

}  // namespace

int main(int argc, char** argv) {
  // Debian's Abseil is built with its search for deadlocks, for which gRPC would pay at
  // every lock.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // A reader that goes away is then an error of write(), not the end of us in
  // the middle of an append.
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  annals::DescriptorBuffer buffer(STDOUT_FILENO);
  std::ostream out(&buffer);
  annals::Environment environment = RealEnvironment();
  environment.output_errno = [&buffer] { return buffer.error(); };
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return annals::RunAnnals(arguments, std::cin, out, std::cerr, environment);
}
