// What an event of the lighthouses domain claims: the projections, once more,
// without the engine.
#ifndef ANNALS_TESTS_MODEL_CLAIMS_H_
#define ANNALS_TESTS_MODEL_CLAIMS_H_

#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/quantity.h"
#include "engine/index/projection.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/value.pb.h"

namespace annals::model {

// One thing that an event of the lighthouses domain says.
struct Claim {
  MeasureRef measure;
  Key key;
  Quantity quantity;   // Of a tally.
  v1::Value value;     // Of a register.
  std::string member;  // Of a set.
};

// In the order in which the event makes them. `occurred` is after causality.
std::vector<Claim> ClaimsOf(const v1::Event& event, const TimeBounds& occurred);

v1::Value ToValue(const Quantity& quantity);
v1::Value ToValue(const std::string& text);
v1::Value ToFlag(bool flag);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_CLAIMS_H_
