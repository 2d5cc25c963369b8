// Random dates in every form that docs/semantics.md accepts.
#ifndef ANNALS_TESTS_MODEL_RANDOM_DATES_H_
#define ANNALS_TESTS_MODEL_RANDOM_DATES_H_

#include <string>

#include "engine/base/instant.h"
#include "tests/model/random.h"

namespace annals::model {

// An EDTF date around `about`: to the second, the day, the month, the year or
// the decade, possibly qualified; an interval or a one-of set with closed, open
// or unknown ends; now and then one from antiquity. Days are few on purpose, so
// that events share them.
std::string RandomDate(Instant about, Random* random);

// Something that is no date, or none that is accepted.
std::string RandomNonsense(Random* random);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_RANDOM_DATES_H_
