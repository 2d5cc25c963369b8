#include "engine/time/edtf_date.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "engine/base/status.h"
#include "engine/time/year_text.h"

namespace annals {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

// The first and the last year that int64 microseconds hold at least in part.
constexpr int64_t kFirstYear = -290'308;
constexpr int64_t kLastYear = 294'247;

int64_t YearsIn(EdtfUnit unit) {
  switch (unit) {
    case EdtfUnit::kMillennium:
      return 1000;
    case EdtfUnit::kCentury:
      return 100;
    case EdtfUnit::kDecade:
      return 10;
    default:
      return 1;
  }
}

absl::CivilSecond Shift(absl::CivilSecond start, EdtfUnit unit, int64_t units) {
  switch (unit) {
    case EdtfUnit::kSecond:
      return start + units;
    case EdtfUnit::kDay:
      return absl::CivilSecond(absl::CivilDay(start) + units);
    case EdtfUnit::kMonth:
      return absl::CivilSecond(absl::CivilMonth(start) + units);
    default:
      return absl::CivilSecond(absl::CivilYear(start) + units * YearsIn(unit));
  }
}

absl::Status YearOutOfRange(int64_t year) {
  return absl::OutOfRangeError(absl::StrCat("the year ", year,
                                            " is too far away: instants reach from the year ",
                                            kFirstYear + 1, " to the year ", kLastYear - 1));
}

// The first instant at which the zone's clocks show `civil` or later. Where they
// skip it, that is when they skip; where they show it twice, the first time.
// `year` is the one to name if it is out of range.
absl::StatusOr<Instant> FirstInstantOf(absl::CivilSecond civil, const HomeZone& zone,
                                       int64_t year) {
  if (civil.year() < kFirstYear || civil.year() > kLastYear) return YearOutOfRange(year);
  const absl::TimeZone::TimeInfo info = zone.zone().At(civil);
  const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
  const Instant instant = {absl::ToUnixMicros(skipped ? info.trans : info.pre)};
  if (instant.IsOpen()) return YearOutOfRange(year);  // Abseil stops at the limits.
  return instant;
}

}  // namespace

bool EndsBefore(const EdtfDate& a, const EdtfDate& b) {
  if (a.instant && b.instant) return *a.instant < *b.instant;
  const bool zones_differ = a.instant.has_value() != b.instant.has_value();
  return a.end + (zones_differ ? kSecondsPerDay : 0) <= b.first;
}

std::string LastDay(const EdtfDate& date) {
  if (date.instant) {
    const bool qualified = date.qualifier != EdtfQualifier::kNone;
    return date.text.substr(0, date.text.size() - (qualified ? 1 : 0));
  }
  const absl::CivilDay last(date.end - 1);
  const std::string year = FormatYear(last.year());
  if (year.front() == 'Y') return year;
  return absl::StrFormat("%s-%02d-%02d", year, last.month(), last.day());
}

absl::StatusOr<TimeBounds> ResolveDate(const EdtfDate& date, const HomeZone& zone,
                                       uint32_t widening) {
  const int64_t units = widening;
  if (date.instant) {
    // Its year has four digits, so this stays far from the limits.
    const int64_t micros = units * kMicrosPerSecond;
    return TimeBounds{{date.instant->micros - micros}, {date.instant->micros + micros}};
  }
  const absl::CivilSecond first = Shift(date.first, date.unit, -units);
  const absl::CivilSecond end = Shift(date.end, date.unit, units);
  ANNALS_ASSIGN_OR_RETURN(const Instant earliest, FirstInstantOf(first, zone, first.year()));
  ANNALS_ASSIGN_OR_RETURN(const Instant after, FirstInstantOf(end, zone, (end - 1).year()));
  if (after <= earliest) {
    return absl::InvalidArgumentError(absl::StrCat("\"", date.text, "\" never was in ", zone.name(),
                                                   ", whose clocks skipped it; write a day before "
                                                   "or after it"));
  }
  return TimeBounds{earliest, {after.micros - 1}};
}

}  // namespace annals
