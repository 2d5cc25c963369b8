// TreeEdge: the right edge of a Merkle tree that is kept in tiles.
//
//   TreeEdge edge;
//   edge.Append(LeafHash(bytes), [&](TileId tile, const TreeHashes& hashes) { … });
//   const TreeHash root = edge.Root();
//
// Tiles are C2SP's (https://c2sp.org/tlog-tiles): tile i of level n is 256 hashes
// side by side, of the full subtrees of level 8n with the indices from 256 i on.
// What lies between follows from them. Only full tiles are kept, which never
// change; the edge is all the rest.
#ifndef ANNALS_ENGINE_PROOF_TREE_EDGE_H_
#define ANNALS_ENGINE_PROOF_TREE_EDGE_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/proof/merkle_tree.h"

namespace annals {

inline constexpr uint32_t kTileHeight = 8;
inline constexpr uint64_t kTileHashes = uint64_t{1} << kTileHeight;

struct TileId {
  uint32_t level = 0;
  uint64_t index = 0;

  friend bool operator==(const TileId&, const TileId&) = default;
};

// Where a node's hash comes from: the hashes [offset, offset + count) of a tile.
struct TileSlice {
  TileId tile;
  uint64_t offset = 0;
  uint64_t count = 0;  // A power of two.
};
TileSlice SliceOf(NodeId node);

// The hash of a full subtree from those of its own subtrees, all of one size: a
// power of two many.
TreeHash SubtreeHash(absl::Span<const TreeHash> hashes);

// A value: at most 255 hashes a level, of which there is one for each 8 bits of the
// size. Thread-compatible.
class TreeEdge {
 public:
  TreeEdge() = default;

  // The edge of a tree of which only the full tiles are kept. Asks `nodes` for leaves
  // and for subtrees that are a whole tile: 255 a level at most.
  static absl::StatusOr<TreeEdge> Read(uint64_t size, const NodeReader& nodes);

  uint64_t size() const { return size_; }
  TreeHash Root() const;

  // Tells of every tile that this leaf made full, lowest level first.
  void Append(const TreeHash& leaf, absl::FunctionRef<void(TileId, const TreeHashes&)> store);

  // A tile that isn't full; empty if it is, or if the tree doesn't reach it.
  absl::Span<const TreeHash> Tile(TileId tile) const;

 private:
  uint64_t size_ = 0;
  std::vector<TreeHashes> tiles_;  // By level.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_TREE_EDGE_H_
