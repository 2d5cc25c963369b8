#include "engine/time/home_zone.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "engine/time/year_text.h"

namespace annals {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr size_t kMaxNameBytes = 100;

// Where Abseil looks for zones.
std::string DatabaseDirectory() {
  const char* directory = std::getenv("TZDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/usr/share/zoneinfo";
}

// Abseil would also open a path, the machine's own zone or a fixed offset: a
// timeline must mean the same on every machine.
bool IsZoneName(absl::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || name == "localtime") return false;
  if (!absl::ascii_isalpha(static_cast<unsigned char>(name.front()))) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && !absl::StrContains("/_+-", c)) {
      return false;
    }
  }
  return true;
}

std::string FormatOffset(int offset_seconds) {
  if (offset_seconds == 0) return "Z";
  const int minutes = std::abs(offset_seconds) / 60;
  return absl::StrFormat("%c%02d:%02d", offset_seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace

absl::StatusOr<HomeZone> HomeZone::Load(absl::string_view name) {
  const std::string quoted =
      absl::StrCat("time zone \"", absl::CHexEscape(name.substr(0, kMaxNameBytes)), "\": ");
  if (!IsZoneName(name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        quoted, "not the name of an IANA zone; write one such as \"America/Caracas\""));
  }
  HomeZone zone;
  zone.name_ = std::string(name);
  if (absl::LoadTimeZone(name, &zone.zone_)) return zone;
  std::error_code error;
  if (!std::filesystem::is_directory(DatabaseDirectory(), error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(quoted, "this machine has no time-zone database at ", DatabaseDirectory(),
                     "; install the package tzdata"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(quoted, "the time-zone database at ", DatabaseDirectory(),
                   " has no such zone; write one such as \"America/Caracas\""));
}

std::string FormatInstant(Instant instant, const HomeZone& zone) {
  if (instant.IsOpen()) return "";
  const absl::Time time = absl::FromUnixMicros(instant.micros);
  absl::TimeZone::CivilInfo local = zone.zone().At(time);
  if (local.offset % 60 != 0) local = absl::UTCTimeZone().At(time);
  const absl::CivilSecond& civil = local.cs;
  std::string text =
      absl::StrFormat("%s-%02d-%02dT%02d:%02d:%02d", FormatYear(civil.year()), civil.month(),
                      civil.day(), civil.hour(), civil.minute(), civil.second());
  const int64_t remainder = instant.micros % kMicrosPerSecond;
  const int64_t fraction = remainder < 0 ? remainder + kMicrosPerSecond : remainder;
  if (fraction != 0) absl::StrAppendFormat(&text, ".%06d", fraction);
  return absl::StrCat(text, FormatOffset(local.offset));
}

absl::StatusOr<Instant> ParseInstant(absl::string_view text) {
  absl::string_view digits = text;
  absl::ConsumePrefix(&digits, "Y");
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, digits, &time, &error)) {
    // Beyond the type's limits it would be one of them.
    const Instant instant = {absl::ToUnixMicros(time)};
    if (!instant.IsOpen()) return instant;
    error = "beyond the years that there are";
  }
  return absl::InvalidArgumentError(absl::StrCat("\"",
                                                 absl::CHexEscape(text.substr(0, kMaxNameBytes)),
                                                 "\": not an instant in RFC 3339: ", error));
}

}  // namespace annals
