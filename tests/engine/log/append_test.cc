#include "engine/log/append.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

TEST(ExpectedRevisionTest, AdmitsWhatItSays) {
  EXPECT_TRUE(ExpectedRevision::Any().Admits(0));
  EXPECT_TRUE(ExpectedRevision::Any().Admits(7));
  EXPECT_TRUE(ExpectedRevision::None().Admits(0));
  EXPECT_FALSE(ExpectedRevision::None().Admits(1));
  EXPECT_FALSE(ExpectedRevision::Exists().Admits(0));
  EXPECT_TRUE(ExpectedRevision::Exists().Admits(1));
  EXPECT_TRUE(ExpectedRevision::Exactly(3).Admits(3));
  EXPECT_FALSE(ExpectedRevision::Exactly(3).Admits(4));
}

TEST(ExpectedRevisionTest, ParsesWhatItPrints) {
  for (const char* const text : {"any", "none", "exists", "1", "18446744073709551615"}) {
    ASSERT_OK_AND_ASSIGN(const ExpectedRevision expected, ExpectedRevision::Parse(text));
    EXPECT_EQ(expected.ToString(), text);
  }
}

TEST(ExpectedRevisionTest, ZeroMeansNone) {
  ASSERT_OK_AND_ASSIGN(const ExpectedRevision expected, ExpectedRevision::Parse("0"));
  EXPECT_EQ(expected.ToString(), "none");
}

TEST(ExpectedRevisionTest, RefusesAnythingElseAndSaysWhatWouldDo) {
  for (const char* const text : {"", "Any", "-1", "+5", " 5", "5x", "18446744073709551616"}) {
    EXPECT_THAT(ExpectedRevision::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"none\"")))
        << text;
  }
}

}  // namespace
}  // namespace annals
