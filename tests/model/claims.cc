#include "tests/model/claims.h"

#include <optional>
#include <utility>

#include "tests/testing/lighthouses/lighthouses.h"
#include "tests/testing/lighthouses/lighthouses.pb.h"

namespace annals::model {
namespace {

using ::lighthouses::v1::KeeperAppointed;
using ::lighthouses::v1::LampTended;
using ::lighthouses::v1::ShipsSighted;
using ::lighthouses::v1::VisitorsCame;

Quantity ToQuantity(const v1::Quantity& proto) {
  Quantity quantity = {std::nullopt, std::nullopt};
  if (proto.has_lower()) quantity.lower = proto.lower();
  if (proto.has_upper()) quantity.upper = proto.upper();
  return quantity;
}

std::vector<Claim> Visits(const VisitorsCame& visit) {
  std::vector<Claim> claims;
  for (const v1::Quantity& party : visit.parties()) {
    claims.push_back({.measure = testing::VisitorsMeasure(),
                      .key = {visit.coast(), visit.lighthouse()},
                      .quantity = ToQuantity(party)});
  }
  for (const std::string& nation : visit.nations()) {
    claims.push_back(
        {.measure = testing::NationsMeasure(), .key = {visit.coast()}, .member = nation});
  }
  return claims;
}

std::vector<Claim> Lamps(const LampTended& tended, const v1::Event& event,
                         const TimeBounds& occurred) {
  const Key key = {tended.coast(), tended.lighthouse()};
  std::vector<Claim> claims;
  for (const bool lit : tended.lit()) {
    claims.push_back({.measure = testing::LampMeasure(), .key = key, .value = ToFlag(lit)});
  }
  if (tended.has_range_miles()) {
    claims.push_back({.measure = testing::RangeMeasure(),
                      .key = key,
                      .value = ToValue(ToQuantity(tended.range_miles()))});
  }
  v1::Value date;
  date.mutable_date()->set_edtf(event.occurred());
  date.mutable_date()->mutable_bounds()->set_earliest(occurred.earliest.micros);
  date.mutable_date()->mutable_bounds()->set_latest(occurred.latest.micros);
  claims.push_back({.measure = testing::TendedMeasure(),
                    .key = {tended.lighthouse()},
                    .value = std::move(date)});
  return claims;
}

std::vector<Claim> Ships(const ShipsSighted& sighted) {
  std::vector<Claim> claims;
  for (const std::string& ship : sighted.ships()) {
    claims.push_back({.measure = testing::ShipsMeasure(),
                      .key = {sighted.coast(), sighted.lighthouse()},
                      .member = ship});
  }
  return claims;
}

}  // namespace

std::vector<Claim> ClaimsOf(const v1::Event& event, const TimeBounds& occurred) {
  VisitorsCame visit;
  if (event.payload().UnpackTo(&visit)) return Visits(visit);
  LampTended tended;
  if (event.payload().UnpackTo(&tended)) return Lamps(tended, event, occurred);
  ShipsSighted sighted;
  if (event.payload().UnpackTo(&sighted)) return Ships(sighted);
  KeeperAppointed appointed;
  if (event.payload().UnpackTo(&appointed)) {
    return {{.measure = testing::KeeperMeasure(),
             .key = {appointed.lighthouse()},
             .value = ToValue(appointed.keeper())}};
  }
  return {};
}

v1::Value ToValue(const Quantity& quantity) {
  v1::Value value;
  v1::Quantity* proto = value.mutable_quantity();
  if (quantity.lower) proto->set_lower(*quantity.lower);
  if (quantity.upper) proto->set_upper(*quantity.upper);
  return value;
}

v1::Value ToValue(const std::string& text) {
  v1::Value value;
  value.set_text(text);
  return value;
}

v1::Value ToFlag(bool flag) {
  v1::Value value;
  value.set_flag(flag);
  return value;
}

}  // namespace annals::model
