// A writer that is killed in the middle of its work: everything it acknowledged
// is there when the store is opened again.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;

constexpr int kRounds = 100;
constexpr int kThreads = 8;

// What the child tells of an event that was acknowledged. Smaller than PIPE_BUF,
// so that it is written whole or not at all.
struct Acknowledgement {
  int32_t round = 0;
  int32_t thread = 0;
  int32_t number = 0;
  uint64_t position = 0;
};

std::string IdOf(const Acknowledgement& a) {
  return absl::StrCat("r", a.round, "-t", a.thread, "-n", a.number);
}

v1::Event EventOf(const Acknowledgement& a) {
  return MakeNote(IdOf(a), absl::StrCat("s", a.number % 5), std::string(a.number % 300, 'x'));
}

class KillTest : public LogFixture {
 protected:
  // Appends until it is killed.
  [[noreturn]] void RunChild(int round, int pipe) {
    if (!Open().ok()) ::_exit(1);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([this, round, thread, pipe] {
        for (int number = 0;; ++number) {
          Acknowledgement done = {.round = round, .thread = thread, .number = number};
          const auto receipts = Append({EventOf(done)});
          if (!receipts.ok()) ::_exit(2);
          done.position = receipts->front().position.value;
          if (::write(pipe, &done, sizeof(done)) != sizeof(done)) ::_exit(3);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ::_exit(4);
  }

  // Starts a child, kills it after `count` acknowledgements, and returns all that
  // it made.
  std::vector<Acknowledgement> RunRound(int round, int count) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      RunChild(round, ends[1]);
    }
    ::close(ends[1]);
    std::vector<Acknowledgement> acknowledged;
    Acknowledgement one;
    while (::read(ends[0], &one, sizeof(one)) == sizeof(one)) {
      acknowledged.push_back(one);
      if (static_cast<int>(acknowledged.size()) == count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, with " << WEXITSTATUS(status);
    return acknowledged;
  }

  void ExpectAcknowledged(const std::vector<Acknowledgement>& acknowledged) {
    for (const Acknowledgement& a : acknowledged) {
      ASSERT_OK_AND_ASSIGN(v1::Event stored, log().Find("t", IdOf(a)));
      ASSERT_EQ(stored.position(), a.position) << IdOf(a);
      ASSERT_EQ(stored.payload().value(), EventOf(a).payload().value()) << IdOf(a);
    }
  }
};

TEST_F(KillTest, EverythingAcknowledgedSurvives) {
  CreateTimeline();
  Close();
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  size_t total = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const auto acknowledged = RunRound(round, 1 + static_cast<int>(random() % 120));
    total += acknowledged.size();
    ASSERT_OK(Open());
    ExpectAcknowledged(acknowledged);
    // Dense positions, the chain, the look-ups and the head.
    ASSERT_OK_AND_ASSIGN(const VerifyReport report,
                         VerifyLog(folder(), log(), [](const VerifyReport&) {}));
    ASSERT_GE(report.events, 1 + total);
    Close();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace annals
