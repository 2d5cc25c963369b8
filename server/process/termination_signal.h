// TerminationSignal: SIGTERM and SIGINT as something to wait for.
#ifndef ANNALS_SERVER_PROCESS_TERMINATION_SIGNAL_H_
#define ANNALS_SERVER_PROCESS_TERMINATION_SIGNAL_H_

#include <signal.h>

#include <chrono>
#include <memory>

#include "absl/status/statusor.h"

namespace annals {

// From Block on, neither signal ends the process by itself; Wait returns when one
// came, also one that came before. After that a second one does end it, so that a
// stop that hangs can be cut short with Ctrl-C. SIGPIPE is ignored from then on, as a
// server must that writes to clients who leave.
//
//   ANNALS_ASSIGN_OR_RETURN(auto signal, TerminationSignal::Block());
//   …start threads: they inherit what is blocked…
//   signal->Wait();
//   …stop…
class TerminationSignal {
 public:
  // Before any other thread is started, which would take the signal otherwise.
  // Returns INTERNAL if the system refuses.
  static absl::StatusOr<std::unique_ptr<TerminationSignal>> Block();

  // Unblocks them; one that nobody waited for ends the process then.
  ~TerminationSignal();
  TerminationSignal(const TerminationSignal&) = delete;
  TerminationSignal& operator=(const TerminationSignal&) = delete;

  // SIGTERM or SIGINT. For the thread that called Block.
  int Wait();
  // The same, or DEADLINE_EXCEEDED.
  absl::StatusOr<int> WaitFor(std::chrono::milliseconds patience);

 private:
  TerminationSignal() = default;
  void Unblock();

  sigset_t before_ = {};
  bool blocked_ = false;
};

}  // namespace annals

#endif  // ANNALS_SERVER_PROCESS_TERMINATION_SIGNAL_H_
