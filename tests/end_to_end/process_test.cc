// The program as the shell sees it: pipes, full disks, locks, completion.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/domains.h"
#include "engine/query/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string binary =
        absl::StrCat(std::getenv("TEST_SRCDIR"), "/", std::getenv("TEST_WORKSPACE"), "/cli/annals");
    ::setenv("ANNALS", binary.c_str(), 1);
    ::setenv("ANNALS_STORE", annals_.store().c_str(), 1);
    annals_.LoadBundled();
  }

  // Runs a line of bash, where $ANNALS is the program; errors go to `out` too.
  static Outcome Bash(const std::string& line) {
    Outcome outcome;
    const std::string command = "bash -c '" + line + "' 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    char chunk[4096];
    for (size_t read; (read = ::fread(chunk, 1, sizeof chunk, pipe)) > 0;) {
      outcome.out.append(chunk, read);
    }
    const int status = ::pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
  }

  AnnalsRunner annals_;
};

TEST_F(ProcessTest, AnswersLikeTheFunction) {
  const Outcome outcome = Bash("$ANNALS as-of 2026-01-12 --known 2026-01-20 --format json");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            annals_.Print({"as-of", "2026-01-12", "--known", "2026-01-20", "--format", "json"}));
}

TEST_F(ProcessTest, AReaderThatGoesAwayEndsItQuietly) {
  const Outcome outcome = Bash("$ANNALS export | true; echo ${PIPESTATUS[0]}");
  EXPECT_THAT(outcome.out, ::testing::AnyOf("141\n", "0\n"));
  // Whatever the reader's speed: a descriptor whose reader is gone already.
  const Outcome closed = Bash("exec 3> >(exit 0); wait $!; $ANNALS export >&3; echo code $?");
  EXPECT_EQ(closed.out, "code 141\n");
}

TEST_F(ProcessTest, AFullDiskIsAnError) {
  const Outcome outcome = Bash("$ANNALS export > /dev/full");
  EXPECT_EQ(outcome.code, 10);
  EXPECT_THAT(outcome.out, HasSubstr("could not be written: No space left on device"));
  EXPECT_EQ(Bash("$ANNALS --help > /dev/full").code, 10);
}

TEST_F(ProcessTest, AStoreThatIsOpenElsewhereIsUnavailable) {
  const std::vector<Domain> domains = AllDomains();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Store> holder,
                       Store::Open(annals_.store(), &domains, {}));
  const Outcome outcome = Bash("$ANNALS views");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(annals_.store()), ContainsRegex("process [0-9]+")));
}

TEST_F(ProcessTest, TheCompletionScriptIsSoundBash) {
  EXPECT_EQ(Bash("$ANNALS completion bash | bash -n").code, 0);
}

// Completes a line by the script, as bash does on TAB.
constexpr const char* kComplete =
    "source <($ANNALS completion bash); annals() { $ANNALS \"$@\"; }; complete_line() { "
    "COMP_WORDS=(\"$@\"); COMP_CWORD=$(( $# - 1 )); _annals; printf \"%s \" \"${COMPREPLY[@]}\"; "
    "}; ";

TEST_F(ProcessTest, CompletesCommandsOptionsAndViews) {
  const std::string start = kComplete;
  EXPECT_EQ(Bash(start + "complete_line annals as").out, "as-of ");
  EXPECT_EQ(Bash(start + "complete_line annals as-of 2026 --kn").out, "--known ");
  EXPECT_EQ(Bash(start + "complete_line annals as-of 2026 --format m").out, "markdown ");
  EXPECT_EQ(Bash(start + "complete_line annals export --format t").out, "textproto ");
  EXPECT_EQ(Bash(start + "complete_line annals as-of now --view nat").out, "nationals-freed ");
  EXPECT_EQ(Bash(start + "complete_line annals why rel").out, "releases ");
  EXPECT_EQ(Bash(start + "complete_line annals views --timeline v").out, "venezuela-2026 ");
  EXPECT_THAT(Bash(start + "complete_line annals diff --").out,
              AllOf(HasSubstr("--known-from "), HasSubstr("--store "), Not(HasSubstr("--batch"))));
}

}  // namespace
}  // namespace annals::testing
