#include "engine/time/edtf_date_parser.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "engine/base/status.h"
#include "engine/time/edtf_refusal.h"
#include "engine/time/edtf_time_parser.h"
#include "engine/time/year_text.h"

namespace annals {
namespace {

constexpr absl::string_view kQualifiers = "?~%";

// Far beyond any year that resolves, and safe in int64 arithmetic.
constexpr size_t kMaxYearDigits = 15;

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

int64_t ToNumber(absl::string_view digits) {
  int64_t number = 0;
  (void)absl::SimpleAtoi(digits, &number);  // The callers have checked the digits.
  return number;
}

int DaysIn(int64_t year, int month) {
  return (absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1).day();
}

// ---- Years -----------------------------------------------------------------

// Four digits, of which trailing ones but the first may be X.
bool IsYear(absl::string_view year) {
  const absl::string_view digits = absl::StripPrefix(year, "-");
  const absl::string_view known = digits.substr(0, digits.find('X'));
  return digits.size() == 4 && year != "-0000" && IsDigits(known) &&
         digits.find_first_not_of('X', known.size()) == absl::string_view::npos;
}

// Why `year` is none, and what would do.
absl::Status RefuseYear(absl::string_view year) {
  const absl::string_view digits = absl::StripPrefix(year, "-");
  const std::string upper = absl::StrReplaceAll(year, {{"x", "X"}, {"u", "X"}});
  if (year == "-0000") return RefuseDate(year, "is 1 BCE, which has no sign", "0000");
  if (digits == "XXXX") {
    return RefuseDate(year, "says nothing; leave the date out, or state the millennium", "2XXX");
  }
  if (upper != year && IsYear(upper)) {
    return RefuseDate(year, "has a small letter for an unspecified digit", upper);
  }
  if (digits.size() == 4 && digits.find_first_not_of("0123456789X") == absl::string_view::npos) {
    std::string rounded(year);
    std::fill(rounded.begin() + rounded.find('X'), rounded.end(), 'X');
    return RefuseDate(year, "has an unspecified digit before a known one",
                      IsYear(rounded) ? rounded : "2XXX");
  }
  if (IsDigits(digits) && digits.size() == 8) {
    return RefuseDate(year, "has no hyphens between year, month and day", "2026-01-08");
  }
  if (IsDigits(digits) && digits.size() > 4 && digits.front() != '0') {
    return RefuseDate(year, "has more than four digits, which takes a prefix",
                      digits.size() > kMaxYearDigits ? "Y17000" : absl::StrCat("Y", year));
  }
  if (digits.size() > 2 && absl::ascii_isdigit(digits.front()) && absl::StrContains(digits, "S")) {
    return RefuseDate(year, "counts significant digits, which is not accepted", "195X");
  }
  return RefuseDate(year, "is not a year of four digits, with which a date begins", "2026-01-08");
}

// `year` satisfies IsYear.
EdtfDate YearDate(absl::string_view year) {
  const bool negative = absl::ConsumePrefix(&year, "-");
  const std::string least = absl::StrReplaceAll(year, {{"X", "0"}});
  const std::string most = absl::StrReplaceAll(year, {{"X", "9"}});
  constexpr EdtfUnit kUnits[] = {EdtfUnit::kYear, EdtfUnit::kDecade, EdtfUnit::kCentury,
                                 EdtfUnit::kMillennium};
  const int64_t unspecified = std::count(year.begin(), year.end(), 'X');
  // There is no year -0000: "-000X" begins (going back) with -0001.
  const int64_t first = negative ? -ToNumber(most) : ToNumber(least);
  const int64_t last = negative ? -std::max<int64_t>(ToNumber(least), 1) : ToNumber(most);
  EdtfDate date;
  date.first = absl::CivilSecond(absl::CivilYear(first));
  date.end = absl::CivilSecond(absl::CivilYear(last + 1));
  date.unit = kUnits[unspecified];
  date.unspecified = unspecified > 0;
  return date;
}

// "Y17000" or "Y-17000".
absl::StatusOr<EdtfDate> ParseLongYear(absl::string_view text) {
  const absl::string_view year = text.substr(1);
  const absl::string_view digits = absl::StripPrefix(year, "-");
  if (absl::StrContains(digits, "E")) {
    return RefuseDate(text, "has an exponent, which is not accepted: write all digits", "Y17000");
  }
  if (absl::StrContains(digits, "S")) {
    return RefuseDate(text, "counts significant digits, which is not accepted", "Y17000");
  }
  const absl::string_view number = digits.substr(0, digits.find('-'));
  if (number != digits && IsDigits(number)) {
    return RefuseDate(digits.substr(number.size()),
                      "follows a year with a prefix, which stands alone", "Y17000");
  }
  if (!IsDigits(digits)) return RefuseDate(text, "is not \"Y\" and the digits of a year", "Y17000");
  if (digits.size() > kMaxYearDigits) {
    return RefuseDate(text, "is further away than any date that can be kept", "Y17000");
  }
  const int64_t value = ToNumber(digits) * (digits.size() < year.size() ? -1 : 1);
  if (digits.size() < 5 || digits.front() == '0') {
    return RefuseDate(text, "has a prefix, which takes a year of five or more digits",
                      FormatYear(value));
  }
  EdtfDate date;
  date.first = absl::CivilSecond(absl::CivilYear(value));
  date.end = absl::CivilSecond(absl::CivilYear(value) + 1);
  date.unit = EdtfUnit::kYear;
  return date;
}

// ---- Months and days ---------------------------------------------------------

// What stands between the hyphens of a date whose year is known: at least the
// month.
struct DateFields {
  absl::string_view year_text;
  int64_t year = 0;
  std::vector<absl::string_view> after_year;

