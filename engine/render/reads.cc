#include "engine/render/reads.h"

#include <cstdint>

#include "absl/strings/str_join.h"

namespace annals {

Table ReadsTable(const v1::ExplainResult& result) {
  Table table{.name = "reads",
              .columns = {{"world"},
                          {"read"},
                          {"measure"},
                          {"prefix"},
                          {"strategy"},
                          {"reason"},
                          {"groups", Table::Kind::kCount},
                          {"contributions", Table::Kind::kCount},
                          {"rows", Table::Kind::kCount},
                          {"time (µs)", Table::Kind::kCount, "elapsedMicros"}}};
  for (const v1::IndexRead& read : result.reads()) {
    table.rows.push_back({read.world() == v1::CERTAIN ? "certain" : "possible", read.read(),
                          read.measure(), absl::StrJoin(read.prefix(), ", "), read.strategy(),
                          read.reason(), uint64_t{read.groups()}, uint64_t{read.contributions()},
                          uint64_t{read.rows()}, int64_t{read.elapsed_micros()}});
  }
  return table;
}

}  // namespace annals
