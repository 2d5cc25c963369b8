// The benchmark's domain: its event type, three projections and a view.
#ifndef ANNALS_BENCH_AS_OF_BENCHMARK_DOMAIN_H_
#define ANNALS_BENCH_AS_OF_BENCHMARK_DOMAIN_H_

#include <string>

#include "bench/as_of/contender.h"
#include "engine/index/projection.h"
#include "engine/query/domain.h"

namespace annals::bench {

// A tally of weights by group, a set of members by group, a register of the
// latest weight by member; each is a projection of its own.
MeasureRef Weights();
MeasureRef Members();
MeasureRef LatestWeight();

// With the projections that `measures` needs. Its view "weights" has a row for
// each group, FirstGroupView() one for the first alone.
Domain BenchmarkDomain(const Measures& measures);
std::string FirstGroupView();

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_BENCHMARK_DOMAIN_H_
