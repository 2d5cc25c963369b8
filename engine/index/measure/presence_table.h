// PresenceTable: from when on each member of a measure's groups is there.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_
#define ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/two_generation_cache.h"
#include "engine/index/member_presence.h"
#include "engine/storage/database.h"

namespace annals {

// Rows are in the database. Those that were used last are also in memory, so that a
// measure whose members all fit is never looked up. Only whoever adds contributions
// needs it: not thread-safe. The Database must outlive it.
class PresenceTable {
 public:
  // Rows are in Family::kContributions, under `prefix`; with `is_new`, there are
  // none yet. Between `cached_members` and twice as many are in memory.
  PresenceTable(const storage::Database* database, std::string prefix, bool is_new,
                size_t cached_members);

  // Never there, if nothing was put. DATA_LOSS if the row is damaged.
  absl::StatusOr<MemberPresences> Find(absl::string_view list);
  void Put(absl::string_view list, MemberPresences presences);

  // Adds what was put since the last time to a batch.
  void Stage(storage::Batch* batch);

 private:
  const storage::Database* const database_;
  const std::string prefix_;
  const bool was_new_;
  absl::flat_hash_map<std::string, MemberPresences> new_;  // Since the last time of staging.
  TwoGenerationCache<std::string> rows_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_
