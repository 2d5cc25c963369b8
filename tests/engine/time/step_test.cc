#include "engine/time/step.h"

#include <string>
#include <vector>

#include "engine/time/edtf.h"
#include "engine/time/home_zone.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The moments between two dates, as text.
absl::StatusOr<std::vector<std::string>> Moments(absl::string_view step, absl::string_view from,
                                                 absl::string_view to,
                                                 absl::string_view zone = "America/Caracas") {
  const HomeZone home = *HomeZone::Load(zone);
  const absl::StatusOr<Step> parsed = Step::Parse(step);
  if (!parsed.ok()) return parsed.status();
  const absl::StatusOr<std::vector<Instant>> instants =
      parsed->Between(*ParseAsOfDate(from, home), *ParseAsOfDate(to, home), home, 10'000);
  if (!instants.ok()) return instants.status();
  std::vector<std::string> texts;
  for (const Instant instant : *instants) texts.push_back(FormatInstant(instant, home));
  return texts;
}

TEST(StepTest, DaysEndWhereDaysEnd) {
  ASSERT_OK_AND_ASSIGN(const auto moments, Moments("1d", "2026-01-30", "2026-02-01"));
  EXPECT_THAT(moments,
              ElementsAre("2026-01-30T23:59:59.999999-04:00", "2026-01-31T23:59:59.999999-04:00",
                          "2026-02-01T23:59:59.999999-04:00"));
}

TEST(StepTest, MonthsAreClampedButNeverDrift) {
  ASSERT_OK_AND_ASSIGN(const auto moments, Moments("1m", "2026-01-31", "2026-04-30"));
  EXPECT_THAT(moments,
              ElementsAre("2026-01-31T23:59:59.999999-04:00", "2026-02-28T23:59:59.999999-04:00",
                          "2026-03-31T23:59:59.999999-04:00", "2026-04-30T23:59:59.999999-04:00"));
}

TEST(StepTest, LeapDayYearByYear) {
  ASSERT_OK_AND_ASSIGN(const auto moments, Moments("2y", "2024-02-29", "2028-12"));
  EXPECT_THAT(moments,
              ElementsAre("2024-02-29T23:59:59.999999-04:00", "2026-02-28T23:59:59.999999-04:00",
                          "2028-02-29T23:59:59.999999-04:00"));
}

TEST(StepTest, DaysSurviveAChangeOfTheClocks) {
  ASSERT_OK_AND_ASSIGN(const auto moments,
                       Moments("1d", "2026-03-28", "2026-03-30", "Europe/Madrid"));
  EXPECT_THAT(moments,
              ElementsAre("2026-03-28T23:59:59.999999+01:00", "2026-03-29T23:59:59.999999+02:00",
                          "2026-03-30T23:59:59.999999+02:00"));
}

TEST(StepTest, HoursAreElapsedTime) {
  ASSERT_OK_AND_ASSIGN(const auto moments,
                       Moments("12h", "2026-01-03T01:30:00-04:00", "2026-01-04T02:00:00-04:00"));
  EXPECT_THAT(moments, ElementsAre("2026-01-03T01:30:00-04:00", "2026-01-03T13:30:00-04:00",
                                   "2026-01-04T01:30:00-04:00"));
}

TEST(StepTest, WeeksAndMinutes) {
  ASSERT_OK_AND_ASSIGN(const auto weeks, Moments("1w", "2026-01-01", "2026-01-31"));
  EXPECT_THAT(weeks, SizeIs(5));
  ASSERT_OK_AND_ASSIGN(const auto minutes,
                       Moments("30min", "2026-01-03T01:00:00-04:00", "2026-01-03T02:00:00-04:00"));
  EXPECT_THAT(minutes, SizeIs(3));
}

TEST(StepTest, RefusesWhatIsNoStep) {
  for (const char* text : {"", "d", "0d", "1", "1fortnight", "-1d", "1.5h", "99999y"}) {
    EXPECT_THAT(Step::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("such as \"1d\"")))
        << text;
  }
}

TEST(StepTest, RefusesTooManySteps) {
  EXPECT_THAT(Moments("1s", "2026-01-01", "2026-01-02"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 10000 steps")));
}

TEST(StepTest, RefusesAPeriodThatRunsBackwards) {
  EXPECT_THAT(Moments("1d", "2026-01-02", "2026-01-01"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`to` lies before `from`")));
}

}  // namespace
}  // namespace annals
