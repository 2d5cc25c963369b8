// PresenceTable: from when on each member of a measure's groups is there.
#ifndef ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_
#define ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/name_table.h"
#include "engine/index/measure/member_presence.h"
#include "engine/storage/database.h"

namespace annals {

// Rows are in the database. Those that were used last are also in memory, so that a
// measure whose members all fit is never looked up. Only whoever adds contributions
// needs it: not thread-safe. The Database must outlive it.
class PresenceTable {
 public:
  // Rows are in Family::kContributions, under `prefix`; with `is_new`, there are
  // none yet. In memory are the last `cached_members` that were used, and about as
  // many more; besides, what is not staged.
  PresenceTable(const storage::Database* database, std::string prefix, bool is_new,
                size_t cached_members);

  // Brings a member into memory, and says under which number it is there until the
  // next Stage(). Costs a look-up. DATA_LOSS if the row is damaged.
  absl::StatusOr<uint32_t> Find(absl::string_view list);

  // Never there, if nothing was put. Valid until the next call of another method.
  const MemberPresences& At(uint32_t member) const { return young_.presences[member]; }
  void Prefetch(uint32_t member) const { __builtin_prefetch(&young_.presences[member]); }
  void Put(uint32_t member, MemberPresences presences);

  // Adds what was put since the last time to a batch.
  void Stage(storage::Batch* batch);

 private:
  struct Generation {
    NameTable lists;
    std::vector<MemberPresences> presences;  // By the list's number.
    std::vector<bool> is_new;                // Since the last time of staging; likewise.
  };

  absl::Status Recall(absl::string_view list, MemberPresences* presences);

  const storage::Database* const database_;
  const std::string prefix_;
  const size_t cached_members_;
  bool may_be_stored_;  // What isn't in memory may have a row.
  Generation young_;
  Generation old_;             // Stored.
  std::vector<uint32_t> new_;  // Of the young ones.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_MEASURE_PRESENCE_TABLE_H_