  absl::string_view month() const { return after_year[0]; }
  bool has_day() const { return after_year.size() > 1; }
  absl::string_view day() const { return after_year[1]; }
};

// The nearest date with these fields: padded, and clamped to what there is.
std::string NearestDate(const DateFields& fields) {
  const auto clamp = [](absl::string_view field, int limit) {
    return static_cast<int>(std::clamp<int64_t>(ToNumber(field), 1, limit));
  };
  if (!IsDigits(fields.month())) return std::string(fields.year_text);
  const int month = clamp(fields.month(), 12);
  const std::string text = absl::StrFormat("%s-%02d", fields.year_text, month);
  if (!fields.has_day() || !IsDigits(fields.day())) return text;
  return absl::StrFormat("%s-%02d", text, clamp(fields.day(), DaysIn(fields.year, month)));
}

// For a field such as "1X": the set from the first to the last number that has
// that tens digit, so that nothing is lost by the refusal.
std::string RangeOfTens(absl::string_view prefix, char tens, int limit) {
  const int first = std::max((tens - '0') * 10, 1);
  const int last = std::min(first / 10 * 10 + 9, limit);
  return absl::StrFormat("[%s-%02d..%s-%02d]", prefix, first, prefix, last);
}

bool IsTensAndX(absl::string_view field, int limit) {
  return field.size() == 2 && absl::ascii_isdigit(static_cast<unsigned char>(field[0])) &&
         field[1] == 'X' && (field[0] - '0') * 10 <= limit;
}

absl::Status RefuseMonth(const DateFields& fields) {
  const absl::string_view month = fields.month();
  if (IsTensAndX(month, 12)) {
    return RefuseDate(month, "has an unspecified digit after a known one, which only years may",
                      RangeOfTens(fields.year_text, month[0], 12));
  }
  if (month.size() != 2 || !IsDigits(month)) {
    return RefuseDate(month, "is not a month of two digits", NearestDate(fields));
  }
  const int64_t number = ToNumber(month);
  if (number == 0) {
    return RefuseDate(month, "is no month; an unspecified one is XX",
                      absl::StrCat(fields.year_text, "-XX"));
  }
  if (number >= 21 && number <= 41) {
    return RefuseDate(month, "is a season, not a month; state the months that it may be",
                      absl::StrFormat("[%s-03..%s-05]", fields.year_text, fields.year_text));
  }
  return RefuseDate(month, "is no month: they go from 01 to 12", NearestDate(fields));
}

absl::Status RefuseDay(const DateFields& fields) {
  const absl::string_view day = fields.day();
  const std::string month = absl::StrCat(fields.year_text, "-", fields.month());
  const int days = DaysIn(fields.year, static_cast<int>(ToNumber(fields.month())));
  if (IsTensAndX(day, days)) {
    return RefuseDate(day, "has an unspecified digit after a known one, which only years may",
                      RangeOfTens(month, day[0], days));
  }
  if (day.size() != 2 || !IsDigits(day)) {
    return RefuseDate(day, "is not a day of two digits", NearestDate(fields));
  }
  if (ToNumber(day) == 0) {
    return RefuseDate(day, "is no day; an unspecified one is XX", absl::StrCat(month, "-XX"));
  }
  return RefuseDate(day, absl::StrCat("is no day: ", month, " has ", days), NearestDate(fields));
}

bool IsNumberUpTo(absl::string_view field, int limit) {
  return field.size() == 2 && IsDigits(field) && ToNumber(field) >= 1 && ToNumber(field) <= limit;
}

// "XX" or "XX-XX" after the year, or "XX" after the month: the span is that of
// what is stated.
absl::StatusOr<EdtfDate> ParseMonthAndDay(const DateFields& fields, EdtfDate year) {
  if (fields.month() == "XX") {
    if (fields.has_day() && fields.day() != "XX") {
      return RefuseDate(fields.day(), "is a known day of an unspecified month",
                        absl::StrCat(fields.year_text, "-XX"));
    }
    year.unspecified = true;
    return year;
  }
  if (!IsNumberUpTo(fields.month(), 12)) return RefuseMonth(fields);
  const absl::CivilMonth month(fields.year, static_cast<int>(ToNumber(fields.month())));
  EdtfDate date;
  if (!fields.has_day() || fields.day() == "XX") {
    date.first = absl::CivilSecond(month);
    date.end = absl::CivilSecond(month + 1);
    date.unit = EdtfUnit::kMonth;
    date.unspecified = fields.has_day();
    return date;
  }
  if (!IsNumberUpTo(fields.day(), DaysIn(fields.year, month.month()))) return RefuseDay(fields);
  const absl::CivilDay day = absl::CivilDay(month) + (ToNumber(fields.day()) - 1);
  date.first = absl::CivilSecond(day);
  date.end = absl::CivilSecond(day + 1);
  date.unit = EdtfUnit::kDay;
  return date;
}

// A year, with or without a month and a day.
absl::StatusOr<EdtfDate> ParseCalendarDate(absl::string_view text) {
  const absl::string_view unsigned_text = absl::StripPrefix(text, "-");
  std::vector<absl::string_view> fields = absl::StrSplit(unsigned_text, '-');
  const absl::string_view year_text =
      text.substr(0, text.size() - unsigned_text.size() + fields[0].size());
  if (!IsYear(year_text)) return RefuseYear(year_text);
  const EdtfDate year = YearDate(year_text);
  if (fields.size() == 1) return year;
  const absl::string_view after_year = text.substr(year_text.size());
  if (year.unspecified) {
    return RefuseDate(after_year, "is more precise than the unspecified year before it", year_text);
  }
  fields.erase(fields.begin());
  const DateFields date = {year_text, year.first.year(), fields};
  if (fields.size() > 2) {
    return RefuseDate(after_year, "is more than a month and a day", NearestDate(date));
  }
  return ParseMonthAndDay(date, year);
}

// ---- Date-times and qualifiers ------------------------------------------------

absl::StatusOr<EdtfDate> ParseDateTime(absl::string_view day_text, absl::string_view time_text) {
  ANNALS_ASSIGN_OR_RETURN(EdtfDate date, ParseCalendarDate(day_text));
  if (date.unit != EdtfUnit::kDay) {
    return RefuseDate(day_text, "is not one day, which a time of day needs before it",
                      "2026-01-08T10:00:00Z");
  }
  ANNALS_ASSIGN_OR_RETURN(const Instant instant,
                          ParseEdtfTime(absl::CivilDay(date.first), day_text, time_text));
  date.instant = instant;
  date.first = date.end =
      absl::ToCivilSecond(absl::FromUnixMicros(instant.micros), absl::UTCTimeZone());
  date.unit = EdtfUnit::kSecond;
  return date;
}

bool IsDateTime(absl::string_view text, size_t at) {
  return at != absl::string_view::npos && at > 0 && absl::StrContains("0123456789X", text[at - 1]);
}

absl::StatusOr<EdtfDate> ParseUnqualified(absl::string_view text) {
  if (text.size() > 1 && text[0] == 'Y' && absl::StrContains("-0123456789", text[1])) {
    return ParseLongYear(text);
  }
  const size_t t = text.find_first_of("Tt");
  if (!IsDateTime(text, t)) return ParseCalendarDate(text);
  if (text[t] == 't')
    return RefuseDate("t", "is a small letter before the time", "2026-01-08T10:00:00Z");
  return ParseDateTime(text.substr(0, t), text.substr(t + 1));
}

EdtfQualifier TakeQualifier(absl::string_view* text) {
  if (absl::ConsumeSuffix(text, "?")) return EdtfQualifier::kUncertain;
  if (absl::ConsumeSuffix(text, "~")) return EdtfQualifier::kApproximate;
  if (absl::ConsumeSuffix(text, "%")) return EdtfQualifier::kUncertainAndApproximate;
  return EdtfQualifier::kNone;
}

// A qualifier that doesn't stand alone at the end.
absl::Status RefuseQualifier(absl::string_view text, size_t at) {
  const std::string qualifier(text.substr(at, 1));
  const std::string bare = absl::StrReplaceAll(text, {{"?", ""}, {"~", ""}, {"%", ""}});
  const bool doubled = at + 2 == text.size() && absl::StrContains(kQualifiers, text.back());
  const std::string instead = absl::StrCat(bare, doubled ? "%" : qualifier);
  const bool would_do = ParseUnqualified(bare).ok();
  if (doubled) {
    return RefuseDate(text.substr(at), "is more than one qualifier; \"%\" says both",
                      would_do ? instead : "2026-01%");
  }
  return RefuseDate(qualifier, "qualifies a part of a date; qualify the whole, at its end",
                    would_do ? instead : "2026-01?");
}

}  // namespace

absl::StatusOr<EdtfDate> ParseEdtfDate(absl::string_view text) {
  absl::string_view unqualified = text;
  const EdtfQualifier qualifier = TakeQualifier(&unqualified);
  const size_t misplaced = unqualified.find_first_of(kQualifiers);
  if (misplaced != absl::string_view::npos) return RefuseQualifier(text, misplaced);
  ANNALS_ASSIGN_OR_RETURN(EdtfDate date, ParseUnqualified(unqualified));
  date.text = std::string(text);
  date.qualifier = qualifier;
  return date;
}

}  // namespace annals
