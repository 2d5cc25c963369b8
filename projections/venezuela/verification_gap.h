// How far the government's count of releases is from what others could verify.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_VERIFICATION_GAP_H_
#define ANNALS_PROJECTIONS_VENEZUELA_VERIFICATION_GAP_H_

#include "engine/query/view.h"

namespace annals::venezuela {

// "verification-gap": one row, for the scope "all". `claimed` is the
// government's latest count, `verified` the latest independent one since the
// releases began, `gap` the first less the second, bound by bound. `floor` is
// what is certain however the counts are read: at least the greatest lower bound
// of any count since the beginning, or the number of people named, if greater.
View VerificationGapView();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_VERIFICATION_GAP_H_
