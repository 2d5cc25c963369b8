#include "engine/time/edtf.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/time/home_zone.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kOutOfRange = absl::StatusCode::kOutOfRange;

HomeZone Zone(absl::string_view name) {
  const absl::StatusOr<HomeZone> zone = HomeZone::Load(name);
  EXPECT_THAT(zone, IsOk());
  return zone.value_or(HomeZone());
}

// "EARLIEST .. LATEST" as FormatInstant writes them, open ends empty.
absl::StatusOr<std::string> Span(absl::string_view text, const HomeZone& zone,
                                 const QualifierWidths& widths = {}) {
  const absl::StatusOr<Edtf> date = Edtf::Parse(text);
  if (!date.ok()) return date.status();
  EXPECT_EQ(date->text(), std::string(text));
  const absl::StatusOr<TimeBounds> bounds = date->Resolve(zone, widths);
  if (!bounds.ok()) return bounds.status();
  return absl::StrCat(FormatInstant(bounds->earliest, zone), " .. ",
                      FormatInstant(bounds->latest, zone));
}

// ---- What is accepted ---------------------------------------------------------

struct Accepted {
  std::string text;
  std::string earliest;  // The first day or instant, in UTC; "" is open.
  std::string latest;    // The last; a day stands for its last microsecond.
};

std::string Instants(const Accepted& date) {
  const bool first_is_day =
      !date.earliest.empty() && date.earliest.find('T', 1) == std::string::npos;
  const bool last_is_day = !date.latest.empty() && date.latest.find('T', 1) == std::string::npos;
  return absl::StrCat(date.earliest, first_is_day ? "T00:00:00Z" : "", " .. ", date.latest,
                      last_is_day ? "T23:59:59.999999Z" : "");
}

class AcceptedDateTest : public ::testing::TestWithParam<Accepted> {};

