// The domain that serves every timeline.
#ifndef ANNALS_PROJECTIONS_ANNALS_GENERAL_DOMAIN_H_
#define ANNALS_PROJECTIONS_ANNALS_GENERAL_DOMAIN_H_

#include "engine/query/domain.h"

namespace annals {

// Named "". Its event types are the engine's own.
Domain GeneralDomain();

}  // namespace annals

#endif  // ANNALS_PROJECTIONS_ANNALS_GENERAL_DOMAIN_H_
