#include "engine/time/home_zone.h"

#include <stdlib.h>

#include <cstdint>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/time/edtf.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;

// 2026-01-08T00:00:00Z.
constexpr int64_t kMidnight = 1'767'830'400 * kSecond;

TEST(HomeZoneTest, IsUtcUnlessLoaded) {
  const HomeZone zone;
  EXPECT_EQ(zone.name(), "UTC");
  EXPECT_EQ(zone.zone(), absl::UTCTimeZone());
}

TEST(HomeZoneTest, LoadsZonesOfTheDatabase) {
  ASSERT_OK_AND_ASSIGN(const HomeZone caracas, HomeZone::Load("America/Caracas"));
  EXPECT_EQ(caracas.name(), "America/Caracas");
  EXPECT_EQ(caracas.zone().At(absl::FromUnixMicros(kMidnight)).offset, -4 * 3600);
  EXPECT_OK(HomeZone::Load("UTC"));
  EXPECT_OK(HomeZone::Load("Etc/GMT+4"));
  EXPECT_OK(HomeZone::Load("America/Port-au-Prince"));
  EXPECT_OK(HomeZone::Load("America/Argentina/Buenos_Aires"));
}

TEST(HomeZoneTest, RefusesWhatIsNoZonesName) {
  for (const std::string& name :
       {std::string(), std::string("localtime"), std::string("/etc/localtime"),
        std::string("../zoneinfo/UTC"), std::string("America/../localtime"),
        std::string("Fixed/UTC-04:00:00"), std::string("file:UTC"), std::string("-04:00"),
        std::string("America/Caracas "), std::string("Bogotá"), std::string("UTC\0x", 5),
        std::string(200, 'a')}) {
    EXPECT_THAT(HomeZone::Load(name),
                StatusIs(kInvalid, AllOf(StartsWith("time zone \""),
                                         HasSubstr("not the name of an IANA zone; write one such "
                                                   "as \"America/Caracas\""))))
        << name;
  }
}

TEST(HomeZoneTest, RefusesAnUnknownZone) {
  for (const char* name : {"America/Caraccas", "America", "america/caracas", "VET"}) {
    EXPECT_THAT(HomeZone::Load(name),
                StatusIs(kInvalid, AllOf(HasSubstr(absl::StrCat("time zone \"", name, "\": ")),
                                         HasSubstr("has no such zone; write one such as"))));
  }
}

TEST(HomeZoneTest, TellsAMissingDatabaseFromAnUnknownZone) {
  ASSERT_EQ(::setenv("TZDIR", "/nowhere/zoneinfo", 1), 0);
  // A zone that nothing else here loads: loaded ones stay in memory.
  const absl::StatusOr<HomeZone> zone = HomeZone::Load("Indian/Mauritius");
  ASSERT_EQ(::unsetenv("TZDIR"), 0);
  EXPECT_THAT(zone, StatusIs(kInvalid, HasSubstr("no time-zone database at /nowhere/zoneinfo; "
                                                 "install the package tzdata")));
}

TEST(FormatInstantTest, WritesTheZonesOffset) {
  ASSERT_OK_AND_ASSIGN(const HomeZone caracas, HomeZone::Load("America/Caracas"));
  ASSERT_OK_AND_ASSIGN(const HomeZone kathmandu, HomeZone::Load("Asia/Kathmandu"));
  EXPECT_EQ(FormatInstant({kMidnight}, HomeZone()), "2026-01-08T00:00:00Z");
  EXPECT_EQ(FormatInstant({kMidnight}, caracas), "2026-01-07T20:00:00-04:00");
  EXPECT_EQ(FormatInstant({kMidnight}, kathmandu), "2026-01-08T05:45:00+05:45");
}

