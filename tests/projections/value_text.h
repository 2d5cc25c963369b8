// Values as tests write them.
#ifndef ANNALS_TESTS_PROJECTIONS_VALUE_TEXT_H_
#define ANNALS_TESTS_PROJECTIONS_VALUE_TEXT_H_

#include <string>

#include "engine/base/quantity.h"
#include "proto/annals/v1/value.pb.h"

namespace annals::testing {

// "800–1000", "hundreds", "[..2026-01-08]", "true".
inline std::string ValueText(const v1::Value& value) {
  if (value.has_quantity()) return ToString(*Quantity::FromProto(value.quantity()));
  if (value.has_date()) return value.date().edtf().empty() ? "undated" : value.date().edtf();
  if (value.has_flag()) return value.flag() ? "true" : "false";
  return value.text();
}

}  // namespace annals::testing

#endif  // ANNALS_TESTS_PROJECTIONS_VALUE_TEXT_H_
