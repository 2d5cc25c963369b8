// The lighthouses domain: a second field of history beside the bundled one, so
// that the engine's tests need nothing of Venezuela.
#ifndef ANNALS_TESTS_TESTING_LIGHTHOUSES_LIGHTHOUSES_H_
#define ANNALS_TESTS_TESTING_LIGHTHOUSES_LIGHTHOUSES_H_

#include <string>
#include <vector>

#include "engine/index/projection.h"
#include "engine/query/domain.h"

namespace annals::testing {

// Domain "lighthouses". Its measures cover every kind, and its views show them
// as they are:
//
//   measure          kind      key                 fed by
//   visits/visitors  tally     coast, lighthouse   VisitorsCame.parties
//   visits/nations   set       coast               VisitorsCame.nations
//   service/keeper   register  lighthouse          KeeperAppointed
//   service/lamp     register  coast, lighthouse   LampTended.lit, in turn
//   service/range    register  coast, lighthouse   LampTended.range_miles
//   service/tended   register  lighthouse          LampTended, its date
//   service/ships    set       coast, lighthouse   ShipsSighted
//
//   view       key                        cells
//   visitors   coast, lighthouse          visitors
//   coasts     coast                      visitors (of all its lighthouses), nations
//   keepers    lighthouse                 keeper, tended
//   lamps      coast, lighthouse          lit, range
//   ships      coast, lighthouse, ship    seen
//   traffic    coast, lighthouse          ships
//   beacon     lighthouse                 visitors, keeper, ships, fleet
//
// `beacon` asks for the single keys of kBeaconCoast and kBeacon, and has a row
// only if something is recorded there; `fleet` lists the ships by name.
Domain LighthousesDomain();

inline constexpr char kBeaconCoast[] = "west";
inline constexpr char kBeacon[] = "fastnet";

MeasureRef VisitorsMeasure();
MeasureRef NationsMeasure();
MeasureRef KeeperMeasure();
MeasureRef LampMeasure();
MeasureRef RangeMeasure();
MeasureRef TendedMeasure();
MeasureRef ShipsMeasure();

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_LIGHTHOUSES_LIGHTHOUSES_H_
