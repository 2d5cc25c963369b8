// The contender that is measured: Annals' index behind its public interfaces.
#ifndef ANNALS_BENCH_AS_OF_ANNALS_CONTENDER_H_
#define ANNALS_BENCH_AS_OF_ANNALS_CONTENDER_H_

#include <memory>
#include <string>

#include "bench/as_of/contender.h"

namespace annals::bench {

// A ProjectionRunner over a GeneratedLog, with its index in a real store that
// is made in `folder`. Questions go to the TemporalIndex, in the certain world
// and at the head; History and Why to the QueryEngine, whose views evaluate
// both worlds.
std::unique_ptr<Contender> NewAnnalsContender(std::string folder);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_ANNALS_CONTENDER_H_
