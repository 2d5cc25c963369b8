#include "engine/base/quantity.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

using Limit = std::optional<int64_t>;

absl::StatusOr<Limit> AddLimits(const Limit& a, const Limit& b) {
  if (!a || !b) return Limit();
  int64_t sum = 0;
  if (__builtin_add_overflow(*a, *b, &sum)) {
    return absl::OutOfRangeError(absl::StrCat("the sum of ", *a, " and ", *b, " exceeds 64 bits"));
  }
  return Limit(sum);
}

absl::StatusOr<Limit> SubtractLimits(const Limit& a, const Limit& b) {
  if (!a || !b) return Limit();
  int64_t difference = 0;
  if (__builtin_sub_overflow(*a, *b, &difference)) {
    return absl::OutOfRangeError(
        absl::StrCat("the difference of ", *a, " and ", *b, " exceeds 64 bits"));
  }
  return Limit(difference);
}

}  // namespace

absl::StatusOr<Quantity> Quantity::FromProto(const v1::Quantity& proto) {
  Quantity quantity = {std::nullopt, std::nullopt};
  if (proto.has_lower()) quantity.lower = proto.lower();
  if (proto.has_upper()) quantity.upper = proto.upper();
  if (quantity.lower && quantity.upper && *quantity.lower > *quantity.upper) {
    return absl::InvalidArgumentError(absl::StrCat("a quantity's lower limit, ", *quantity.lower,
                                                   ", is above its upper limit, ",
                                                   *quantity.upper));
  }
  return quantity;
}

v1::Quantity Quantity::ToProto() const {
  v1::Quantity proto;
  if (lower) proto.set_lower(*lower);
  if (upper) proto.set_upper(*upper);
  return proto;
}

absl::StatusOr<Quantity> Add(const Quantity& a, const Quantity& b) {
  Quantity sum;
  ANNALS_ASSIGN_OR_RETURN(sum.lower, AddLimits(a.lower, b.lower));
  ANNALS_ASSIGN_OR_RETURN(sum.upper, AddLimits(a.upper, b.upper));
  return sum;
}

absl::StatusOr<Quantity> Subtract(const Quantity& a, const Quantity& b) {
  Quantity difference;
  ANNALS_ASSIGN_OR_RETURN(difference.lower, SubtractLimits(a.lower, b.upper));
  ANNALS_ASSIGN_OR_RETURN(difference.upper, SubtractLimits(a.upper, b.lower));
  return difference;
}

std::string ToString(const Quantity& quantity) {
  if (!quantity.lower && !quantity.upper) return "any number";
  if (!quantity.upper) return absl::StrCat("at least ", *quantity.lower);
  if (!quantity.lower) return absl::StrCat("at most ", *quantity.upper);
  if (*quantity.lower == *quantity.upper) return absl::StrCat(*quantity.lower);
  return absl::StrCat(*quantity.lower, "–", *quantity.upper);
}

}  // namespace annals