TEST_P(AcceptedDateTest, ResolvesToItsExactBounds) {
  EXPECT_THAT(Span(GetParam().text, HomeZone()), IsOkAndHolds(Instants(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Plain, AcceptedDateTest,
                         ::testing::ValuesIn(std::vector<Accepted>{
                             {"2026", "2026-01-01", "2026-12-31"},
                             {"2026-01", "2026-01-01", "2026-01-31"},
                             {"2026-02", "2026-02-01", "2026-02-28"},
                             {"2024-02", "2024-02-01", "2024-02-29"},
                             {"2026-12", "2026-12-01", "2026-12-31"},
                             {"2026-01-08", "2026-01-08", "2026-01-08"},
                             {"2024-02-29", "2024-02-29", "2024-02-29"},
                             {"2000-02-29", "2000-02-29", "2000-02-29"},
                             {"9999-12-31", "9999-12-31", "9999-12-31"},
                             {"0001", "0001-01-01", "0001-12-31"},
                             {"0000", "0000-01-01", "0000-12-31"},
                             {"0000-02-29", "0000-02-29", "0000-02-29"},
                             {"-0001", "-0001-01-01", "-0001-12-31"},
                             {"-0044", "-0044-01-01", "-0044-12-31"},
                             {"-0044-03", "-0044-03-01", "-0044-03-31"},
                             {"-0044-03-15", "-0044-03-15", "-0044-03-15"},
                             {"-9999", "-9999-01-01", "-9999-12-31"},
                             {"Y17000", "Y17000-01-01", "Y17000-12-31"},
                             {"Y-17000", "Y-17000-01-01", "Y-17000-12-31"},
                             {"Y294246", "Y294246-01-01", "Y294246-12-31"},
                             {"Y-290307", "Y-290307-01-01", "Y-290307-12-31"},
                         }));

INSTANTIATE_TEST_SUITE_P(
    DateTimes, AcceptedDateTest,
    ::testing::ValuesIn(std::vector<Accepted>{
        {"2026-01-08T10:00:00Z", "2026-01-08T10:00:00Z", "2026-01-08T10:00:00Z"},
        {"2026-01-08T10:00:00-04:00", "2026-01-08T14:00:00Z", "2026-01-08T14:00:00Z"},
        {"2026-01-08T02:00:00+05:45", "2026-01-07T20:15:00Z", "2026-01-07T20:15:00Z"},
        {"2026-01-08T00:00:00+00:00", "2026-01-08T00:00:00Z", "2026-01-08T00:00:00Z"},
        {"2026-01-08T00:00:00+23:59", "2026-01-07T00:01:00Z", "2026-01-07T00:01:00Z"},
        {"2026-01-08T10:00:00.5Z", "2026-01-08T10:00:00.500000Z", "2026-01-08T10:00:00.500000Z"},
        {"2026-01-08T10:00:00.000001Z", "2026-01-08T10:00:00.000001Z",
         "2026-01-08T10:00:00.000001Z"},
        {"2026-12-31T23:59:59.999999Z", "2026-12-31T23:59:59.999999Z",
         "2026-12-31T23:59:59.999999Z"},
        {"1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250000Z", "1969-12-31T23:59:59.250000Z"},
        {"-0044-03-15T12:00:00Z", "-0044-03-15T12:00:00Z", "-0044-03-15T12:00:00Z"},
        {"2026-01-08T10:00:00Z?", "2026-01-08T09:59:59Z", "2026-01-08T10:00:01Z"},
        {"2026-01-08T10:00:00.5Z%", "2026-01-08T09:59:58.500000Z", "2026-01-08T10:00:02.500000Z"},
    }));

INSTANTIATE_TEST_SUITE_P(UnspecifiedDigits, AcceptedDateTest,
                         ::testing::ValuesIn(std::vector<Accepted>{
                             {"202X", "2020-01-01", "2029-12-31"},
                             {"20XX", "2000-01-01", "2099-12-31"},
                             {"2XXX", "2000-01-01", "2999-12-31"},
                             {"0XXX", "0000-01-01", "0999-12-31"},
                             {"000X", "0000-01-01", "0009-12-31"},
                             {"-004X", "-0049-01-01", "-0040-12-31"},
                             {"-000X", "-0009-01-01", "-0001-12-31"},
                             {"-01XX", "-0199-01-01", "-0100-12-31"},
                             {"2026-XX", "2026-01-01", "2026-12-31"},
                             {"2026-01-XX", "2026-01-01", "2026-01-31"},
                             {"2026-XX-XX", "2026-01-01", "2026-12-31"},
                         }));

INSTANTIATE_TEST_SUITE_P(Qualified, AcceptedDateTest,
                         ::testing::ValuesIn(std::vector<Accepted>{
                             {"2026-01-08?", "2026-01-07", "2026-01-09"},
                             {"2026-01-08~", "2026-01-07", "2026-01-09"},
                             {"2026-01-08%", "2026-01-06", "2026-01-10"},
                             {"2026-03-01?", "2026-02-28", "2026-03-02"},
                             {"2026-01?", "2025-12-01", "2026-02-28"},
                             {"2026-01%", "2025-11-01", "2026-03-31"},
                             {"2026~", "2025-01-01", "2027-12-31"},
                             {"0000?", "-0001-01-01", "0001-12-31"},
                             {"Y17000%", "Y16998-01-01", "Y17002-12-31"},
                             {"202X?", "2010-01-01", "2039-12-31"},
                             {"20XX~", "1900-01-01", "2199-12-31"},
                             {"2XXX?", "1000-01-01", "3999-12-31"},
                             {"2026-XX?", "2025-01-01", "2027-12-31"},
                             {"2026-XX-XX~", "2025-01-01", "2027-12-31"},
                             {"2026-01-XX?", "2025-12-01", "2026-02-28"},
                         }));

INSTANTIATE_TEST_SUITE_P(Intervals, AcceptedDateTest,
                         ::testing::ValuesIn(std::vector<Accepted>{
                             {"2026-01-08/2026-01-11", "2026-01-08", "2026-01-08"},
                             {"2026-01/2026-03-05", "2026-01-01", "2026-01-31"},
                             {"2026-01-08/2026", "2026-01-08", "2026-01-08"},
                             {"2026/2026-01-08", "2026-01-01", "2026-12-31"},
                             {"2026/2026", "2026-01-01", "2026-12-31"},
                             {"2026-01-08/..", "2026-01-08", "2026-01-08"},
                             {"2026-01-08/", "2026-01-08", "2026-01-08"},
                             {"../2026-01-08", "", "2026-01-08"},
                             {"/2026-01-08", "", "2026-01-08"},
                             {"2026-01?/2026-02~", "2025-12-01", "2026-02-28"},
                             {"/2026-01-08?", "", "2026-01-09"},
                             {"-0044/0014", "-0044-01-01", "-0044-12-31"},
                             {"2026-01-08T10:00:00Z/2026-01-08T11:00:00Z", "2026-01-08T10:00:00Z",
                              "2026-01-08T10:00:00Z"},
                             {"2026-01-08T10:00:00Z/2026-01-08", "2026-01-08T10:00:00Z",
                              "2026-01-08T10:00:00Z"},
                         }));

INSTANTIATE_TEST_SUITE_P(OneOfSets, AcceptedDateTest,
                         ::testing::ValuesIn(std::vector<Accepted>{
                             {"[2026-01-08..2026-01-31]", "2026-01-08", "2026-01-31"},
                             {"[2026-01..2026-03]", "2026-01-01", "2026-03-31"},
                             {"[2026-01-08..2026-01-08]", "2026-01-08", "2026-01-08"},
                             {"[..2026-01-08]", "", "2026-01-08"},
                             {"[2026-01-08..]", "2026-01-08", ""},
                             {"[2026-01-08?..2026-01-31~]", "2026-01-07", "2026-02-01"},
                             {"[202X..2031]", "2020-01-01", "2031-12-31"},
                             {"[2026-01-03,2026-01-08]", "2026-01-03", "2026-01-08"},
                             {"[2026-02,2026-01-03,2026-01-08]", "2026-01-03", "2026-02-28"},
                             {"[2026-01-03?,2025-12-30]", "2025-12-30", "2026-01-04"},
                         }));

TEST(EdtfTest, KeepsOpenAndUnknownEndsApart) {
  ASSERT_OK_AND_ASSIGN(const Edtf open, Edtf::Parse("2026/.."));
  ASSERT_OK_AND_ASSIGN(const Edtf unknown, Edtf::Parse("2026/"));
  EXPECT_EQ(open.text(), "2026/..");
  EXPECT_EQ(unknown.text(), "2026/");
}

TEST(EdtfTest, TellsTheForm) {
  const std::vector<std::pair<std::string, EdtfForm>> forms = {{"2026", EdtfForm::kDate},
                                                               {"2026/", EdtfForm::kInterval},
                                                               {"[2026..2027]", EdtfForm::kRange},
                                                               {"[2026,2027]", EdtfForm::kList}};
  for (const auto& [text, form] : forms) {
    ASSERT_OK_AND_ASSIGN(const Edtf date, Edtf::Parse(text));
    EXPECT_EQ(date.form(), form) << text;
  }
}

TEST(EdtfTest, WidthsAreTheTimelinesOwn) {
  const QualifierWidths widths = {
      .uncertain = 0, .approximate = 5, .uncertain_and_approximate = 10};
  const HomeZone utc;
  EXPECT_THAT(Span("2026-01-08?", utc, widths),
              IsOkAndHolds("2026-01-08T00:00:00Z .. 2026-01-08T23:59:59.999999Z"));
  EXPECT_THAT(Span("2026~", utc, widths),
              IsOkAndHolds("2021-01-01T00:00:00Z .. 2031-12-31T23:59:59.999999Z"));
  EXPECT_THAT(Span("[2026-06%..]", utc, widths), IsOkAndHolds("2025-08-01T00:00:00Z .. "));
}

// ---- Range and zones ------------------------------------------------------------

TEST(EdtfTest, RefusesYearsBeyondTheRangeOfInstants) {
  const HomeZone utc;
  EXPECT_THAT(
      Span("Y294247", utc),
      StatusIs(kOutOfRange, AllOf(StartsWith("date \"Y294247\": the year 294247 is too far"),
                                  HasSubstr("-290307 to the year 294246"))));
  EXPECT_THAT(Span("Y-290308", utc), StatusIs(kOutOfRange, HasSubstr("the year -290308")));
  EXPECT_THAT(Span("Y999999999999999", utc),
              StatusIs(kOutOfRange, HasSubstr("the year 999999999999999")));
  EXPECT_THAT(Span("Y-999999999999999", utc),
              StatusIs(kOutOfRange, HasSubstr("the year -999999999999999")));
  EXPECT_THAT(Span("Y294246?", utc), StatusIs(kOutOfRange, HasSubstr("the year 294247")));
  EXPECT_THAT(Span("2026/Y300000", utc), StatusIs(kOutOfRange, HasSubstr("the year 300000")));
  EXPECT_THAT(Span("[2026,Y300000]", utc), StatusIs(kOutOfRange, HasSubstr("the year 300000")));
}

TEST(EdtfTest, HugeWidthsAreRefusedAndNeverWrap) {
  const QualifierWidths widths = {.uncertain = 0xFFFFFFFF};
  EXPECT_THAT(Span("2XXX?", HomeZone(), widths),
              StatusIs(kOutOfRange, HasSubstr("the year -42949")));
  EXPECT_THAT(Span("2026-01-08T10:00:00Z?", HomeZone(), widths),
              IsOkAndHolds("1889-12-02T03:31:45Z .. 2162-02-14T16:28:15Z"));
}

TEST(EdtfTest, ADayIsTheHomeZonesDay) {
  EXPECT_THAT(Span("2026-01-08", Zone("America/Caracas")),
              IsOkAndHolds("2026-01-08T00:00:00-04:00 .. 2026-01-08T23:59:59.999999-04:00"));
  EXPECT_THAT(Span("2026-01-08", Zone("Asia/Kathmandu")),
              IsOkAndHolds("2026-01-08T00:00:00+05:45 .. 2026-01-08T23:59:59.999999+05:45"));
}

TEST(EdtfTest, ADayLastsAsLongAsTheZonesClocksSay) {
  const HomeZone berlin = Zone("Europe/Berlin");
  EXPECT_THAT(Span("2026-03-29", berlin),
              IsOkAndHolds("2026-03-29T00:00:00+01:00 .. 2026-03-29T23:59:59.999999+02:00"));
  EXPECT_THAT(Span("2026-10-25", berlin),
              IsOkAndHolds("2026-10-25T00:00:00+02:00 .. 2026-10-25T23:59:59.999999+01:00"));
  const auto hours = [&berlin](absl::string_view text) {
    const TimeBounds bounds = Edtf::Parse(text)->Resolve(berlin, {}).value();
    return (bounds.latest.micros + 1 - bounds.earliest.micros) / 3'600'000'000;
  };
  EXPECT_EQ(hours("2026-03-29"), 23);
  EXPECT_EQ(hours("2026-10-25"), 25);
  EXPECT_EQ(hours("2026-10-26"), 24);
}

TEST(EdtfTest, CaracasMovedItsClocksOnTheFirstOfMay2016) {
  const HomeZone caracas = Zone("America/Caracas");
  EXPECT_THAT(Span("2016-04-30", caracas),
              IsOkAndHolds("2016-04-30T00:00:00-04:30 .. 2016-04-30T23:59:59.999999-04:30"));
  EXPECT_THAT(Span("2016-05-01", caracas),
              IsOkAndHolds("2016-05-01T00:00:00-04:30 .. 2016-05-01T23:59:59.999999-04:00"));
}

TEST(EdtfTest, ASkippedMidnightIsReplacedByTheTransition) {
  EXPECT_THAT(Span("2018-11-04", Zone("America/Sao_Paulo")),
              IsOkAndHolds("2018-11-04T01:00:00-02:00 .. 2018-11-04T23:59:59.999999-02:00"));
  EXPECT_THAT(Span("2018-11-03", Zone("America/Sao_Paulo")),
              IsOkAndHolds("2018-11-03T00:00:00-03:00 .. 2018-11-03T23:59:59.999999-03:00"));
}

TEST(EdtfTest, ARepeatedMidnightCountsTheFirstTime) {
  // At 01:00 the clocks went back to 00:00.
  EXPECT_THAT(Span("2025-11-02", Zone("America/Havana")),
              IsOkAndHolds("2025-11-02T00:00:00-04:00 .. 2025-11-02T23:59:59.999999-05:00"));
  EXPECT_THAT(Span("2025-11-01", Zone("America/Havana")),
              IsOkAndHolds("2025-11-01T00:00:00-04:00 .. 2025-11-01T23:59:59.999999-04:00"));
}

TEST(EdtfTest, ADayThatTheZoneSkippedIsRefused) {
  const HomeZone samoa = Zone("Pacific/Apia");
  EXPECT_THAT(Span("2011-12-30", samoa),
              StatusIs(kInvalid, AllOf(StartsWith("date \"2011-12-30\": "),
                                       HasSubstr("never was in Pacific/Apia"))));
  EXPECT_THAT(ParseAsOfDate("2011-12-30", samoa), StatusIs(kInvalid, HasSubstr("never was")));
  EXPECT_THAT(Span("2011-12-30?", samoa),
              IsOkAndHolds("2011-12-29T00:00:00-10:00 .. 2011-12-31T23:59:59.999999+14:00"));
  EXPECT_THAT(Span("2011-12", samoa),
              IsOkAndHolds("2011-12-01T00:00:00-10:00 .. 2011-12-31T23:59:59.999999+14:00"));
}

TEST(EdtfTest, ADateBesideADateTimeIsComparedInTheHomeZone) {
  // 23:00 west of the date line is the ninth in UTC, and the eighth in Honolulu.
  const std::string text = "[2026-01-08T23:00:00-10:00..2026-01-08]";
  EXPECT_THAT(Span(text, HomeZone()),
              StatusIs(kInvalid, HasSubstr("\"2026-01-08\" is over before "
                                           "\"2026-01-08T23:00:00-10:00\" begins, in UTC")));
  EXPECT_THAT(Span(text, Zone("Pacific/Honolulu")),
              IsOkAndHolds("2026-01-08T23:00:00-10:00 .. 2026-01-08T23:59:59.999999-10:00"));
}

// ---- As-of dates ------------------------------------------------------------------

struct AsOfDate {
  std::string text;
  std::string instant;
};

class AsOfDateTest : public ::testing::TestWithParam<AsOfDate> {};

TEST_P(AsOfDateTest, MeansItsLastInstant) {
  const HomeZone caracas = Zone("America/Caracas");
  ASSERT_OK_AND_ASSIGN(const Instant instant, ParseAsOfDate(GetParam().text, caracas));
  EXPECT_EQ(FormatInstant(instant, caracas), GetParam().instant);
}

INSTANTIATE_TEST_SUITE_P(Accepted, AsOfDateTest,
                         ::testing::ValuesIn(std::vector<AsOfDate>{
                             {"2026-01-12", "2026-01-12T23:59:59.999999-04:00"},
                             {"2026-01", "2026-01-31T23:59:59.999999-04:00"},
                             {"2026", "2026-12-31T23:59:59.999999-04:00"},
                             {"2026-01-12T10:00:00Z", "2026-01-12T06:00:00-04:00"},
                             {"2026-01-12T10:00:00.25-04:00", "2026-01-12T10:00:00.250000-04:00"},
                             {"-0044-03-15",
                              "-0044-03-16T04:27:43.999999Z"},  // Local mean time, -04:27:44.
                             {"-0044", "-0043-01-01T04:27:43.999999Z"},
                             {"Y17000", "Y17000-12-31T23:59:59.999999-04:00"},
                         }));

TEST(ParseAsOfDateTest, RefusesAnythingButOneDate) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"2026-01?",
       R"("2026-01?" is vague; an as-of question needs one date, such as "2026-01-31")"},
      {"2026-01-08~", R"(is vague; an as-of question needs one date, such as "2026-01-08")"},
      {"2026-XX", R"("2026-XX" is vague; an as-of question needs one date, such as "2026-12-31")"},
      {"202X", R"(such as "2029-12-31")"},
      {"-004X", R"(such as "-0040-12-31")"},
      {"Y17000?", R"(such as "Y17000")"},
      {"2026-01-08T10:00:00Z%", R"(such as "2026-01-08T10:00:00Z")"},
      {"2026-01/2026-02", R"("2026-01/2026-02" is several dates; an as-of question )"
                          R"(needs one date, such as "2026-02-28")"},
      {"2026-01/..", R"(is several dates; an as-of question needs one date, such as "2026-01-31")"},
      {"/2026-01", R"(such as "2026-01-31")"},
      {"[2026-01..2026-02]", R"(is several dates)"},
      {"[2026-01,2026-02]", R"(is several dates)"},
      {"2026-1-8", R"("1" is not a month of two digits; write "2026-01-08")"},
      {"", R"(is no date)"},
  };
  for (const auto& [text, message] : refused) {
    EXPECT_THAT(ParseAsOfDate(text, HomeZone()), StatusIs(kInvalid, HasSubstr(message)));
  }
  EXPECT_THAT(ParseAsOfDate("Y300000", HomeZone()), StatusIs(kOutOfRange, HasSubstr("300000")));
}

}  // namespace
}  // namespace annals
