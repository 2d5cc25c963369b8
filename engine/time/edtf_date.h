// EdtfDate: one date of an EDTF text, which is the whole text, an end of an
// interval or a member of a set.
#ifndef ANNALS_ENGINE_TIME_EDTF_DATE_H_
#define ANNALS_ENGINE_TIME_EDTF_DATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "engine/base/instant.h"
#include "engine/time/home_zone.h"

namespace annals {

// A date's precision, which is also the unit that a qualifier widens it by. With
// unspecified digits it is what remains stated: 2026-XX has the year.
enum class EdtfUnit { kSecond, kDay, kMonth, kYear, kDecade, kCentury, kMillennium };

enum class EdtfQualifier { kNone, kUncertain, kApproximate, kUncertainAndApproximate };

// A plain value. Invariant: a date-time has `instant` and the unit kSecond, and
// first == end; any other date has first < end, both at the start of a day.
struct EdtfDate {
  std::string text;  // As it was given, qualifier included.

  // The civil time at which the date begins, and at which it is over. What zone
  // that is meant in, the date doesn't say; a date-time's is UTC.
  absl::CivilSecond first;
  absl::CivilSecond end;

  std::optional<Instant> instant;
  EdtfUnit unit = EdtfUnit::kDay;
  EdtfQualifier qualifier = EdtfQualifier::kNone;
  bool unspecified = false;  // It has an X.

  bool IsVague() const { return unspecified || qualifier != EdtfQualifier::kNone; }
};

// Whether `a` is over before `b` begins, in whatever zone: qualifiers play no
// part, and a day's grace is given where only one of the two names its offset.
bool EndsBefore(const EdtfDate& a, const EdtfDate& b);

// The last calendar day of `date`, such as "2026-01-31" for 2026-01; the year
// alone beyond four digits, where EDTF knows no days; a date-time without its
// qualifier.
std::string LastDay(const EdtfDate& date);

// The date's first and last instant in `zone`, after widening it by `widening`
// units at both ends. OUT_OF_RANGE if a year lies outside the int64 range of
// microseconds; INVALID_ARGUMENT if the zone skipped the day altogether.
absl::StatusOr<TimeBounds> ResolveDate(const EdtfDate& date, const HomeZone& zone,
                                       uint32_t widening);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_EDTF_DATE_H_
