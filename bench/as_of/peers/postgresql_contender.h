// PostgreSQL over libpq.
#ifndef ANNALS_BENCH_AS_OF_PEERS_POSTGRESQL_CONTENDER_H_
#define ANNALS_BENCH_AS_OF_PEERS_POSTGRESQL_CONTENDER_H_

#include <memory>
#include <string>

#include "bench/as_of/contender.h"

namespace annals::bench {

// `connection` is libpq's; the server is the caller's, and its database is
// free: a table "claims" in it is replaced. COPY, then a covering index for
// each measure, VACUUM ANALYZE; prepared statements, so index-only scans.
std::unique_ptr<Contender> NewPostgresqlContender(std::string connection);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_PEERS_POSTGRESQL_CONTENDER_H_
