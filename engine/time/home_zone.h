// HomeZone: the IANA time zone whose days a timeline's dates mean.
#ifndef ANNALS_ENGINE_TIME_HOME_ZONE_H_
#define ANNALS_ENGINE_TIME_HOME_ZONE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/instant.h"

namespace annals {

// A value; copies are cheap. Thread-compatible. Loaded zones stay in memory.
class HomeZone {
 public:
  // UTC.
  HomeZone() = default;

  // INVALID_ARGUMENT if the machine's zone database doesn't have `name`; the
  // message tells an unknown zone from a missing database (package tzdata). The
  // machine's own zone ("localtime"), paths and bare offsets are refused too: a
  // timeline means the same days on every machine.
  static absl::StatusOr<HomeZone> Load(absl::string_view name);

  const std::string& name() const { return name_; }
  const absl::TimeZone& zone() const { return zone_; }

 private:
  std::string name_ = "UTC";
  absl::TimeZone zone_ = absl::UTCTimeZone();
};

// RFC 3339 with the zone's offset ("Z" for zero), and six fraction digits unless
// they are all zero: "2026-01-12T23:59:59.999999-04:00". Where the offset isn't
// whole minutes, as local mean time before about 1900, it is written in UTC.
// Years outside 0000–9999 are written as EDTF does, "-0044-…" and "Y12026-…".
// Open instants give "". Unless it begins with "Y", ParseAsOfDate reads it back
// to the same instant.
std::string FormatInstant(Instant instant, const HomeZone& zone);

// What FormatInstant wrote of an instant that isn't open, years of any length
// included. INVALID_ARGUMENT for anything else.
absl::StatusOr<Instant> ParseInstant(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_HOME_ZONE_H_
