#include "engine/log/tree_verifier.h"

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/record.h"
#include "engine/log/tree_tiles.h"
#include "engine/storage/family.h"

namespace annals {
namespace {

using storage::Cursor;
using storage::Family;

constexpr absl::string_view kWayOut =
    "; if the events are right `annals rebuild` makes the tree anew from them, and if they were "
    "changed no older checkpoint agrees with it";

// The leaves under one hash of a tile at this level.
uint64_t LeavesPerHash(uint32_t level) { return uint64_t{1} << (kTileHeight * level); }

}  // namespace

absl::Status TreeVerifier::Add(absl::string_view event_bytes) {
  ANNALS_ASSIGN_OR_RETURN(const TreeHash leaf, StoredLeafHash(event_bytes));
  absl::Status status;
  edge_.Append(leaf, [&](TileId tile, const TreeHashes& hashes) {
    if (status.ok()) status = Compare(tile, hashes);
  });
  return status;
}

absl::Status TreeVerifier::Compare(TileId tile, const TreeHashes& hashes) {
  ++tiles_;
  ANNALS_ASSIGN_OR_RETURN(const TreeHashes stored, ReadTile(database_, timeline_, tile));
  for (uint64_t i = 0; i < kTileHashes; ++i) {
    if (stored[i] == hashes[i]) continue;
    const uint64_t leaves = LeavesPerHash(tile.level);
    const uint64_t before = (tile.index * kTileHashes + i) * leaves;
    return absl::DataLossError(absl::StrCat("timeline \"", timeline_.name, "\": tile ", tile.index,
                                            " of level ", tile.level,
                                            " of its tree doesn't match the events from position ",
                                            before + 1, " to ", before + leaves, kWayOut));
  }
  return absl::OkStatus();
}

absl::StatusOr<TreeHash> TreeVerifier::Finish(const NodeReader& nodes) const {
  ANNALS_RETURN_IF_ERROR(CountTiles());
  ANNALS_ASSIGN_OR_RETURN(const TreeHash root, RootOf(edge_.size(), nodes));
  if (root == edge_.Root()) return root;
  return absl::DataLossError(absl::StrCat("timeline \"", timeline_.name,
                                          "\": its tree has another root than its ", edge_.size(),
                                          " events come to", kWayOut));
}

absl::Status TreeVerifier::CountTiles() const {
  const std::string prefix = TimelinePrefix(timeline_.number);
  Cursor cursor = database_.Scan(Family::kTiles, prefix, PrefixEnd(prefix));
  uint64_t stored = 0;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const TileId tile, DecodeTileKey(cursor.key()));
    // Those beyond are full of events that were appended meanwhile.
    const uint64_t full = edge_.size() / LeavesPerHash(tile.level) / kTileHashes;
    if (tile.index < full) ++stored;
  }
  ANNALS_RETURN_IF_ERROR(cursor.status());
  if (stored == tiles_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("timeline \"", timeline_.name, "\": its tree has ",
                                          stored, " tiles, not ", tiles_,
                                          "; `annals rebuild` makes them anew from the log"));
}

}  // namespace annals
