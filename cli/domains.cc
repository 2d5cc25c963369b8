#include "cli/domains.h"

#include "projections/annals/general_domain.h"
#include "projections/venezuela/venezuela_domain.h"

namespace annals {

std::vector<Domain> AllDomains() { return {GeneralDomain(), VenezuelaDomain()}; }

}  // namespace annals
