// A domain about people, for tests of what is erased.
#ifndef ANNALS_TESTS_TESTING_HOSPITAL_HOSPITAL_DOMAIN_H_
#define ANNALS_TESTS_TESTING_HOSPITAL_HOSPITAL_DOMAIN_H_

#include "engine/query/domain.h"

namespace annals::testing {

// View "wards": by ward, the days of all treatments, the patients, the last remark,
// and the last patient who was admitted, whose name is sealed.
Domain HospitalDomain();

}  // namespace annals::testing

#endif  // ANNALS_TESTS_TESTING_HOSPITAL_HOSPITAL_DOMAIN_H_
