#include "tests/timelines/answer_file.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

absl::StatusOr<std::vector<ExpectedAnswer>> Read(absl::string_view text) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/answers.txt";
  std::ofstream(path) << text;
  return ReadAnswerFile(path);
}

TEST(AnswerFileTest, ReadsTheRowsOfEachWorld) {
  ASSERT_OK_AND_ASSIGN(const std::vector<ExpectedAnswer> answers,
                       Read("# a comment\n"
                            "== v | valid 2026-01-08 | known now\n"
                            "certain\n  a/b: x=1: 2 [e]\npossible\n"
                            "\n"
                            "== w | valid now | known 2026-01-09\n"
                            "both\n  c: y=2 [f]\n  # about d\n  d: z=3 [g]\n"));
  ASSERT_EQ(answers.size(), 2);
  EXPECT_EQ(answers[0].view, "v");
  EXPECT_EQ(answers[0].valid, "2026-01-08");
  EXPECT_EQ(answers[0].known, "");
  EXPECT_THAT(answers[0].certain, ElementsAre(Pair("a/b", "x=1: 2 [e]")));
  EXPECT_THAT(answers[0].possible, IsEmpty());
  EXPECT_EQ(answers[1].known, "2026-01-09");
  EXPECT_THAT(answers[1].certain, ElementsAre(Pair("c", "y=2 [f]"), Pair("d", "z=3 [g]")));
  EXPECT_EQ(answers[1].possible, answers[1].certain);
}

TEST(AnswerFileTest, RefusesWhatItWouldOtherwisePassOver) {
  for (const absl::string_view text :
       {"both\n", "== v | valid now\n", "== v | valid now | known now\n  a: x=1\n",
        "== v | valid now | known now\nboth\n  a: x=1\n  a: x=2\n",
        "== v | valid now | known now\nneither\n"}) {
    EXPECT_THAT(Read(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(", line ")))
        << text;
  }
  EXPECT_THAT(ReadAnswerFile("no/such/file"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/file")));
}

}  // namespace
}  // namespace annals::testing
