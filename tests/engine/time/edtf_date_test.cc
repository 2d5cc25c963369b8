#include "engine/time/edtf_date.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

EdtfDate Day(int64_t year, int month, int day) {
  EdtfDate date;
  date.text = "a day";
  date.first = absl::CivilSecond(year, month, day);
  date.end = absl::CivilSecond(year, month, day + 1);
  return date;
}

EdtfDate DateTime(absl::CivilSecond utc) {
  EdtfDate date;
  date.text = "a date-time";
  date.first = date.end = utc;
  date.instant = Instant{absl::ToUnixMicros(absl::FromCivil(utc, absl::UTCTimeZone()))};
  date.unit = EdtfUnit::kSecond;
  return date;
}

TEST(EndsBeforeTest, ComparesDaysByTheirLastMoment) {
  EXPECT_TRUE(EndsBefore(Day(2026, 1, 7), Day(2026, 1, 8)));
  EXPECT_FALSE(EndsBefore(Day(2026, 1, 8), Day(2026, 1, 8)));
  EXPECT_FALSE(EndsBefore(Day(2026, 1, 9), Day(2026, 1, 8)));
}

TEST(EndsBeforeTest, ComparesDateTimesAsInstants) {
  const EdtfDate noon = DateTime(absl::CivilSecond(2026, 1, 8, 12));
  const EdtfDate later = DateTime(absl::CivilSecond(2026, 1, 8, 12, 0, 1));
  EXPECT_TRUE(EndsBefore(noon, later));
  EXPECT_FALSE(EndsBefore(noon, noon));
  EXPECT_FALSE(EndsBefore(later, noon));
}

TEST(EndsBeforeTest, GivesADaysGraceBetweenADayAndADateTime) {
  // In some zone it is still the seventh.
  EXPECT_FALSE(EndsBefore(Day(2026, 1, 7), DateTime(absl::CivilSecond(2026, 1, 8, 12))));
  EXPECT_TRUE(EndsBefore(Day(2026, 1, 6), DateTime(absl::CivilSecond(2026, 1, 8, 0))));
  EXPECT_FALSE(EndsBefore(DateTime(absl::CivilSecond(2026, 1, 8, 12)), Day(2026, 1, 9)));
  EXPECT_TRUE(EndsBefore(DateTime(absl::CivilSecond(2026, 1, 8, 0)), Day(2026, 1, 9)));
}

TEST(LastDayTest, IsADayWhereEdtfHasDays) {
  EdtfDate february;
  february.first = absl::CivilSecond(2024, 2, 1);
  february.end = absl::CivilSecond(2024, 3, 1);
  EXPECT_EQ(LastDay(february), "2024-02-29");
  EXPECT_EQ(LastDay(Day(-44, 3, 15)), "-0044-03-15");
  EXPECT_EQ(LastDay(Day(17000, 3, 15)), "Y17000");
}

TEST(LastDayTest, IsTheDateTimeWithoutItsQualifier) {
  EdtfDate date = DateTime(absl::CivilSecond(2026, 1, 8, 10));
  date.text = "2026-01-08T10:00:00Z";
  EXPECT_EQ(LastDay(date), "2026-01-08T10:00:00Z");
  date.text += "?";
  date.qualifier = EdtfQualifier::kUncertain;
  EXPECT_EQ(LastDay(date), "2026-01-08T10:00:00Z");
}

TEST(ResolveDateTest, WidensByTheDatesOwnUnit) {
  EdtfDate date;
  date.first = absl::CivilSecond(2020, 1, 1);
  date.end = absl::CivilSecond(2030, 1, 1);
  const auto bounds = [](int64_t first, int64_t end) {
    const absl::TimeZone utc = absl::UTCTimeZone();
    return TimeBounds{{absl::ToUnixMicros(absl::FromCivil(absl::CivilYear(first), utc))},
                      {absl::ToUnixMicros(absl::FromCivil(absl::CivilYear(end), utc)) - 1}};
  };
  date.unit = EdtfUnit::kDecade;
  EXPECT_THAT(ResolveDate(date, HomeZone(), 0), IsOkAndHolds(bounds(2020, 2030)));
  EXPECT_THAT(ResolveDate(date, HomeZone(), 2), IsOkAndHolds(bounds(2000, 2050)));
  date.unit = EdtfUnit::kYear;
  EXPECT_THAT(ResolveDate(date, HomeZone(), 2), IsOkAndHolds(bounds(2018, 2032)));
  date.unit = EdtfUnit::kMonth;
  EXPECT_THAT(ResolveDate(date, HomeZone(), 24), IsOkAndHolds(bounds(2018, 2032)));
}

TEST(ResolveDateTest, RefusesInstantsThatDoNotFit) {
  // Microseconds end on 294247-01-10, within the day.
  EXPECT_THAT(ResolveDate(Day(294247, 1, 9), HomeZone(), 0), IsOk());
  EXPECT_THAT(
      ResolveDate(Day(294247, 1, 10), HomeZone(), 0),
      StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("the year 294247 is too far away")));
  EXPECT_THAT(ResolveDate(Day(-290308, 12, 22), HomeZone(), 0), IsOk());
  EXPECT_THAT(ResolveDate(Day(-290308, 12, 21), HomeZone(), 0),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("the year -290308")));
}

}  // namespace
}  // namespace annals
