// DuckDB, in this process.
#ifndef ANNALS_BENCH_AS_OF_PEERS_DUCKDB_CONTENDER_H_
#define ANNALS_BENCH_AS_OF_PEERS_DUCKDB_CONTENDER_H_

#include <memory>
#include <string>

#include "bench/as_of/contender.h"

namespace annals::bench {

// DuckDB finds rows by the ranges of its row groups, so their order decides.
enum class DuckdbOrder {
  kArrival,  // As they came: what a table has that is appended to.
  kSorted,   // By group (or member) and valid: a copy that was sorted afterwards.
};

// Two threads, 32-bit integers where they suffice, prepared statements. The
// table is in memory.
std::unique_ptr<Contender> NewDuckdbContender(std::string library, DuckdbOrder order);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_PEERS_DUCKDB_CONTENDER_H_
