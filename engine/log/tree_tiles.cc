#include "engine/log/tree_tiles.h"

#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/log/record.h"
#include "engine/proof/event_leaf.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/family.h"

namespace annals {
namespace {

using storage::Batch;
using storage::Cursor;
using storage::Database;
using storage::Durability;
using storage::Family;

constexpr size_t kTileBytes = kTileHashes * sizeof(TreeHash);
constexpr size_t kBatchBytes = size_t{4} << 20;

absl::Status BadTile(const TimelineSettings& timeline, TileId tile, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("timeline \"", timeline.name, "\": tile ", tile.index,
                                          " of level ", tile.level, " of its tree ", what,
                                          "; `annals rebuild` makes the tiles anew from the log"));
}

absl::StatusOr<TreeHash> ReadLeaf(const Database& database, const TimelineSettings& timeline,
                                  Position position) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                          database.Get(Family::kLog, storage::LogKey(timeline.number, position)));
  const std::string where =
      absl::StrCat("timeline \"", timeline.name, "\", position ", position.value);
  if (!value) {
    return absl::DataLossError(absl::StrCat(where, ": the event is missing from the log"));
  }
  ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(*value));
  absl::StatusOr<TreeHash> leaf = StoredLeafHash(record.event_bytes);
  if (!leaf.ok()) return Annotate(leaf.status(), where);
  return leaf;
}

absl::StatusOr<TreeHash> ReadNode(const Database& database, const TimelineState& timeline,
                                  NodeId node) {
  const uint64_t head = timeline.head.value;
  if (node.level >= 64 || node.index >= head >> node.level) {
    return absl::OutOfRangeError(absl::StrCat("no full subtree ", node.index, " of level ",
                                              node.level, " in a tree of ", head));
  }
  const TileSlice slice = SliceOf(node);
  const absl::Span<const TreeHash> edge = timeline.tree->Tile(slice.tile);
  if (!edge.empty()) return SubtreeHash(edge.subspan(slice.offset, slice.count));
  ANNALS_ASSIGN_OR_RETURN(const TreeHashes tile,
                          ReadTile(database, *timeline.settings, slice.tile));
  return SubtreeHash(absl::MakeConstSpan(tile).subspan(slice.offset, slice.count));
}

absl::StatusOr<bool> LacksTiles(const Database& database, const TimelineState& timeline) {
  const uint64_t tiles = timeline.head.value / kTileHashes;
  if (tiles == 0) return false;
  ANNALS_ASSIGN_OR_RETURN(
      const auto last,
      database.Get(Family::kTiles, TileKey(timeline.settings->number, {0, tiles - 1})));
  return !last.has_value();
}

absl::Status BuildTiles(Database* database, const TimelineState& timeline) {
  const uint32_t number = timeline.settings->number;
  TileBuilder builder;
  Batch batch;
  Cursor log =
      database->Scan(Family::kLog, storage::LogKey(number, Position{1}),
                     storage::LogKey(number, timeline.head.Next()), Database::Reading::kOnce);
  for (log.SeekToFirst(); log.Valid(); log.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(log.value()));
    ANNALS_RETURN_IF_ERROR(builder.Add(number, record.event_bytes, &batch));
    if (batch.bytes() < kBatchBytes) continue;
    ANNALS_RETURN_IF_ERROR(database->Write(std::exchange(batch, Batch()), Durability::kBuffered));
  }
  ANNALS_RETURN_IF_ERROR(log.status());
  // Syncs what was buffered before it as well.
  return database->Write(std::move(batch), Durability::kSynced);
}

}  // namespace

absl::StatusOr<TreeHash> StoredLeafHash(absl::string_view event_bytes) {
  absl::StatusOr<TreeHash> leaf = EventLeafHash(event_bytes);
  if (leaf.ok()) return leaf;
  return absl::DataLossError(leaf.status().message());
}

void PutTile(uint32_t timeline, TileId tile, const TreeHashes& hashes, Batch* batch) {
  const absl::string_view bytes(reinterpret_cast<const char*>(hashes.data()), kTileBytes);
  batch->Put(Family::kTiles, TileKey(timeline, tile), bytes);
}

absl::StatusOr<TreeHashes> ReadTile(const Database& database, const TimelineSettings& timeline,
                                    TileId tile) {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                          database.Get(Family::kTiles, TileKey(timeline.number, tile)));
  if (!value) return BadTile(timeline, tile, "is missing");
  if (value->size() != kTileBytes) {
    return BadTile(timeline, tile, absl::StrCat("has ", value->size(), " bytes, not ", kTileBytes));
  }
  TreeHashes hashes(kTileHashes);
  std::memcpy(hashes.data(), value->data(), kTileBytes);
  return hashes;
}

absl::StatusOr<std::shared_ptr<const TreeEdge>> ReadTreeEdge(const Database& database,
                                                             const TimelineState& timeline) {
  const auto read = [&](NodeId node) -> absl::StatusOr<TreeHash> {
    if (node.level == 0) return ReadLeaf(database, *timeline.settings, Position{node.index + 1});
    const TileId below = {node.level / kTileHeight - 1, node.index};
    ANNALS_ASSIGN_OR_RETURN(const TreeHashes tile, ReadTile(database, *timeline.settings, below));
    return SubtreeHash(tile);
  };
  ANNALS_ASSIGN_OR_RETURN(TreeEdge edge, TreeEdge::Read(timeline.head.value, read));
  return std::make_shared<const TreeEdge>(std::move(edge));
}

NodeReader ReadTreeNodes(const Database* database, TimelineState timeline) {
  return [database, timeline = std::move(timeline)](NodeId node) {
    return ReadNode(*database, timeline, node);
  };
}

absl::Status TileBuilder::Add(uint32_t timeline, absl::string_view event_bytes, Batch* batch) {
  if (timeline != timeline_) edge_ = TreeEdge();
  timeline_ = timeline;
  absl::StatusOr<TreeHash> leaf = StoredLeafHash(event_bytes);
  if (!leaf.ok()) {
    return Annotate(leaf.status(),
                    absl::StrCat("timeline number ", timeline, ", position ", edge_.size() + 1));
  }
  edge_.Append(*leaf, [&](TileId tile, const TreeHashes& hashes) {
    PutTile(timeline, tile, hashes, batch);
  });
  return absl::OkStatus();
}

absl::Status BuildMissingTiles(Database* database, const TimelineStates& timelines) {
  for (const auto& [name, timeline] : timelines) {
    ANNALS_ASSIGN_OR_RETURN(const bool lacks_tiles, LacksTiles(*database, timeline));
    if (lacks_tiles) ANNALS_RETURN_IF_ERROR(BuildTiles(database, timeline));
  }
  return absl::OkStatus();
}

}  // namespace annals
