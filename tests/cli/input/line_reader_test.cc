#include "cli/input/line_reader.h"

#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LineReaderTest, NumbersLinesFromOne) {
  std::istringstream in("one\r\n\nthree\n");
  LineReader reader(&in, 100);
  std::vector<std::string> lines;
  while (reader.Next()) lines.push_back(std::to_string(reader.number()) + ":" + reader.line());
  EXPECT_THAT(lines, ElementsAre("1:one", "2:", "3:three"));
  EXPECT_FALSE(reader.unterminated());
  EXPECT_THAT(reader.status(), IsOk());
}

TEST(LineReaderTest, TellsWhetherTheLastLineIsCutOff) {
  std::istringstream in("one\ntwo");
  LineReader reader(&in, 100);
  ASSERT_TRUE(reader.Next());
  EXPECT_FALSE(reader.unterminated());
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.line(), "two");
  EXPECT_TRUE(reader.unterminated());
  EXPECT_FALSE(reader.Next());
}

TEST(LineReaderTest, RefusesALineThatIsTooLong) {
  std::istringstream in("1234\n12345\n");
  LineReader reader(&in, 4);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.line(), "1234");
  EXPECT_FALSE(reader.Next());
  EXPECT_THAT(reader.status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("line 2: longer than 4")));
  EXPECT_FALSE(reader.Next());
}

TEST(LineReaderTest, EmptyInputHasNoLines) {
  std::istringstream in("");
  LineReader reader(&in, 4);
  EXPECT_FALSE(reader.Next());
  EXPECT_THAT(reader.status(), IsOk());
}

}  // namespace
}  // namespace annals
