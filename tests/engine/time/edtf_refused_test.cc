#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "engine/time/edtf.h"
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

// ---- What is refused ------------------------------------------------------------

struct Refused {
  std::string text;
  std::string message;  // A part of it, from the offending characters to the way out.
};

// The refusal's way out must itself be accepted.
void CheckProposal(const absl::Status& refusal) {
  const std::string message(refusal.message());
  const std::string marker = "; write \"";
  const size_t proposal = message.rfind(marker);
  ASSERT_NE(proposal, std::string::npos) << message;
  const std::string instead = message.substr(proposal + marker.size());
  ASSERT_EQ(instead.back(), '"') << message;
  EXPECT_THAT(Edtf::Parse(instead.substr(0, instead.size() - 1)), IsOk()) << message;
}

class RefusedDateTest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedDateTest, SaysWhatIsWrongAndWhatWouldDo) {
  const std::string& text = GetParam().text;
  const absl::StatusOr<Edtf> date = Edtf::Parse(text);
  ASSERT_THAT(
      date,
      StatusIs(kInvalid, AllOf(StartsWith(absl::StrCat("date \"", absl::CHexEscape(text), "\": ")),
                               HasSubstr(GetParam().message))));
  CheckProposal(date.status());
}

INSTANTIATE_TEST_SUITE_P(
    Years, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"", R"("" is no date; leave it out)"},
        {"26", R"("26" is not a year of four digits)"},
        {"-44", R"("-44" is not a year of four digits)"},
        {"-", R"("-" is not a year)"},
        {"+2026", R"("+2026" is not a year)"},
        {"-0000", R"("-0000" is 1 BCE, which has no sign; write "0000")"},
        {"12026", R"("12026" has more than four digits, which takes a prefix; write "Y12026")"},
        {"-12026", R"(write "Y-12026")"},
        {"1234567890123456789012345", R"(has more than four digits)"},
        {"20260108",
         R"("20260108" has no hyphens between year, month and day; write "2026-01-08")"},
        {"2026.01.08", R"("2026.01.08" is not a year)"},
        {"January", R"("January" is not a year)"},
        {"Thursday", R"("Thursday" is not a year)"},
        {"Yesterday", R"("Yesterday" is not a year)"},
        {"now", R"("now" is not a year)"},
        {"Y", R"("Y" is not a year)"},
        {"Y2026",
         R"("Y2026" has a prefix, which takes a year of five or more digits; write "2026")"},
        {"Y-0044", R"(write "-0044")"},
        {"Y00012", R"(write "0012")"},
        {"Y17E7", R"("Y17E7" has an exponent, which is not accepted)"},
        {"Y-17E7", R"(has an exponent)"},
        {"Y171010000S3", R"(counts significant digits)"},
        {"Y17000-05", R"("-05" follows a year with a prefix, which stands alone; write "Y17000")"},
        {"Y1702X", R"("Y1702X" is not "Y" and the digits of a year)"},
        {"Y1234567890123456", R"(is further away than any date that can be kept)"},
        {"1950S2", R"("1950S2" counts significant digits)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    MonthsAndDays, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"2026-1-8", R"("1" is not a month of two digits; write "2026-01-08")"},
        {"2026-01-8", R"("8" is not a day of two digits; write "2026-01-08")"},
        {"2026-1", R"(write "2026-01")"},
        {"2026-", R"("" is not a month of two digits; write "2026")"},
        {"2026-01-", R"("" is not a day of two digits; write "2026-01")"},
        {"2026-013", R"("013" is not a month of two digits)"},
        {"2026-W03", R"("W03" is not a month of two digits; write "2026")"},
        {"2026-Jan-08", R"("Jan" is not a month)"},
        {"2026-13", R"("13" is no month: they go from 01 to 12; write "2026-12")"},
        {"2026-13-08", R"(from 01 to 12; write "2026-12-08")"},
        {"2026-42", R"("42" is no month)"},
        {"2026-20", R"("20" is no month)"},
        {"2026-00", R"("00" is no month; an unspecified one is XX; write "2026-XX")"},
        {"2026-01-00", R"("00" is no day; an unspecified one is XX; write "2026-01-XX")"},
        {"2026-21", R"("21" is a season, not a month; state the months that it may be; )"
                    R"(write "[2026-03..2026-05]")"},
        {"2026-41", R"("41" is a season)"},
        {"2026-02-30", R"("30" is no day: 2026-02 has 28; write "2026-02-28")"},
        {"2024-02-30", R"("30" is no day: 2024-02 has 29; write "2024-02-29")"},
        {"1900-02-29", R"("29" is no day: 1900-02 has 28)"},
        {"2026-04-31", R"(2026-04 has 30)"},
        {"-0044-02-30", R"(-0044-02 has 29)"},
        {"2026-01-32", R"("32" is no day)"},
        {"2026-01-08-09", R"("-01-08-09" is more than a month and a day; write "2026-01-08")"},
        {"08-01-2026", R"("08" is not a year)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    UnspecifiedDigits, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"XXXX", R"("XXXX" says nothing; leave the date out)"},
        {"-XXXX", R"("-XXXX" says nothing)"},
        {"X026", R"("X026" has an unspecified digit before a known one)"},
        {"20X6", R"("20X6" has an unspecified digit before a known one; write "20XX")"},
        {"202x", R"("202x" has a small letter for an unspecified digit; write "202X")"},
        {"20uu", R"(write "20XX")"},
        {"156X-12-25",
         R"("-12-25" is more precise than the unspecified year before it; write "156X")"},
        {"202X-XX", R"("-XX" is more precise)"},
        {"2026-XX-08", R"("08" is a known day of an unspecified month; write "2026-XX")"},
        {"2026-1X", R"("1X" has an unspecified digit after a known one, which only years may; )"
                    R"(write "[2026-10..2026-12]")"},
        {"2026-0X", R"(write "[2026-01..2026-09]")"},
        {"2026-X1", R"("X1" is not a month of two digits; write "2026")"},
        {"2026-01-1X", R"(write "[2026-01-10..2026-01-19]")"},
        {"2026-01-0X", R"(write "[2026-01-01..2026-01-09]")"},
        {"2026-02-2X", R"(write "[2026-02-20..2026-02-28]")"},
        {"2026-01-3X", R"(write "[2026-01-30..2026-01-31]")"},
        {"2026-02-3X", R"("3X" is not a day of two digits; write "2026-02")"},
        {"2026-XX-XXT10:00:00Z", R"("2026-XX-XX" is not one day)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    DateTimes, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"2026-01-08T10:00:00",
         R"("10:00:00" has no offset from UTC, such as "-04:00", so it is another )"
         R"(instant in each zone; write "2026-01-08T10:00:00Z")"},
        {"2026-01-08T10:00Z", R"("10:00" has no seconds; write "2026-01-08T10:00:00Z")"},
        {"2026-01-08T10:00-04:00", R"(write "2026-01-08T10:00:00-04:00")"},
        {"2026-01-08T10Z", R"("10" is not a time of day)"},
        {"2026-01-08T", R"("" is not a time of day)"},
        {"2026-01-08T1:00:00Z", R"("1:00:00" is not a time of day)"},
        {"2026-01-08T100000Z", R"("100000" is not a time of day)"},
        {"2026-01-08T23:59:60Z",
         R"("23:59:60" is a leap second, which is not kept; write "2026-01-08T23:59:59Z")"},
        {"2026-01-08T23:59:61Z", R"("23:59:61" has no such second)"},
        {"2026-01-08T23:60:00Z", R"("23:60:00" has no such minute; write "2026-01-08T23:59:59Z")"},
        {"2026-01-31T24:00:00-04:00",
         R"("24:00:00" is the next day's first instant; write "2026-02-01T00:00:00-04:00")"},
        {"9999-12-31T24:00:00Z",
         R"(is past the end of the day, at 23:59:59; write "9999-12-31T23:59:59Z")"},
        {"2026-01-31T24:00:01Z", R"("24:00:01" is past the end of the day)"},
        {"2026-01-31T99:00:00Z", R"("99:00:00" is past the end of the day)"},
        {"2026-01-08T10:00:00.1234567Z",
         R"(".1234567" has more than six digits: time goes by microseconds; )"
         R"(write "2026-01-08T10:00:00.123456Z")"},
        {"2026-01-08T10:00:00.Z",
         R"("." is not a fraction of a second; write "2026-01-08T10:00:00Z")"},
        {"2026-01-08T10:00:00.5x5Z", R"(".5x5" is not a fraction)"},
        {"2026-01-08T10:00:00,5Z", R"("10:00:00,5" is not a time of day)"},
        {"2026-01-08T10:00:00-0400", R"("-0400" is not an offset from UTC)"},
        {"2026-01-08T10:00:00-04", R"("-04" is not an offset)"},
        {"2026-01-08T10:00:00+24:00", R"("+24:00" is not an offset)"},
        {"2026-01-08T10:00:00+01:60", R"("+01:60" is not an offset)"},
        {"2026-01-08T10:00:00-00:00", R"("-00:00" is not an offset)"},
        {"2026-01-08T10:00:00z", R"("z" is not an offset)"},
        {"2026-01-08T10:00:00ZZ", R"("ZZ" is not an offset)"},
        {"2026-01-08t10:00:00Z", R"("t" is a small letter)"},
        {"2026-01T10:00:00Z", R"("2026-01" is not one day, which a time of day needs before it)"},
        {"2026T10:00:00Z", R"("2026" is not one day)"},
        {"2026-02-30T10:00:00Z", R"("30" is no day)"},
        {"Y17000-01-01T10:00:00Z", R"(follows a year with a prefix, which stands alone)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Qualifiers, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"2026?-01",
         R"("?" qualifies a part of a date; qualify the whole, at its end; write "2026-01?")"},
        {"2026-~01",
         R"("~" qualifies a part of a date; qualify the whole, at its end; write "2026-01~")"},
        {"?2026", R"(write "2026?")"},
        {"2026?~", R"("?~" is more than one qualifier; "%" says both; write "2026%")"},
        {"2026??", R"("??" is more than one qualifier)"},
        {"?", R"("" is not a year)"},
        {"??", R"("??" is more than one qualifier)"},
        {"2026?-01-?08", R"("?" qualifies a part)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Intervals, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"/", R"("/" says nothing; leave the date out)"},
        {"../..", R"("../.." says nothing)"},
        {"../", R"(says nothing)"},
        {"/..", R"(says nothing)"},
        {"2026/01", R"("01" is not a year of four digits)"},
        {"2026/01/08",
         R"("/08" is a second "/"; one "/" stands between two dates; write "2026-01-08")"},
        {"08/01/2026", R"("/2026" is a second "/")"},
        {"2026/2027/2028", R"(is a second "/")"},
        {"2026-02/2026-01",
         R"("2026-01" is over before "2026-02" begins; write "2026-01/2026-02")"},
        {"2026-02?/2026-01~", R"(write "2026-01~/2026-02?")"},
        {"0000/-0001", R"("-0001" is over before "0000" begins)"},
        {"2026-01-08T10:00:00Z/2026-01-08T09:00:00Z",
         R"(is over before "2026-01-08T10:00:00Z" begins)"},
        {"2026-01-08T10:00:00Z/2026-01-06", R"("2026-01-06" is over before)"},
        {"2026-01-08/2026-01-06T10:00:00Z", R"("2026-01-06T10:00:00Z" is over before)"},
        {"2026/[2027..2028]", R"("[2027..2028]" is a set in an interval)"},
        {"2026?/..?", R"(".." is not a year)"},
        {"2026/...", R"("..." is not a year)"},
        {"Y999999999999999/Y999999999999998", R"(is over before "Y999999999999999" begins)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Sets, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"[2026]", R"("[2026]" is a set of one date; write "2026")"},
        {"[]", R"("[]" has an empty place in its list)"},
        {"[2026,]", R"("[2026,]" has an empty place)"},
        {"[,2026]", R"(has an empty place)"},
        {"[..]", R"("[..]" says nothing)"},
        {"[2026..2027,2029]", R"("2026..2027,2029" mixes a list and a range)"},
        {"[2027..2026]", R"("2026" is over before "2027" begins; write "[2026..2027]")"},
        {"[2026..2027..2028]", R"("2027..2028" is not a year)"},
        {"[2026/2027]", R"("/" nests an interval or a set in a set)"},
        {"[2026,2027/2028]", R"("/" nests)"},
        {"[[2026..2027]", R"("[" nests)"},
        {"[2026..2027", R"("[2026..2027" opens a set without closing it)"},
        {"[2026..2027]?", R"("?" follows a set; a qualifier belongs to its dates)"},
        {"[2026..2027]/2028", R"("/2028" follows a set)"},
        {"2026]", R"("2026]" is not a year)"},
        {"2026..2027",
         R"(".." stands between the ends of a set, in brackets; write "[2026..2027]")"},
        {"..", R"(".." stands between the ends of a set)"},
        {"2026..tomorrow", R"(".." stands between the ends of a set)"},
        {"{2026,2027}", R"("{" means every one of these dates)"},
        {"[2026-1-8,2026-01-09]", R"("1" is not a month of two digits; write "2026-01-08")"},
        {"2026,2027", R"("2026,2027" is not a year)"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Characters, RefusedDateTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {" 2026-01-08", R"(" " is white space, which dates don't have; write "2026-01-08")"},
        {"2026-01-08\n", R"("\n" is white space)"},
        {"2026 / 2027", R"(write "2026/2027")"},
        {"2026-01-08 10:00:00Z", R"(write "2026-01-08T10:00:00Z")"},
        {"8 January 2026", R"(" " is white space)"},
        {"[2026, 2027]", R"(write "[2026,2027]")"},
        {"2026–01",
         R"("\xe2\x80\x93" is not an ASCII character; dates have "-" and "/"; write "2026-01")"},
        {"2026–2027", R"(write "2026/2027")"},
        {"−0044", R"(write "-0044")"},
        {"２０２６", R"("\xef\xbc\x92" is not an ASCII character)"},
        {"2026\xff", R"("\xff" is not an ASCII character)"},
        {std::string("2026\0", 5), R"("\x00" is a control character)"},
        {"2026\x7f", R"("\x7f" is a control character)"},
    }));

TEST(EdtfTest, RefusesATextThatIsTooLong) {
  std::string list = "[2026";
  while (list.size() <= 200) list += ",2026";
  list += "]";
  EXPECT_THAT(Edtf::Parse(list), StatusIs(kInvalid, AllOf(StartsWith("date \"[2026,2026,"),
                                                          HasSubstr("has at most 200"))));
}

TEST(EdtfTest, AcceptsTheLongestText) {
  std::string list = "[2026?,2026?,2026?,2026?";
  for (int i = 0; i < 35; ++i) list += ",2026";
  list += "]";
  ASSERT_EQ(list.size(), 200u);
  EXPECT_THAT(Edtf::Parse(list), IsOk());
}

// ---- Any text ---------------------------------------------------------------------

constexpr absl::string_view kAlphabet = "0123456789-/.[],{}?~%XYTZES:+ x";

// One to three dates, put together as the grammar does; every other text then
// has a character replaced.
std::string RandomText(std::mt19937_64* random) {
  static const std::vector<std::string> dates = {"2026",
                                                 "0000",
                                                 "-0044",
                                                 "Y17000",
                                                 "Y-290308",
                                                 "202X",
                                                 "-00XX",
                                                 "2XXX",
                                                 "2026-XX",
                                                 "2026-02",
                                                 "2025-12",
                                                 "2026-02-28",
                                                 "2011-12-30",
                                                 "2026-XX-XX",
                                                 "2026-01-XX",
                                                 "-0044-03-15",
                                                 "",
                                                 "..",
                                                 "2026-01-08T10:00:00Z",
                                                 "2026-01-08T23:59:59.5-10:00"};
  static const std::vector<std::string> qualifiers = {"", "", "?", "~", "%"};
  static const std::vector<std::vector<std::string>> forms = {
      {"", "", ""}, {"", "/", ""}, {"[", "..", "]"}, {"[", ",", "]"}};
  const auto any = [random](const auto& choices) { return choices[(*random)() % choices.size()]; };
  const std::vector<std::string> form = any(forms);
  std::string text = form[0] + any(dates) + any(qualifiers);
  const size_t more = form[1].empty() ? 0 : 1 + (*random)() % 8 / 7;
  for (size_t i = 0; i < more; ++i) text += form[1] + any(dates) + any(qualifiers);
  text += form[2];
  if ((*random)() % 2 == 0 && !text.empty()) {
    text[(*random)() % text.size()] = any(kAlphabet);
  }
  return text;
}

// Characters of the grammar in any order.
std::string RandomCharacters(std::mt19937_64* random) {
  std::string text;
  const size_t size = (*random)() % 24;
  for (size_t i = 0; i < size; ++i) text.push_back(kAlphabet[(*random)() % kAlphabet.size()]);
  return text;
}

// Resolves in order, and means the same when parsed again.
void CheckAccepted(const Edtf& date, const HomeZone& zone) {
  const absl::StatusOr<TimeBounds> bounds = date.Resolve(zone, {});
  if (!bounds.ok()) {
    EXPECT_TRUE(bounds.status().code() == kOutOfRange || bounds.status().code() == kInvalid)
        << bounds.status();
    return;
  }
  EXPECT_LE(bounds->earliest, bounds->latest) << date.text();
  EXPECT_THAT(Edtf::Parse(date.text())->Resolve(zone, {}), IsOkAndHolds(*bounds)) << date.text();
}

TEST(EdtfPropertyTest, AnyTextIsRefusedOrResolvesInOrder) {
  constexpr uint64_t kSeed = 20260108;
  std::mt19937_64 random(kSeed);
  const std::vector<HomeZone> zones = {HomeZone(), Zone("America/Caracas"), Zone("Pacific/Apia")};
  int accepted = 0;
  for (int step = 0; step < 20'000; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", kSeed, ", step ", step));
    const std::string text = step % 2 == 0 ? RandomText(&random) : RandomCharacters(&random);
    const absl::StatusOr<Edtf> date = Edtf::Parse(text);
    if (!date.ok()) {
      ASSERT_THAT(date, StatusIs(kInvalid, StartsWith("date ")));
      CheckProposal(date.status());
      if (HasFailure()) return;
      continue;
    }
    ++accepted;
    CheckAccepted(*date, zones[step % zones.size()]);
    if (HasFailure()) return;
  }
  EXPECT_GT(accepted, 1000);  // Otherwise the generator proves little.
}

TEST(EdtfPropertyTest, DaysFollowOneAnotherWithoutGapOrOverlap) {
  for (const char* name : {"America/Caracas", "America/Havana", "America/Sao_Paulo",
                           "America/St_Johns", "Asia/Beirut", "Europe/Dublin"}) {
    const HomeZone zone = Zone(name);
    std::optional<Instant> next;
    for (absl::CivilDay day(2010, 1, 1); day.year() < 2019; ++day) {
      const std::string text = absl::FormatCivilTime(day);
      ASSERT_OK_AND_ASSIGN(const TimeBounds bounds, Edtf::Parse(text)->Resolve(zone, {}));
      if (next) {
        EXPECT_EQ(bounds.earliest, *next) << name << " " << text;
      }
      next = Instant{bounds.latest.micros + 1};
    }
  }
}

}  // namespace
}  // namespace annals
