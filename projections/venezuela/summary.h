// When each kind of fact last happened, and who says so.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_SUMMARY_H_
#define ANNALS_PROJECTIONS_VENEZUELA_SUMMARY_H_

#include "engine/index/projection.h"
#include "engine/query/view.h"

namespace annals::venezuela {

// "venezuela.summary". A fact is named after its event type, "MaduroCaptured"
// being "maduro-captured"; the stages of a prison's closure are one fact,
// "closure-claimed", but for the demand: "closure-demanded".
Projection SummaryProjection();

// "summary": by fact, the latest event's `occurred` and `asserter`.
View SummaryView();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_SUMMARY_H_
