// Quantity: an integer that may be known only within limits.
#ifndef ANNALS_ENGINE_BASE_QUANTITY_H_
#define ANNALS_ENGINE_BASE_QUANTITY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {

// Both limits are included; an absent one is no limit, and stays none through
// every sum. Invariant: lower <= upper where both are present. Exact integers:
// nothing is ever averaged or rounded.
struct Quantity {
  std::optional<int64_t> lower = 0;
  std::optional<int64_t> upper = 0;

  static Quantity Exactly(int64_t value) { return {value, value}; }
  static Quantity AtLeast(int64_t value) { return {value, std::nullopt}; }

  // INVALID_ARGUMENT if the limits cross.
  static absl::StatusOr<Quantity> FromProto(const v1::Quantity& proto);
  v1::Quantity ToProto() const;

  friend bool operator==(const Quantity&, const Quantity&) = default;
};

// Bound by bound. OUT_OF_RANGE if a limit leaves the int64 range: a sum never
// wraps. a - b runs from a.lower - b.upper to a.upper - b.lower.
absl::StatusOr<Quantity> Add(const Quantity& a, const Quantity& b);
absl::StatusOr<Quantity> Subtract(const Quantity& a, const Quantity& b);

// "5", "49–73", "at least 2", "at most 9", "any number".
std::string ToString(const Quantity& quantity);

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_QUANTITY_H_
