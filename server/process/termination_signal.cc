#include "server/process/termination_signal.h"

#include <pthread.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"

namespace annals {
namespace {

sigset_t Awaited() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TerminationSignal>> TerminationSignal::Block() {
  std::unique_ptr<TerminationSignal> signal(new TerminationSignal());
  const sigset_t awaited = Awaited();
  const int error = pthread_sigmask(SIG_BLOCK, &awaited, &signal->before_);
  if (error != 0) {
    return absl::InternalError(absl::StrCat("signals can't be blocked: ", std::strerror(error)));
  }
  signal->blocked_ = true;
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
    return absl::InternalError("SIGPIPE can't be ignored");
  }
  return signal;
}

TerminationSignal::~TerminationSignal() { Unblock(); }

void TerminationSignal::Unblock() {
  if (!blocked_) return;
  blocked_ = false;
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int TerminationSignal::Wait() {
  const sigset_t awaited = Awaited();
  int signal = 0;
  // Interrupted by any other signal that has a handler.
  while (sigwait(&awaited, &signal) != 0) {
  }
  Unblock();
  return signal;
}

absl::StatusOr<int> TerminationSignal::WaitFor(std::chrono::milliseconds patience) {
  const sigset_t awaited = Awaited();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) return absl::DeadlineExceededError("no signal came");
    constexpr int64_t kNanosPerSecond = 1'000'000'000;
    const timespec wait = {.tv_sec = left.count() / kNanosPerSecond,
                           .tv_nsec = left.count() % kNanosPerSecond};
    const int signal = sigtimedwait(&awaited, nullptr, &wait);
    if (signal > 0) {
      Unblock();
      return signal;
    }
    if (errno != EINTR) return absl::DeadlineExceededError("no signal came");
  }
}

}  // namespace annals
