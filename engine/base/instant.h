// Instant: a moment, as an int64 count of microseconds.
#ifndef ANNALS_ENGINE_BASE_INSTANT_H_
#define ANNALS_ENGINE_BASE_INSTANT_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace annals {

// Microseconds since 1970-01-01T00:00:00Z on the proleptic Gregorian calendar.
// The two limits stand for "no bound": the beginning and the end of time.
struct Instant {
  int64_t micros = 0;

  static constexpr Instant Beginning() { return {std::numeric_limits<int64_t>::min()}; }
  static constexpr Instant End() { return {std::numeric_limits<int64_t>::max()}; }

  constexpr bool IsOpen() const { return *this == Beginning() || *this == End(); }

  friend constexpr auto operator<=>(Instant, Instant) = default;
};

// The instants between which something happened, both included.
// Invariant of a valid value: earliest <= latest.
struct TimeBounds {
  Instant earliest = Instant::Beginning();
  Instant latest = Instant::End();

  friend constexpr bool operator==(TimeBounds, TimeBounds) = default;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_INSTANT_H_
