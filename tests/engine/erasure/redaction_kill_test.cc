// A redaction that is killed at any moment: either it never was, or the payload is out
// of every file once the store has been opened again. ANNALS_REDACTION_KILLS says how
// often.
//
// The child is this program, begun anew: one that was only forked would lack the threads
// that RocksDB flushes and compacts with.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "engine/log/log_verifier.h"
#include "engine/log/redaction.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/erasure/hospital_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::HospitalFixture;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kEvents = 20;

int Rounds() {
  const char* const asked = std::getenv("ANNALS_REDACTION_KILLS");
  return asked != nullptr ? std::atoi(asked) : 10;
}

constexpr char kChildFolder[] = "ANNALS_REDACTION_CHILD_FOLDER";
constexpr char kChildFirst[] = "ANNALS_REDACTION_CHILD_FIRST";

class RedactionKillTest : public HospitalFixture {
 protected:
  static std::string IdOf(int number) { return absl::StrCat("treatment-", number); }

  // Redacts one event after the other until it is killed; tells of each when it begins.
  [[noreturn]] void RunChild(const std::string& folder, int first) {
    auto store = Store::Open(folder, &domains_, {});
    if (!store.ok()) ::_exit(1);
    store_ = *std::move(store);
    for (int number = first; number < first + kEvents; ++number) {
      if (::write(kPipe, "+", 1) != 1) ::_exit(2);
      if (!Redact({IdOf(number)}).ok()) ::_exit(3);
      if (::write(kPipe, "-", 1) != 1) ::_exit(4);
    }
    ::_exit(0);
  }

  // Becomes this program, begun anew, with the pipe as kPipe.
  [[noreturn]] void BeginChild(int first, int pipe) {
    ::dup2(pipe, kPipe);
    ::setenv(kChildFolder, path().c_str(), 1);
    ::setenv(kChildFirst, std::to_string(first).c_str(), 1);
    ::execl("/proc/self/exe", "redaction_kill_test", "--gtest_filter=*Child",
            "--gtest_also_run_disabled_tests", nullptr);
    ::_exit(5);
  }

  static constexpr int kPipe = 100;

  // Kills a child so long after it began with an event. How many redactions it began
  // and acknowledged.
  struct Outcome {
    int begun = 0;
    int acknowledged = 0;
  };
  Outcome RunRound(int first, int redactions, std::chrono::microseconds delay) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      BeginChild(first, ends[1]);
    }
    ::close(ends[1]);
    Outcome outcome;
    char what = 0;
    while (::read(ends[0], &what, 1) == 1) {
      ++(what == '+' ? outcome.begun : outcome.acknowledged);
      if (what != '+' || outcome.begun != redactions) continue;
      std::this_thread::sleep_for(delay);
      ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, with " << WEXITSTATUS(status);
    return outcome;
  }
};

// What the child runs; of no use by itself.
TEST_F(RedactionKillTest, DISABLED_Child) {
  const char* const folder = std::getenv(kChildFolder);
  const char* const first = std::getenv(kChildFirst);
  if (folder == nullptr || first == nullptr) GTEST_SKIP() << "there is nothing to redact";
  RunChild(folder, std::atoi(first));
}

TEST_F(RedactionKillTest, IsWholeOnceTheStoreIsOpenedAgain) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  int interrupted = 0;
  for (int round = 0; round < Rounds(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const int first = 1 + round * kEvents;
    AppendTreatments(first, first + kEvents);
    Close();
    // Some redactions take a few tens of milliseconds here; not all delays are alike.
    const std::chrono::microseconds delay(random() % (1'000 << (random() % 8)));
    const Outcome outcome = RunRound(first, 1 + static_cast<int>(random() % 3), delay);
    ASSERT_OK(Open());
    ASSERT_OK(store_->unfinished_erasure());
    for (int number = first; number < first + kEvents; ++number) {
      const bool redacted = IsRedacted(Find(IdOf(number)));
      if (number < first + outcome.acknowledged) {
        EXPECT_TRUE(redacted) << number;
      }
      if (number >= first + outcome.begun) {
        EXPECT_FALSE(redacted) << number;
      }
      if (number == first + outcome.acknowledged && redacted) ++interrupted;
      if (redacted) {
        EXPECT_THAT(FilesWithScan(number), IsEmpty()) << number;
      } else {
        EXPECT_THAT(FilesWithScan(number), Not(IsEmpty())) << number;
      }
    }
    ASSERT_OK(VerifyLog(store_->folder(), store_->log(), [](const VerifyReport&) {}));
    if (HasFailure()) return;
  }
  RecordProperty("interrupted", interrupted);
}

}  // namespace
}  // namespace annals
