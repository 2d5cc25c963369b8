#include "projections/annals/general_domain.h"

#include "projections/annals/sources.h"

namespace annals {

Domain GeneralDomain() {
  return {.name = "",
          .description = "What every timeline can be asked.",
          .types = {},
          .projections = {SourcesProjection()},
          .views = {SourcesView()}};
}

}  // namespace annals
