#include "cli/exit_code.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace annals {

ExitCode ToExitCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
      return ExitCode::kInvalidInput;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kNotFound;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return ExitCode::kConflict;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kDataLoss:
      return ExitCode::kDataLoss;
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kExhausted;
    case absl::StatusCode::kFailedPrecondition:
      return ExitCode::kWrongState;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return ExitCode::kPermission;
    default:
      return ExitCode::kInternal;
  }
}

std::string ExitCodesInWords() {
  constexpr std::pair<ExitCode, const char*> kCodes[] = {
      {ExitCode::kOk, "done"},
      {ExitCode::kUsage, "the command line makes no sense"},
      {ExitCode::kInvalidInput, "malformed input: a date, an event, a file"},
      {ExitCode::kNotFound, "no such store, timeline, view, key, event or position"},
      {ExitCode::kConflict, "conflict: an id is taken, or a stream has moved on"},
      {ExitCode::kUnavailable,
       "another process has the store open, or the server can't be reached"},
      {ExitCode::kDataLoss, "stored bytes are damaged or missing"},
      {ExitCode::kExhausted, "over a limit, or the disk is full"},
      {ExitCode::kWrongState, "the store or a projection cannot do that now"},
      {ExitCode::kPermission, "access refused, by the operating system or the server"},
      {ExitCode::kOutput, "the answer could not be written"},
      {ExitCode::kInternal, "a bug in annals"},
      {ExitCode::kBrokenPipe, "the reader of the output went away"},
  };
  std::string text = "Exit codes:\n";
  for (const auto& [code, meaning] : kCodes) {
    absl::StrAppendFormat(&text, "  %3d  %s\n", static_cast<int>(code), meaning);
  }
  return text;
}

}  // namespace annals
