#include "tests/recovery/history.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::recovery {
namespace {

using ::testing::HasSubstr;

Race Won(uint64_t begin, uint64_t end, ExpectedRevision expected, uint64_t revision) {
  return {.stream = "s",
          .expected = expected,
          .begin = begin,
          .end = end,
          .won = true,
          .revision = revision,
          .position = revision};
}

Race Lost(uint64_t begin, uint64_t end, ExpectedRevision expected) {
  return {.stream = "s", .expected = expected, .begin = begin, .end = end};
}

TEST(HistoryTest, AcceptsOneWinnerAndALoser) {
  EXPECT_EQ(
      CheckHistory({Won(1, 4, ExpectedRevision::None(), 1), Lost(2, 3, ExpectedRevision::None())}),
      "");
}

TEST(HistoryTest, NoticesTwoWinnersOfOneRevision) {
  EXPECT_THAT(CheckHistory(
                  {Won(1, 4, ExpectedRevision::None(), 1), Won(2, 3, ExpectedRevision::None(), 1)}),
              HasSubstr("after revision 1"));
  EXPECT_THAT(CheckHistory(
                  {Won(1, 4, ExpectedRevision::None(), 1), Won(2, 3, ExpectedRevision::None(), 2)}),
              HasSubstr("though the revision was 1"));
}

TEST(HistoryTest, NoticesALostRevision) {
  EXPECT_THAT(
      CheckHistory({Won(1, 2, ExpectedRevision::Any(), 1), Won(3, 4, ExpectedRevision::Any(), 3)}),
      HasSubstr("after revision 1"));
}

TEST(HistoryTest, NoticesALoserWithoutAWinner) {
  EXPECT_THAT(
      CheckHistory({Lost(1, 2, ExpectedRevision::None()), Won(3, 4, ExpectedRevision::None(), 1)}),
      HasSubstr("without a cause"));
  EXPECT_THAT(CheckHistory({Won(1, 2, ExpectedRevision::None(), 1),
                            Lost(3, 4, ExpectedRevision::Exactly(1)),
                            Won(5, 6, ExpectedRevision::Exactly(1), 2)}),
              HasSubstr("without a cause"));
}

TEST(HistoryTest, NoticesAnAppendThatComesBeforeWhatHadEnded) {
  EXPECT_THAT(
      CheckHistory({Won(1, 2, ExpectedRevision::Any(), 2), Won(3, 4, ExpectedRevision::Any(), 1)}),
      HasSubstr("out of order"));
}

}  // namespace
}  // namespace annals::recovery
