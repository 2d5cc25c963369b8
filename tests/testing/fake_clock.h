// FakeClock: a clock that stands still until it is told otherwise.
#ifndef ANNALS_TESTS_TESTING_FAKE_CLOCK_H_
#define ANNALS_TESTS_TESTING_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "engine/base/clock.h"

namespace annals::testing {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant now) : micros_(now.micros) {}

  Instant Now() const override { return {micros_.load()}; }
  void Set(Instant now) { micros_.store(now.micros); }
  void Advance(int64_t micros) { micros_.fetch_add(micros); }

 private:
  std::atomic<int64_t> micros_;
};

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_FAKE_CLOCK_H_
