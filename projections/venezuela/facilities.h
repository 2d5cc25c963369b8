// The prisons: how full, and how far their closure is said to have come.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_FACILITIES_H_
#define ANNALS_PROJECTIONS_VENEZUELA_FACILITIES_H_

#include "engine/index/projection.h"
#include "engine/query/view.h"

namespace annals::venezuela {

// "venezuela.facilities".
Projection FacilitiesProjection();

// "facilities": by facility, the latest `population`; the strongest `stage` of
// closure that anybody claims, and the `actor` in it, if one is named; whether
// any claim says that the closure was `executed`. The claims themselves, by
// asserter, stand in "conflicts".
View FacilitiesView();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_FACILITIES_H_
