// PresenceTable: from when on each member of a measure's groups is there.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_
#define ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/index/member_presence.h"
#include "engine/storage/database.h"

namespace annals {

// Remembers what was put since the last two times of staging; the rest is in the
// database. Only whoever adds contributions needs it: not thread-safe. The
// Database must outlive it.
class PresenceTable {
 public:
  // Rows are in Family::kContributions, under `prefix`.
  PresenceTable(const storage::Database* database, std::string prefix)
      : database_(database), prefix_(std::move(prefix)) {}

  // Never there, if nothing was put. DATA_LOSS if the row is damaged.
  absl::StatusOr<MemberPresences> Find(absl::string_view list) const;
  void Put(absl::string_view list, MemberPresences presences);

  // Adds what was put since the last time to a batch.
  void Stage(storage::Batch* batch);

 private:
  using Table = absl::flat_hash_map<std::string, MemberPresences>;

  const storage::Database* const database_;
  const std::string prefix_;
  Table new_;
  Table staged_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_
