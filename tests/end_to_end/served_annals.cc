#include "tests/end_to_end/served_annals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annals::testing {

ServedAnnals::ServedAnnals(std::vector<std::string> arguments, const std::string& log) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const std::string binary =
      absl::StrCat(std::getenv("TEST_SRCDIR"), "/", std::getenv("TEST_WORKSPACE"), "/cli/annals");
  arguments.insert(arguments.begin(), {"annals", "serve"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    if (std::freopen(log.c_str(), "w", stderr) == nullptr) ::_exit(125);
    ::execv(binary.c_str(), argv.data());
    ::_exit(126);
  }
  ::close(ends[1]);
  out_ = ::fdopen(ends[0], "r");
}

ServedAnnals::~ServedAnnals() {
  if (process_ > 0) Stop(SIGKILL);
  std::fclose(out_);
}

std::string ServedAnnals::Line() {
  char line[256];
  return std::fgets(line, sizeof line, out_) != nullptr ? line : "";
}

int ServedAnnals::Stop(int signal) {
  if (signal != 0) ::kill(process_, signal);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string Shell(const std::string& command) {
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string out;
  char chunk[4096];
  for (size_t read; (read = ::fread(chunk, 1, sizeof chunk, pipe)) > 0;) out.append(chunk, read);
  ::pclose(pipe);
  return out;
}

}  // namespace annals::testing
