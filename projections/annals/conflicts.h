// Claims that contradict each other, side by side, for any domain.
//
//   Register("claims", {"el-helicoide", "population", "foro-penal"}, QuantityValue(…));
//   …
//   .views = {ConflictsView({"prisons.claims", "claims"})}
#ifndef ANNALS_PROJECTIONS_ANNALS_CONFLICTS_H_
#define ANNALS_PROJECTIONS_ANNALS_CONFLICTS_H_

#include "engine/index/projection.h"
#include "engine/query/view.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {

// Whether two asserters say the same. Two dates do if they are written alike:
// their instants also depend on when each claim was known. A number and a word
// for it differ.
bool ClaimsAgree(const v1::Value& a, const v1::Value& b);

// "conflicts": every (subject, attribute) about which the asserters' latest
// claims differ in this world, with a row for each asserter, also for those
// that agree with one another. Nothing is merged and nobody is preferred.
// `claims` is a register keyed (subject, attribute, asserter).
View ConflictsView(const MeasureRef& claims);

}  // namespace annals

#endif  // ANNALS_PROJECTIONS_ANNALS_CONFLICTS_H_
