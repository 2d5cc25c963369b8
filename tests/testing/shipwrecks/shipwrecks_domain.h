// The domain "shipwrecks": a tally, registers and a set, for tests.
#ifndef ANNALS_TESTS_TESTING_SHIPWRECKS_SHIPWRECKS_DOMAIN_H_
#define ANNALS_TESTS_TESTING_SHIPWRECKS_SHIPWRECKS_DOMAIN_H_

#include "engine/query/domain.h"

namespace annals::testing {

// Views:
//   losses  sea → persons lost, a tally
//   ships   ship → sunk (a date), crew (a set's size), sea (a text), intact (a flag)
Domain Shipwrecks();

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_SHIPWRECKS_SHIPWRECKS_DOMAIN_H_
