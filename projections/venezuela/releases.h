// The people said to be free again, by name.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_RELEASES_H_
#define ANNALS_PROJECTIONS_VENEZUELA_RELEASES_H_

#include "engine/query/view.h"

namespace annals::venezuela {

// "releases": by person, when the release `occurred` (as verified, if anybody
// verified it, else as reported), the `nationalities` that any source states,
// the `status` and the `verifier`s.
View ReleasesView();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_RELEASES_H_
