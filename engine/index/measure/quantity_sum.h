// QuantitySum: adds up quantities without overflow on the way.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_QUANTITY_SUM_H_
#define ANNALS_ENGINE_INDEX_MEASURE_QUANTITY_SUM_H_

#include <optional>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "engine/base/quantity.h"

namespace annals {

// 128 bits hold the sum of 2^64 quantities, so whether the sum is in range does
// not depend on the order of its parts. Not thread-safe.
class QuantitySum {
 public:
  QuantitySum() = default;
  // Of sums made elsewhere; an absent one is no limit.
  QuantitySum(std::optional<absl::int128> lower, std::optional<absl::int128> upper)
      : lower_(lower), upper_(upper) {}

  void Add(const Quantity& quantity);

  // OUT_OF_RANGE if a limit leaves 64 bits.
  absl::StatusOr<Quantity> Total() const;

 private:
  std::optional<absl::int128> lower_ = 0;
  std::optional<absl::int128> upper_ = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_QUANTITY_SUM_H_
