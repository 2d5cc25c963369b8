// Position: an event's place in its timeline.
#ifndef ANNALS_ENGINE_BASE_POSITION_H_
#define ANNALS_ENGINE_BASE_POSITION_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace annals {

// Dense from 1. Zero means "before the first event", so that a reader which
// resumes after the last position it saw needs no special case at the start.
struct Position {
  uint64_t value = 0;

  static constexpr Position Max() { return {std::numeric_limits<uint64_t>::max()}; }

  constexpr Position Next() const { return {value + 1}; }

  friend constexpr auto operator<=>(Position, Position) = default;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_POSITION_H_
