#include "bench/as_of/contenders.h"

#include "absl/strings/str_cat.h"
#include "bench/as_of/annals_contender.h"
#include "bench/as_of/model_contender.h"
#include "bench/as_of/peers/duckdb_contender.h"
#include "bench/as_of/peers/postgresql_contender.h"
#include "bench/as_of/peers/sqlite_contender.h"

namespace annals::bench {

absl::StatusOr<std::unique_ptr<Contender>> NewContender(const std::string& name,
                                                        const std::string& at,
                                                        const std::string& folder) {
  if (name == "annals") return NewAnnalsContender(folder);
  if (name == "model") return NewModelContender();
  if (name == "postgresql") return NewPostgresqlContender(at);
  if (name == "sqlite") return NewSqliteContender(folder);
  if (name == "duckdb") return NewDuckdbContender(at, DuckdbOrder::kArrival);
  if (name == "duckdb-sorted") return NewDuckdbContender(at, DuckdbOrder::kSorted);
  return absl::InvalidArgumentError(
      absl::StrCat("there is no contender \"", name,
                   "\", only annals, model, postgresql, sqlite, duckdb and duckdb-sorted"));
}

}  // namespace annals::bench
