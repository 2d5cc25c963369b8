#include "engine/render/words.h"

#include "engine/time/edtf.h"
#include "engine/time/home_zone.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

HomeZone Caracas() { return *HomeZone::Load("America/Caracas"); }

Instant At(absl::string_view date) { return *ParseAsOfDate(date, Caracas()); }

v1::Quantity Between(int64_t lower, int64_t upper) {
  v1::Quantity quantity;
  quantity.set_lower(lower);
  quantity.set_upper(upper);
  return quantity;
}

TEST(QuantityInWordsTest, SaysLimitsAsPeopleDo) {
  EXPECT_EQ(QuantityInWords(Between(5, 5)), "5");
  EXPECT_EQ(QuantityInWords(Between(800, 1'000)), "800–1,000");
  EXPECT_EQ(QuantityInWords(Between(-5, -2)), "-5 to -2");
  v1::Quantity open;
  EXPECT_EQ(QuantityInWords(open), "any number");
  open.set_lower(1'801);
  EXPECT_EQ(QuantityInWords(open), "at least 1,801");
  open.clear_lower();
  open.set_upper(0);
  EXPECT_EQ(QuantityInWords(open), "at most 0");
}

TEST(ValueInWordsTest, KeepsDatesAsTheyWereStated) {
  v1::Value value;
  value.mutable_date()->set_edtf("[2026-01-08..]");
  EXPECT_EQ(ValueInWords(value, Caracas()), "[2026-01-08..]");
  value.mutable_date()->clear_edtf();
  value.mutable_date()->mutable_bounds()->set_latest(At("2026-01-31").micros);
  EXPECT_EQ(ValueInWords(value, Caracas()), "undated, by the end of 31 January 2026");
  value.mutable_date()->mutable_bounds()->set_latest(Instant::End().micros);
  EXPECT_EQ(ValueInWords(value, Caracas()), "undated");
  value.set_flag(false);
  EXPECT_EQ(ValueInWords(value, Caracas()), "no");
}

TEST(InstantInWordsTest, NamesTheEndOfADay) {
  EXPECT_EQ(InstantInWords(At("2026-01-12"), Caracas()), "the end of 12 January 2026");
  EXPECT_EQ(InstantInWords(At("2026-01"), Caracas()), "the end of 31 January 2026");
  EXPECT_EQ(InstantInWords(At("2026-01-12T09:30:00-04:00"), Caracas()), "12 January 2026, 09:30");
  EXPECT_EQ(InstantInWords(At("2026-01-12T09:30:05Z"), Caracas()), "12 January 2026, 05:30:05");
  EXPECT_EQ(InstantInWords(At("-0043-03-15"), Caracas()), "the end of 15 March 44 BCE");
  EXPECT_EQ(InstantInWords(Instant::Beginning(), Caracas()), "the beginning of time");
  EXPECT_EQ(InstantInWords(Instant::End(), Caracas()), "the end of time");
}

TEST(InstantAsArgumentTest, ReadsBackAsTheSameInstant) {
  for (const char* date : {"2026-01-12", "2026", "2026-01-12T09:30:00.25-04:00", "-0043-03-15",
                           "0001-01-01", "Y12026"}) {
    const std::string argument = InstantAsArgument(At(date), Caracas());
    EXPECT_EQ(At(argument), At(date)) << argument;
  }
  EXPECT_EQ(InstantAsArgument(At("2026"), Caracas()), "2026-12-31");
}

TEST(AsOfInWordsTest, TellsAllThreeCoordinates) {
  EXPECT_EQ(AsOfInWords({At("2026-01-12"), At("2026-01-20"), {1'061}}, Caracas()),
            "As of the end of 12 January 2026, as known by the end of 20 January 2026, going by "
            "the first 1,061 events. Dates are days in America/Caracas.");
}

TEST(ShellCommandTest, QuotesOnlyWhatMustBe) {
  EXPECT_EQ(ShellCommand({"annals", "as-of", "2026-01-12T09:30:00-04:00"}),
            "annals as-of 2026-01-12T09:30:00-04:00");
  EXPECT_EQ(ShellQuoted("it's $HOME"), "'it'\\''s $HOME'");
  EXPECT_EQ(ShellQuoted(""), "''");
  EXPECT_EQ(ShellQuoted("~/x"), "'~/x'");
}

}  // namespace
}  // namespace annals
