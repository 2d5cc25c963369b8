// TreeVerifier: checks a timeline's stored tree against its events.
#ifndef ANNALS_ENGINE_LOG_TREE_VERIFIER_H_
#define ANNALS_ENGINE_LOG_TREE_VERIFIER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/log/timeline_settings.h"
#include "engine/proof/merkle_tree.h"
#include "engine/proof/tree_edge.h"
#include "engine/storage/database.h"

namespace annals {

// Makes the tree anew from the events, one after the other, and compares every tile
// that gets full. Not thread-safe. What it is made from must outlive it.
class TreeVerifier {
 public:
  TreeVerifier(const storage::Database* database, const TimelineSettings* timeline)
      : database_(*database), timeline_(*timeline) {}

  // The next event. DATA_LOSS if a tile that it fills is missing or another one.
  absl::Status Add(absl::string_view event_bytes);

  // After the last event: that there are no other tiles up to here, and that the
  // log's own nodes have the same root. Returns it.
  absl::StatusOr<TreeHash> Finish(const NodeReader& nodes) const;

  uint64_t size() const { return edge_.size(); }
  uint64_t tiles() const { return tiles_; }

 private:
  absl::Status Compare(TileId tile, const TreeHashes& hashes);
  absl::Status CountTiles() const;

  const storage::Database& database_;
  const TimelineSettings& timeline_;
  TreeEdge edge_;
  uint64_t tiles_ = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_TREE_VERIFIER_H_
