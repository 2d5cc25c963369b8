#include "tests/model/random_dates.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace annals::model {
namespace {

constexpr int64_t kMicrosADay = int64_t{86400} * 1000000;

std::string Format(const char* format, Instant instant) {
  return absl::FormatTime(format, absl::FromUnixMicros(instant.micros), absl::UTCTimeZone());
}

std::string Day(Instant instant) { return Format("%Y-%m-%d", instant); }

// The date `days` days later.
std::string DayAfter(Instant instant, int64_t days) {
  return Day({instant.micros + days * kMicrosADay});
}

std::string Single(Instant about, Random* random) {
  switch (random->Below(8)) {
    case 0:
      return Format("%Y-%m-%dT%H:%M:%SZ", about);
    case 1:
      return Format("%Y-%m-%dT%H:%M:%S", about) + "-05:00";
    case 2:
      return Format("%Y-%m", about);
    case 3:
      return random->Percent(80) ? Format("%Y-%m", about) : Format("%Y", about);
    default:
      return Day(about);
  }
}

std::string Interval(Instant about, Random* random) {
  const std::string first = Day(about);
  const std::string last = DayAfter(about, random->Between(0, 20));
  switch (random->Below(6)) {
    case 0:
      return first + "/..";
    case 1:
      return first + "/";
    case 2:
      return "../" + last;
    case 3:
      return "/" + last;
    default:
      return absl::StrCat(first, "/", last);
  }
}

std::string OneOf(Instant about, Random* random) {
  const std::string first = Day(about);
  const std::string last = DayAfter(about, random->Between(0, 12));
  switch (random->Below(5)) {
    case 0:
      return absl::StrCat("[..", last, "]");
    case 1:
      return absl::StrCat("[", first, "..]");
    case 2:
      return absl::StrCat("[", first, ",", DayAfter(about, 3), ",", DayAfter(about, 5), "]");
    default:
      return absl::StrCat("[", first, "..", last, "]");
  }
}

}  // namespace

std::string RandomDate(Instant about, Random* random) {
  static const auto* const kQualifiers = new std::vector<std::string>{"?", "~", "%"};
  static const auto* const kAncient = new std::vector<std::string>{
      "-0044-03-15", "0000", "Y-12000", "1XXX", "18XX", "1914-XX", "1969-12-31T23:59:59Z"};
  const uint64_t form = random->Below(100);
  if (form < 50) return Single(about, random);
  if (form < 62) return Day(about) + random->Pick(*kQualifiers);
  if (form < 66) return Format("%Y-%m", about) + random->Pick(*kQualifiers);
  if (form < 70) return Format("%Y", about) + "-XX";
  if (form < 72) return Format("%Y", about).substr(0, 3) + "X";
  if (form < 84) return Interval(about, random);
  if (form < 97) return OneOf(about, random);
  return random->Pick(*kAncient);
}

std::string RandomNonsense(Random* random) {
  static const auto* const kNonsense = new std::vector<std::string>{
      "2026-13", "2026-02-30",           "2026-21", "yesterday", "2026-01-08/2025-01-08", "[2026..",
      "~2026",   "2026-01-08T25:00:00Z", " 2026"};
  return random->Pick(*kNonsense);
}

}  // namespace annals::model
