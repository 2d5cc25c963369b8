// Venezuela in January 2026, as the engine is told of it.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_VENEZUELA_DOMAIN_H_
#define ANNALS_PROJECTIONS_VENEZUELA_VENEZUELA_DOMAIN_H_

#include "engine/query/domain.h"

namespace annals {

// Named "venezuela": the event types of proto/venezuela, and the projections
// and views of this folder.
Domain VenezuelaDomain();

}  // namespace annals

#endif  // ANNALS_PROJECTIONS_VENEZUELA_VENEZUELA_DOMAIN_H_
