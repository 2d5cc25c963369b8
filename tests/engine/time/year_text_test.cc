#include "engine/time/year_text.h"

#include "gtest/gtest.h"

namespace annals {
namespace {

TEST(FormatYearTest, WritesFourDigitsAtLeast) {
  EXPECT_EQ(FormatYear(2026), "2026");
  EXPECT_EQ(FormatYear(44), "0044");
  EXPECT_EQ(FormatYear(0), "0000");
  EXPECT_EQ(FormatYear(9999), "9999");
}

TEST(FormatYearTest, PutsTheSignBeforeTheFourDigits) {
  EXPECT_EQ(FormatYear(-1), "-0001");
  EXPECT_EQ(FormatYear(-44), "-0044");
  EXPECT_EQ(FormatYear(-9999), "-9999");
}

TEST(FormatYearTest, PrefixesLongerYears) {
  EXPECT_EQ(FormatYear(10000), "Y10000");
  EXPECT_EQ(FormatYear(-10000), "Y-10000");
}

}  // namespace
}  // namespace annals
