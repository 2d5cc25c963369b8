// VerifyLog: reads everything again and checks that it agrees with itself.
#ifndef ANNALS_ENGINE_LOG_LOG_VERIFIER_H_
#define ANNALS_ENGINE_LOG_LOG_VERIFIER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/event_log.h"
#include "engine/proof/merkle_tree.h"
#include "engine/storage/store_folder.h"

namespace annals {

// How much was checked.
struct VerifyReport {
  uint64_t timelines = 0;
  uint64_t events = 0;          // Read, hashed, and found in all three look-ups.
  uint64_t lookup_entries = 0;  // Found to point at their events.
  uint64_t streams = 0;
  uint64_t tiles = 0;  // Found to be what the events come to.

  // The timelines' Merkle trees, as far as they were checked.
  struct Tree {
    std::string timeline;
    uint64_t size = 0;
    TreeHash root = {};
  };
  std::vector<Tree> trees;
};

// Checks, in this order:
//   1. Every file of the database has the checksum it was written with.
//   2. HEAD agrees with the log.
//   3. In every timeline positions are dense, every chain hash follows from the
//      one before, recorded_at grows, revisions are dense in every stream, and
//      each event is found by its id, stream and type.
//   4. Every tile of its Merkle tree is what the events come to, and the tree that
//      the log has of it has the same root.
//   5. The look-ups and the tiles hold nothing else.
// A redacted event's chain hash is taken as it stands, since it can't be recomputed;
// the tree covers it all the same.
// Events appended meanwhile are left out. Calls `progress` now and then. DATA_LOSS
// at the first fault: the message names the file, or the timeline and position.
absl::StatusOr<VerifyReport> VerifyLog(const storage::StoreFolder& folder, const EventLog& log,
                                       const std::function<void(const VerifyReport&)>& progress);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_LOG_VERIFIER_H_
