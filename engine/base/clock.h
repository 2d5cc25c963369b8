// Clock: where every "now" comes from, so that tests decide what time it is.
#ifndef ANNALS_ENGINE_BASE_CLOCK_H_
#define ANNALS_ENGINE_BASE_CLOCK_H_

#include "engine/base/instant.h"

namespace annals {

// Implementations are thread-safe. A clock may go backwards; who needs an order
// makes one (docs/decisions/).
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;

  // The machine's wall clock. Never deleted.
  static const Clock* System();
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_CLOCK_H_
