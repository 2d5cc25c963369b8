// What each asserter says of each thing, for the view of conflicts.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_CLAIMS_H_
#define ANNALS_PROJECTIONS_VENEZUELA_CLAIMS_H_

#include "engine/index/projection.h"

namespace annals::venezuela {

// The register that ConflictsView reads, keyed (subject, attribute, asserter).
MeasureRef Claims();

// "venezuela.claims". The claims are
//   ("political-prisoners", "detained")  a quantity, or the words for one
//   ("releases", "count")                a quantity; "count-ES" for nationals
//   ("releases", "count-basis")          "cumulative" or "not cumulative"
//   (facility, "closure")                the stage
//   (facility, "population")             a quantity
//   (incident, "deaths")                 a quantity
//   (person, "charges")                  a text, in alphabetical order
//   (person, "detained")                 a date
// and whatever DescriptionStated says.
Projection ClaimsProjection();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_CLAIMS_H_
