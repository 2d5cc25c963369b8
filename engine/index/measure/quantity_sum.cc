#include "engine/index/measure/quantity_sum.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "engine/base/status.h"

namespace annals {
namespace {

void AddLimit(std::optional<absl::int128>* sum, const std::optional<int64_t>& limit) {
  if (sum->has_value() && limit) {
    **sum += *limit;
  } else {
    sum->reset();
  }
}

absl::StatusOr<std::optional<int64_t>> Narrowed(const std::optional<absl::int128>& sum) {
  if (!sum) return std::optional<int64_t>();
  if (*sum < std::numeric_limits<int64_t>::min() || *sum > std::numeric_limits<int64_t>::max()) {
    return absl::OutOfRangeError("the sum exceeds 64 bits");
  }
  return std::optional<int64_t>(static_cast<int64_t>(*sum));
}

}  // namespace

void QuantitySum::Add(const Quantity& quantity) {
  AddLimit(&lower_, quantity.lower);
  AddLimit(&upper_, quantity.upper);
}

absl::StatusOr<Quantity> QuantitySum::Total() const {
  Quantity total;
  ANNALS_ASSIGN_OR_RETURN(total.lower, Narrowed(lower_));
  ANNALS_ASSIGN_OR_RETURN(total.upper, Narrowed(upper_));
  return total;
}

}  // namespace annals
