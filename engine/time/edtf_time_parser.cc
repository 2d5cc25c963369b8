#include "engine/time/edtf_time_parser.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/time/edtf_refusal.h"
#include "engine/time/year_text.h"

namespace annals {
namespace {

constexpr size_t kFractionDigits = 6;
constexpr int64_t kMicrosPerSecond = 1'000'000;

// Whether `text` has the shape: "0" stands for any digit, all else for itself.
bool HasShape(absl::string_view text, absl::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = absl::ascii_isdigit(static_cast<unsigned char>(text[i]));
    if (shape[i] == '0' ? !is_digit : text[i] != shape[i]) return false;
  }
  return true;
}

int TwoDigits(absl::string_view text, size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// Seconds east of UTC.
bool ReadOffset(absl::string_view offset, int* seconds) {
  *seconds = 0;
  if (offset == "Z") return true;
  if (offset == "-00:00") return false;  // RFC 3339: "offset unknown"; ISO 8601 forbids it.
  if (!HasShape(offset, "+00:00") && !HasShape(offset, "-00:00")) return false;
  const int hours = TwoDigits(offset, 1);
  const int minutes = TwoDigits(offset, 4);
  if (hours > 23 || minutes > 59) return false;
  *seconds = (hours * 60 + minutes) * 60 * (offset.front() == '-' ? -1 : 1);
  return true;
}

// What a refusal has to say of the rest of the text.
struct Surroundings {
  absl::CivilDay day;
  std::string before;  // "2026-01-08T"
  std::string after;   // The offset if it is one, else "Z".

  std::string With(absl::string_view clock) const { return absl::StrCat(before, clock, after); }
};

absl::Status RefuseHour24(absl::string_view clock, const Surroundings& around) {
  const absl::CivilDay next = around.day + 1;
  const std::string year = FormatYear(next.year());
  if (clock != "24:00:00" || year.front() == 'Y') {
    return RefuseDate(clock, "is past the end of the day, at 23:59:59", around.With("23:59:59"));
  }
  return RefuseDate(
      clock, "is the next day's first instant",
      absl::StrFormat("%s-%02d-%02dT00:00:00%s", year, next.month(), next.day(), around.after));
}

// "10:00:00" to seconds since midnight.
absl::StatusOr<int64_t> ParseClock(absl::string_view clock, const Surroundings& around) {
  if (HasShape(clock, "00:00") && TwoDigits(clock, 0) < 24 && TwoDigits(clock, 3) < 60) {
    return RefuseDate(clock, "has no seconds", around.With(absl::StrCat(clock, ":00")));
  }
  if (!HasShape(clock, "00:00:00")) {
    return RefuseDate(clock, "is not a time of day with hours, minutes and seconds",
                      around.With("10:00:00"));
  }
  const int hour = TwoDigits(clock, 0);
  const int minute = TwoDigits(clock, 3);
  const int second = TwoDigits(clock, 6);
  if (hour > 23) return RefuseHour24(clock, around);
  if (minute > 59) {
    return RefuseDate(clock, "has no such minute",
                      around.With(absl::StrFormat("%02d:59:59", hour)));
  }
  if (second > 59) {
    return RefuseDate(clock,
                      second == 60 ? "is a leap second, which is not kept" : "has no such second",
                      around.With(absl::StrFormat("%02d:%02d:59", hour, minute)));
  }
  return (hour * 60 + minute) * 60 + second;
}

// "25" to 250,000 microseconds. `clock` is what stands before it.
absl::StatusOr<int64_t> ParseFraction(absl::string_view fraction, absl::string_view clock,
                                      const Surroundings& around) {
  const size_t digits = fraction.find_first_not_of("0123456789");
  if (digits != absl::string_view::npos || fraction.empty()) {
    return RefuseDate(absl::StrCat(".", fraction), "is not a fraction of a second",
                      around.With(clock));
  }
  if (fraction.size() > kFractionDigits) {
    return RefuseDate(absl::StrCat(".", fraction),
                      "has more than six digits: time goes by microseconds",
                      around.With(absl::StrCat(clock, ".", fraction.substr(0, kFractionDigits))));
  }
  std::string padded(fraction);
  padded.resize(kFractionDigits, '0');
  int64_t micros = 0;
  (void)absl::SimpleAtoi(padded, &micros);  // Six digits.
  return micros;
}

absl::Status RefuseOffset(absl::string_view offset, absl::string_view clock,
                          const Surroundings& around) {
  if (offset.empty()) {
    return RefuseDate(
        clock, "has no offset from UTC, such as \"-04:00\", so it is another instant in each zone",
        around.With(clock));
  }
  return RefuseDate(offset, "is not an offset from UTC such as \"Z\" or \"-04:00\"",
                    around.With(clock));
}

}  // namespace

absl::StatusOr<Instant> ParseEdtfTime(absl::CivilDay day, absl::string_view day_text,
                                      absl::string_view time) {
  const size_t offset_at = std::min(time.find_first_of("Zz+-"), time.size());
  const absl::string_view offset = time.substr(offset_at);
  const absl::string_view clock = time.substr(0, offset_at);
  int offset_seconds = 0;
  const bool has_offset = ReadOffset(offset, &offset_seconds);
  const Surroundings around = {day, absl::StrCat(day_text, "T"),
                               has_offset ? std::string(offset) : "Z"};

  const size_t point = clock.find('.');
  const absl::string_view whole = clock.substr(0, point);
  ANNALS_ASSIGN_OR_RETURN(const int64_t second_of_day, ParseClock(whole, around));
  int64_t micros = 0;
  if (point != absl::string_view::npos) {
    ANNALS_ASSIGN_OR_RETURN(micros, ParseFraction(clock.substr(point + 1), whole, around));
  }
  if (!has_offset) return RefuseOffset(offset, clock, around);

  const int64_t days = day - absl::CivilDay(1970, 1, 1);
  const int64_t seconds = days * 86'400 + second_of_day - offset_seconds;
  return Instant{seconds * kMicrosPerSecond + micros};
}

}  // namespace annals
