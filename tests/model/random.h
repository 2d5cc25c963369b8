// Random: numbers that follow from a seed alone, the same on every machine.
#ifndef ANNALS_TESTS_MODEL_RANDOM_H_
#define ANNALS_TESTS_MODEL_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace annals::model {

// std's distributions may differ between libraries; its engines may not. Not
// thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // From 0 to `n` - 1. The slight bias of the remainder does no harm here.
  uint64_t Below(uint64_t n) { return engine_() % n; }
  // Both ends included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low) + 1));
  }
  bool Percent(uint64_t percent) { return Below(100) < percent; }

  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_RANDOM_H_
