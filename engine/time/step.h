// Step: how far apart the moments of a history are.
#ifndef ANNALS_ENGINE_TIME_STEP_H_
#define ANNALS_ENGINE_TIME_STEP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/time/home_zone.h"

namespace annals {

// A positive number of calendar units. An immutable value.
class Step {
 public:
  // "90s", "30min", "6h", "1d", "2w", "1m" (a month), "1y". INVALID_ARGUMENT
  // for anything else; the message lists the units.
  static absl::StatusOr<Step> Parse(absl::string_view text);

  // `from` and every step after it, up to `to` at the latest. Days, weeks,
  // months and years are those of the calendar in `zone`: the end of a day stays
  // the end of a day over a change of the clocks, and a month after 31 January
  // is the last of February, two months after it 31 March. INVALID_ARGUMENT if
  // `to` lies before `from` or there are more than `limit` steps.
  absl::StatusOr<std::vector<Instant>> Between(Instant from, Instant to, const HomeZone& zone,
                                               size_t limit) const;

 private:
  enum class Unit { kSecond, kDay, kMonth };
  Step(Unit unit, int64_t count) : unit_(unit), count_(count) {}

  Instant After(Instant from, int64_t steps, const HomeZone& zone) const;

  Unit unit_;
  int64_t count_;  // Of the unit.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_TIME_STEP_H_
