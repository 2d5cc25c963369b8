#include "server/process/termination_signal.h"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::_;
using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

// Each in a process of its own, as signals are a process's.
class TerminationSignalTest : public ::testing::Test {
 protected:
  TerminationSignalTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(TerminationSignalTest, IsWaitedForWhicheverThreadRuns) {
  const auto wait = [](int sent) {
    auto signal = TerminationSignal::Block();
    std::thread other([sent] { ::kill(::getpid(), sent); });
    const int came = (*signal)->Wait();
    other.join();
    std::_Exit(came == sent ? 42 : 1);
  };
  EXPECT_EXIT(wait(SIGTERM), ExitedWithCode(42), "");
  EXPECT_EXIT(wait(SIGINT), ExitedWithCode(42), "");
}

TEST_F(TerminationSignalTest, IsRememberedWhenItComesBeforeTheWait) {
  ASSERT_OK_AND_ASSIGN(const auto signal, TerminationSignal::Block());
  EXPECT_THAT(signal->WaitFor(std::chrono::milliseconds(1)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, _));
  ::kill(::getpid(), SIGTERM);
  EXPECT_THAT(signal->WaitFor(std::chrono::seconds(10)), IsOkAndHolds(SIGTERM));
}

TEST_F(TerminationSignalTest, EndsTheProcessWhenItComesAgain) {
  const auto wait = [] {
    auto signal = TerminationSignal::Block();
    ::kill(::getpid(), SIGTERM);
    (*signal)->Wait();
    ::kill(::getpid(), SIGTERM);
    std::_Exit(1);
  };
  EXPECT_EXIT(wait(), KilledBySignal(SIGTERM), "");
}

TEST_F(TerminationSignalTest, LeavesAWriteToAClosedSocketAnError) {
  const auto write = [] {
    auto signal = TerminationSignal::Block();
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::_Exit(1);
    ::close(ends[1]);
    std::_Exit(::write(ends[0], "x", 1) < 0 ? 42 : 1);
  };
  EXPECT_EXIT(write(), ExitedWithCode(42), "");
}

}  // namespace
}  // namespace annals
