// What the shell is told.
#ifndef ANNALS_CLI_EXIT_CODE_H_
#define ANNALS_CLI_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"

namespace annals {

// One class of outcome, one code: scripts may rely on them.
enum class ExitCode {
  kOk = 0,
  kUsage = 1,         // The command line makes no sense.
  kInvalidInput = 2,  // A date, an event or a file is malformed.
  kNotFound = 3,      // No such store, timeline, view, key, event or position.
  kConflict = 4,      // The id is taken, or the stream isn't at the expected revision.
  kUnavailable = 5,   // Another process has the store open, or no server answers.
  kDataLoss = 6,      // Stored bytes are wrong or missing.
  kExhausted = 7,     // A limit, or the disk, is full.
  kWrongState = 8,    // The store, or a projection, cannot do that now.
  kPermission = 9,    // The operating system, or the server, refuses access.
  kOutput = 10,       // The answer could not be written.
  kInternal = 70,     // A bug.
  kBrokenPipe = 141,  // Whoever read the output has gone; nothing is printed.
};

// The one mapping from the codes of a Status.
ExitCode ToExitCode(const absl::Status& status);

// The list above for `annals --help`, a line for each code.
std::string ExitCodesInWords();

}  // namespace annals

#endif  // ANNALS_CLI_EXIT_CODE_H_
