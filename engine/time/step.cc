#include "engine/time/step.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace annals {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
// Ten thousand years of the largest unit: nothing beyond it is a step.
constexpr int64_t kMaxCount = 10'000;

// The day `months` later; the last of its month where there is no such day.
absl::CivilDay AddMonths(const absl::CivilDay& day, int64_t months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

absl::Time DayBegins(const absl::CivilDay& day, const HomeZone& zone) {
  return absl::FromCivil(absl::CivilSecond(day), zone.zone());
}

// Stops at the end of time.
Instant AddMicros(Instant instant, int64_t micros) {
  const int64_t room = Instant::End().micros - std::max<int64_t>(instant.micros, 0);
  return room < micros ? Instant::End() : Instant{instant.micros + micros};
}

}  // namespace

absl::StatusOr<Step> Step::Parse(absl::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const absl::string_view unit = text.substr(digits);
  int64_t count = 0;
  if (absl::SimpleAtoi(text.substr(0, digits), &count) && count > 0 && count <= kMaxCount) {
    if (unit == "s") return Step(Unit::kSecond, count);
    if (unit == "min") return Step(Unit::kSecond, count * 60);
    if (unit == "h") return Step(Unit::kSecond, count * 3600);
    if (unit == "d") return Step(Unit::kDay, count);
    if (unit == "w") return Step(Unit::kDay, count * 7);
    if (unit == "m") return Step(Unit::kMonth, count);
    if (unit == "y") return Step(Unit::kMonth, count * 12);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("`step` \"", text,
                   "\": a number from 1 to 10000 and a unit: s, min, h, d, w, m (months) or y, "
                   "such as \"1d\" or \"6h\""));
}

Instant Step::After(Instant from, int64_t steps, const HomeZone& zone) const {
  if (unit_ == Unit::kSecond) return AddMicros(from, steps * count_ * kMicrosPerSecond);
  const absl::Time time = absl::FromUnixMicros(from.micros);
  const absl::TimeZone::CivilInfo civil = zone.zone().At(time);
  const absl::CivilDay day(civil.cs);
  const absl::CivilDay later =
      unit_ == Unit::kDay ? day + steps * count_ : AddMonths(day, steps * count_);
  // The end of a day is the moment before the next one begins, whatever the
  // clocks do at midnight.
  if (DayBegins(day + 1, zone) == time + absl::Microseconds(1)) {
    return {absl::ToUnixMicros(DayBegins(later + 1, zone) - absl::Microseconds(1))};
  }
  const absl::CivilSecond second(later.year(), later.month(), later.day(), civil.cs.hour(),
                                 civil.cs.minute(), civil.cs.second());
  return {absl::ToUnixMicros(absl::FromCivil(second, zone.zone()) + civil.subsecond)};
}

absl::StatusOr<std::vector<Instant>> Step::Between(Instant from, Instant to, const HomeZone& zone,
                                                   size_t limit) const {
  if (to < from) {
    return absl::InvalidArgumentError("`to` lies before `from`; exchange them");
  }
  std::vector<Instant> steps;
  for (Instant at = from; at <= to; at = After(from, static_cast<int64_t>(steps.size()), zone)) {
    if (steps.size() == limit) {
      return absl::InvalidArgumentError(
          absl::StrCat("more than ", limit, " steps; take a longer `step` or a shorter period"));
    }
    steps.push_back(at);
  }
  return steps;
}

}  // namespace annals
