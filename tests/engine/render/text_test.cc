#include "engine/render/text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::ElementsAre;

TEST(VisibleTest, ShowsTerminalControlsInsteadOfSendingThem) {
  EXPECT_EQ(Visible("a\x1b[31mred\x1b[0m"), "a␛[31mred␛[0m");
  EXPECT_EQ(Visible(std::string("nul\0bell\a", 9)), "nul␀bell␇");
  EXPECT_EQ(Visible("one\ntwo\r\tthree\x7f"), "one␊two␍␉three␡");
}

TEST(VisibleTest, WritesOutC1ControlsAndReorderingMarks) {
  EXPECT_EQ(Visible("\xc2\x9b"
                    "31m"),
            "\\u009b31m");
  EXPECT_EQ(Visible("abc\xe2\x80\xae"
                    "def"),
            "abc\\u202edef");
  EXPECT_EQ(Visible("\xe2\x80\xa8"), "\\u2028");
}

TEST(VisibleTest, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(Visible("caf\xe9!"), "caf\xef\xbf\xbd!");
  EXPECT_EQ(Visible("\x9b"
                    "31m"),
            "\xef\xbf\xbd"
            "31m");
}

TEST(VisibleTest, KeepsLettersOfAnyScript) {
  EXPECT_EQ(Visible("Márquez – 北京"), "Márquez – 北京");
}

TEST(VisibleLinesTest, KeepsLineBreaksOnly) {
  EXPECT_EQ(VisibleLines("one\ntwo\x1b[2J"), "one\ntwo␛[2J");
}

TEST(DisplayWidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("Rocío"), 5u);
  EXPECT_EQ(DisplayWidth("Roci\xcc\x81o"), 5u);  // A combining acute.
  EXPECT_EQ(DisplayWidth("北京"), 4u);
  EXPECT_EQ(DisplayWidth("800–1,000"), 9u);
  EXPECT_EQ(DisplayWidth(""), 0u);
}

TEST(WrapTextTest, BreaksAtSpaces) {
  EXPECT_THAT(WrapText("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapText("one two", 7), ElementsAre("one two"));
  EXPECT_THAT(WrapText("", 7), ElementsAre(""));
}

TEST(WrapTextTest, BreaksLongWordsBetweenCharacters) {
  EXPECT_THAT(WrapText("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(WrapText("北京北", 3), ElementsAre("北", "京", "北"));
}

TEST(GroupedNumberTest, SeparatesThousands) {
  EXPECT_EQ(GroupedNumber(0), "0");
  EXPECT_EQ(GroupedNumber(999), "999");
  EXPECT_EQ(GroupedNumber(1'000), "1,000");
  EXPECT_EQ(GroupedNumber(-123'456), "-123,456");
  EXPECT_EQ(GroupedNumber(-1'234'567), "-1,234,567");
}

TEST(CountOfTest, AgreesInNumber) {
  EXPECT_EQ(CountOf(1, "event", "events"), "1 event");
  EXPECT_EQ(CountOf(2'000, "event", "events"), "2,000 events");
}

}  // namespace
}  // namespace annals
