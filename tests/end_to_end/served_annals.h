// ServedAnnals: `annals serve`, the program, in a process of its own.
#ifndef ANNALS_TESTS_END_TO_END_SERVED_ANNALS_H_
#define ANNALS_TESTS_END_TO_END_SERVED_ANNALS_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace annals::testing {

// Killed when this is destroyed, unless it was stopped.
class ServedAnnals {
 public:
  // Its log goes to the file.
  ServedAnnals(std::vector<std::string> arguments, const std::string& log);
  ~ServedAnnals();
  ServedAnnals(const ServedAnnals&) = delete;
  ServedAnnals& operator=(const ServedAnnals&) = delete;

  // The next line that it prints; "" when it has ended.
  std::string Line();

  // Its exit code; a negative one is the signal that ended it.
  int Stop(int signal);

 private:
  pid_t process_ = -1;
  FILE* out_ = nullptr;
};

// What a shell's command prints.
std::string Shell(const std::string& command);

}  // namespace annals::testing

#endif  // ANNALS_TESTS_END_TO_END_SERVED_ANNALS_H_
