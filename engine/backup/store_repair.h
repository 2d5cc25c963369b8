// RepairStore: a new store from what can be saved of a damaged one.
#ifndef ANNALS_ENGINE_BACKUP_STORE_REPAIR_H_
#define ANNALS_ENGINE_BACKUP_STORE_REPAIR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/position.h"

namespace annals {

struct RepairReport {
  struct Timeline {
    std::string name;     // Empty: not known any more; then nothing of it was saved.
    uint32_t number = 0;  // In the damaged store.
    Position saved;       // Every event up to here is in the new one.
    Position last;        // The last position that is known of.
  };
  std::vector<Timeline> timelines;

  // A position that isn't in the new store.
  struct Lost {
    enum class Why {
      kMissing,    // Nothing is there for it.
      kDamaged,    // What is there isn't what was recorded.
      kBehindGap,  // An event is there; nothing shows that it is what was recorded.
    };
    uint32_t timeline = 0;
    Position position;
    std::string id;  // Empty: not known any more.
    Why why = Why::kMissing;
  };
  std::vector<Lost> lost;

  uint64_t saved = 0;  // Events.
  // How many had been acknowledged. Absent: nothing tells.
  std::optional<uint64_t> acknowledged;
  // What couldn't be read, a sentence each.
  std::vector<std::string> remarks;
};

// Makes a store in `to`, a new or an empty folder, of every event up to each timeline's
// first gap, with its bytes and hash as they were, and of the tokens. Durable consumers and
// all that is derived aren't taken over: look-ups are made anew here, projections when the
// store is opened. Never writes to `store`. Works in `to`.repairing, and takes the room of
// the store twice; `to` is there when all of it is. Calls `progress` with the number of
// events saved.
//   NOT_FOUND            there is no store
//   FAILED_PRECONDITION  `to` holds anything; an earlier repair was cut short there
//   DATA_LOSS            nothing can be read
absl::StatusOr<RepairReport> RepairStore(const std::string& store, const std::string& to,
                                         const std::function<void(uint64_t)>& progress);

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_STORE_REPAIR_H_
