// The sources of any timeline: when they were public, and how much rests on
// each of them.
#ifndef ANNALS_PROJECTIONS_ANNALS_SOURCES_H_
#define ANNALS_PROJECTIONS_ANNALS_SOURCES_H_

#include "engine/index/projection.h"
#include "engine/query/view.h"

namespace annals {

// "annals.sources". An event that cites a source twice counts once there, and
// an event without an asserter has no origin.
//
// A date is shown with the instants that it stands for. Those depend on the
// timeline's home zone, which a projection doesn't see; so the event that
// registers a source states the publication as its own `occurred` too. Where it
// doesn't, the instants are all those up to when the registration was known.
Projection SourcesProjection();

// "sources": a row for every source that was public in that world; `published`,
// the standing `events` that cite it, and their distinct `origins`. Articles that repeat one origin
// are many events' sources, yet one origin.
View SourcesView();

}  // namespace annals

#endif  // ANNALS_PROJECTIONS_ANNALS_SOURCES_H_