TEST(FormatInstantTest, WritesSixFractionDigitsOrNone) {
  EXPECT_EQ(FormatInstant({kMidnight + 1}, HomeZone()), "2026-01-08T00:00:00.000001Z");
  EXPECT_EQ(FormatInstant({kMidnight + 250'000}, HomeZone()), "2026-01-08T00:00:00.250000Z");
  EXPECT_EQ(FormatInstant({kMidnight - 1}, HomeZone()), "2026-01-07T23:59:59.999999Z");
  EXPECT_EQ(FormatInstant({-1}, HomeZone()), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatInstant({-kSecond}, HomeZone()), "1969-12-31T23:59:59Z");
}

TEST(FormatInstantTest, WritesOpenInstantsAsNothing) {
  EXPECT_EQ(FormatInstant(Instant::Beginning(), HomeZone()), "");
  EXPECT_EQ(FormatInstant(Instant::End(), HomeZone()), "");
}

TEST(FormatInstantTest, WritesYearsBeyondFourDigitsAsEdtfDoes) {
  const int64_t year = 3'652'425 * (kDay / 10'000);
  EXPECT_THAT(FormatInstant({kMidnight + 10'000 * year}, HomeZone()),
              StartsWith("Y12026-01-08T00:00:00Z"));
  EXPECT_THAT(FormatInstant({kMidnight - 2'000 * year}, HomeZone()), "0026-01-08T00:00:00Z");
  EXPECT_THAT(FormatInstant({kMidnight - 2'400 * year}, HomeZone()), "-0374-01-08T00:00:00Z");
  EXPECT_THAT(FormatInstant({kMidnight - 14'000 * year}, HomeZone()), "Y-11974-01-08T00:00:00Z");
  EXPECT_EQ(FormatInstant({Instant::End().micros - 1}, HomeZone()),
            "Y294247-01-10T04:00:54.775806Z");
  EXPECT_EQ(FormatInstant({Instant::Beginning().micros + 1}, HomeZone()),
            "Y-290308-12-21T19:59:05.224193Z");
}

TEST(FormatInstantTest, WritesLocalMeanTimeInUtc) {
  ASSERT_OK_AND_ASSIGN(const HomeZone caracas, HomeZone::Load("America/Caracas"));
  // 1800-01-01T00:00:00Z, when Caracas was 4:27:44 behind.
  EXPECT_EQ(FormatInstant({-5'364'662'400 * kSecond}, caracas), "1800-01-01T00:00:00Z");
}

// An answer echoes its coordinates; asking with them again must give the same.
TEST(FormatInstantPropertyTest, RoundTripsThroughParseAsOfDate) {
  constexpr uint64_t kSeed = 20260112;
  constexpr int64_t kYearZero = -62'167'219'200 * kSecond;
  constexpr int64_t kYearTenThousand = 253'402'300'800 * kSecond;
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<int64_t> any(kYearZero, kYearTenThousand - 1);
  std::uniform_int_distribution<int64_t> modern(-4'000'000'000 * kSecond, 4'000'000'000 * kSecond);
  for (const char* name : {"UTC", "America/Caracas", "Europe/Amsterdam", "Africa/Monrovia",
                           "Asia/Kathmandu", "Asia/Manila", "Pacific/Apia", "Europe/London"}) {
    ASSERT_OK_AND_ASSIGN(const HomeZone zone, HomeZone::Load(name));
    for (int step = 0; step < 1'000; ++step) {
      Instant instant = {step % 2 == 0 ? any(random) : modern(random)};
      if (step % 3 == 0) instant.micros -= instant.micros % kSecond;
      const std::string text = FormatInstant(instant, zone);
      ASSERT_THAT(ParseInstant(text), IsOkAndHolds(instant)) << text;
      if (text.front() == 'Y') continue;  // The first hours of 10000, east of UTC.
      ASSERT_THAT(ParseAsOfDate(text, zone), IsOkAndHolds(instant))
          << name << " " << text << ", seed " << kSeed << ", step " << step;
    }
  }
}

TEST(FormatInstantPropertyTest, RoundTripsAtTheEdgesOfFourDigitYears) {
  ASSERT_OK_AND_ASSIGN(const HomeZone kiritimati, HomeZone::Load("Pacific/Kiritimati"));
  for (const HomeZone& zone : {HomeZone(), kiritimati}) {
    for (const char* text : {"0000-01-01", "-0001-12-31", "-9999-01-02", "9999-12-31"}) {
      ASSERT_OK_AND_ASSIGN(const Instant instant, ParseAsOfDate(text, zone));
      EXPECT_THAT(ParseAsOfDate(FormatInstant(instant, zone), zone), IsOkAndHolds(instant));
    }
  }
}

TEST(ParseInstantTest, ReadsYearsOfAnyLength) {
  for (const int64_t micros : {Instant::End().micros - 1, Instant::Beginning().micros + 1,
                               253'402'300'800 * kSecond, -253'402'300'800 * kSecond}) {
    EXPECT_THAT(ParseInstant(FormatInstant({micros}, HomeZone())), IsOkAndHolds(Instant{micros}));
  }
}

TEST(ParseInstantTest, RefusesWhatIsNoInstant) {
  for (const char* text : {"", "2026-01-08", "2026-01-08T00:00:00", "infinite-future", "now",
                           "Y999999-01-01T00:00:00Z"}) {
    EXPECT_THAT(ParseInstant(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not an instant")))
        << text;
  }
}

}  // namespace
}  // namespace annals
