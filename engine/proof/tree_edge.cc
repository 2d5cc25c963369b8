#include "engine/proof/tree_edge.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr uint64_t kIndexInTile = kTileHashes - 1;  // A mask.

}  // namespace

TileSlice SliceOf(NodeId node) {
  const uint32_t height = node.level % kTileHeight;
  const uint64_t first = node.index << height;
  return {.tile = {node.level / kTileHeight, first / kTileHashes},
          .offset = first & kIndexInTile,
          .count = uint64_t{1} << height};
}

TreeHash SubtreeHash(absl::Span<const TreeHash> hashes) {
  TreeHashes level(hashes.begin(), hashes.end());
  for (size_t count = level.size(); count > 1; count /= 2) {
    for (size_t i = 0; i < count / 2; ++i) level[i] = NodeHash(level[2 * i], level[2 * i + 1]);
  }
  return level.front();
}

absl::StatusOr<TreeEdge> TreeEdge::Read(uint64_t size, const NodeReader& nodes) {
  TreeEdge edge;
  edge.size_ = size;
  uint32_t level = 0;
  for (uint64_t count = size; count > 0; count >>= kTileHeight, level += kTileHeight) {
    TreeHashes& tile = edge.tiles_.emplace_back();
    for (uint64_t index = count & ~kIndexInTile; index < count; ++index) {
      ANNALS_ASSIGN_OR_RETURN(const TreeHash hash, nodes({level, index}));
      tile.push_back(hash);
    }
  }
  return edge;
}

// Every subtree of which the tree is made up lies in the last tile of its level.
TreeHash TreeEdge::Root() const {
  return *RootOf(size_, [this](NodeId node) -> absl::StatusOr<TreeHash> {
    const TileSlice slice = SliceOf(node);
    return SubtreeHash(Tile(slice.tile).subspan(slice.offset, slice.count));
  });
}

void TreeEdge::Append(const TreeHash& leaf,
                      absl::FunctionRef<void(TileId, const TreeHashes&)> store) {
  TreeHash hash = leaf;
  uint64_t index = size_++;
  for (uint32_t level = 0;; ++level) {
    if (level == tiles_.size()) tiles_.emplace_back();
    TreeHashes& tile = tiles_[level];
    tile.push_back(hash);
    index /= kTileHashes;
    if (tile.size() < kTileHashes) return;
    store({level, index}, tile);
    hash = SubtreeHash(tile);
    tile.clear();
  }
}

absl::Span<const TreeHash> TreeEdge::Tile(TileId tile) const {
  if (tile.level >= tiles_.size()) return {};
  const uint64_t full_tiles = (size_ >> (kTileHeight * tile.level)) / kTileHashes;
  if (tile.index != full_tiles) return {};
  return tiles_[tile.level];
}

}  // namespace annals
