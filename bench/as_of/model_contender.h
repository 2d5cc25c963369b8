// The naive model: keeps every claim in memory and looks at all of a group's.
#ifndef ANNALS_BENCH_AS_OF_MODEL_CONTENDER_H_
#define ANNALS_BENCH_AS_OF_MODEL_CONTENDER_H_

#include <memory>

#include "bench/as_of/contender.h"

namespace annals::bench {

// Too simple to be wrong: all others' answers are compared with its own.
std::unique_ptr<Contender> NewModelContender();

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_MODEL_CONTENDER_H_
