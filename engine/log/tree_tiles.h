// A timeline's Merkle tree as the store has it: full tiles in kTiles, written with
// the events that fill them, and all else recomputed from the log.
#ifndef ANNALS_ENGINE_LOG_TREE_TILES_H_
#define ANNALS_ENGINE_LOG_TREE_TILES_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/log/timeline_directory.h"
#include "engine/proof/merkle_tree.h"
#include "engine/proof/tree_edge.h"
#include "engine/storage/database.h"

namespace annals {

// As EventLeafHash, for bytes out of the log: DATA_LOSS if they are no event.
absl::StatusOr<TreeHash> StoredLeafHash(absl::string_view event_bytes);

void PutTile(uint32_t timeline, TileId tile, const TreeHashes& hashes, storage::Batch* batch);

// A full tile. DATA_LOSS if it is missing or has another size; the message names it.
absl::StatusOr<TreeHashes> ReadTile(const storage::Database& database,
                                    const TimelineSettings& timeline, TileId tile);

// What of the tree isn't in tiles at the timeline's head: reads at most 255 events,
// and 255 tiles for each level above (2 MB from 65,536 events on, 4 MB from
// 16,777,216 on).
absl::StatusOr<std::shared_ptr<const TreeEdge>> ReadTreeEdge(const storage::Database& database,
                                                             const TimelineState& timeline);

// All nodes of the tree at the timeline's head; `timeline` has its edge. The database
// must outlive it.
NodeReader ReadTreeNodes(const storage::Database* database, TimelineState timeline);

// Makes tiles anew of events in the order in which they stand in the log. Not
// thread-safe.
class TileBuilder {
 public:
  // The next event: of the same timeline as the one before, or a timeline's first.
  absl::Status Add(uint32_t timeline, absl::string_view event_bytes, storage::Batch* batch);

 private:
  uint32_t timeline_ = 0;
  TreeEdge edge_;
};

// Makes the tiles of every timeline that lacks its last one: a store from before
// there were tiles, or one in which this was interrupted. Costs a scan of such a
// timeline's events, and else one look-up a timeline.
absl::Status BuildMissingTiles(storage::Database* database, const TimelineStates& timelines);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_TREE_TILES_H_
