// SQLite, in this process.
#ifndef ANNALS_BENCH_AS_OF_PEERS_SQLITE_CONTENDER_H_
#define ANNALS_BENCH_AS_OF_PEERS_SQLITE_CONTENDER_H_

#include <memory>
#include <string>

#include "bench/as_of/contender.h"

namespace annals::bench {

// A database in `path`, which is made. One transaction, then a covering index
// for each measure, ANALYZE; memory-mapped; prepared statements.
std::unique_ptr<Contender> NewSqliteContender(std::string path);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_PEERS_SQLITE_CONTENDER_H_
