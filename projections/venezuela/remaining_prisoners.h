// How many political prisoners are said to remain.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_REMAINING_PRISONERS_H_
#define ANNALS_PROJECTIONS_VENEZUELA_REMAINING_PRISONERS_H_

#include "engine/index/projection.h"
#include "engine/query/view.h"

namespace annals::venezuela {

// "venezuela.detainees". Words without a figure ("hundreds") are no estimate.
Projection DetaineesProjection();

// "remaining-prisoners": by asserter and by the population that it counts, the
// latest `estimate`, and what of it is `remaining`: less the latest verified
// count of all releases, if that is later than the estimate. A count as old as
// the estimate, or older, is in it already. Both are latest in this world's own
// coordinates, and so is "later".
View RemainingPrisonersView();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_REMAINING_PRISONERS_H_
