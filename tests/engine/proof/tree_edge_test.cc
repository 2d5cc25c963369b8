#include "engine/proof/tree_edge.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two levels of tiles that are full, and a third that has begun.
constexpr uint64_t kLeaves = kTileHashes * kTileHashes + 2 * kTileHashes + 3;

// A tree in tiles, and the same with every node stored.
class TiledTree {
 public:
  void GrowTo(uint64_t leaves) {
    while (edge_.size() < leaves) {
      const TreeHash leaf = LeafHash(absl::StrCat(edge_.size()));
      edge_.Append(leaf, [this](TileId tile, const TreeHashes& hashes) {
        EXPECT_EQ(hashes.size(), kTileHashes);
        EXPECT_TRUE(tiles_.emplace(std::pair(tile.level, tile.index), hashes).second);
      });
      whole_.Append(leaf, [this](NodeId node, const TreeHash& hash) {
        nodes_[{node.level, node.index}] = hash;
      });
    }
  }

  // From the tiles and the edge alone.
  TreeHash Node(NodeId node) const {
    const TileSlice slice = SliceOf(node);
    absl::Span<const TreeHash> tile = edge_.Tile(slice.tile);
    if (tile.empty()) tile = tiles_.at({slice.tile.level, slice.tile.index});
    return SubtreeHash(tile.subspan(slice.offset, slice.count));
  }

  // What TreeEdge::Read may ask for: leaves and whole tiles.
  NodeReader LeavesAndTiles(uint64_t* asked) const {
    return [this, asked](NodeId node) -> absl::StatusOr<TreeHash> {
      EXPECT_EQ(node.level % kTileHeight, 0);
      ++*asked;
      if (node.level == 0) return nodes_.at({0, node.index});
      return SubtreeHash(tiles_.at({node.level / kTileHeight - 1, node.index}));
    };
  }

  const TreeEdge& edge() const { return edge_; }
  const MerkleEdge& whole() const { return whole_; }
  const std::map<std::pair<uint32_t, uint64_t>, TreeHash>& nodes() const { return nodes_; }
  size_t tile_count() const { return tiles_.size(); }

 private:
  TreeEdge edge_;
  MerkleEdge whole_;
  std::map<std::pair<uint32_t, uint64_t>, TreeHashes> tiles_;
  std::map<std::pair<uint32_t, uint64_t>, TreeHash> nodes_;
};

TEST(TreeEdgeTest, HasTheRootOfTheWholeTreeAtEverySize) {
  TiledTree tree;
  EXPECT_EQ(tree.edge().Root(), tree.whole().Root());
  for (uint64_t size = 1; size <= 3 * kTileHashes; ++size) {
    tree.GrowTo(size);
    ASSERT_EQ(tree.edge().Root(), tree.whole().Root()) << size;
  }
}

TEST(TreeEdgeTest, EveryNodeFollowsFromTilesAndEdge) {
  TiledTree tree;
  tree.GrowTo(kLeaves);
  EXPECT_EQ(tree.edge().Root(), tree.whole().Root());
  EXPECT_EQ(tree.tile_count(), kTileHashes + 2 + 1);
  for (const auto& [node, hash] : tree.nodes()) {
    // All of the larger ones, and of the smaller ones those near the ends.
    const bool is_near_an_end = node.second < 600 || (node.second + 600) << node.first > kLeaves;
    if (node.first < kTileHeight && !is_near_an_end) continue;
    ASSERT_EQ(tree.Node({node.first, node.second}), hash) << node.first << "/" << node.second;
  }
}

TEST(TreeEdgeTest, IsReadBackFromLeavesAndTiles) {
  TiledTree tree;
  for (const uint64_t size :
       {uint64_t{0}, uint64_t{1}, kTileHashes - 1, kTileHashes, kTileHashes + 1,
        kTileHashes * kTileHashes - 1, kTileHashes * kTileHashes, kLeaves}) {
    SCOPED_TRACE(size);
    tree.GrowTo(size);
    uint64_t asked = 0;
    ASSERT_OK_AND_ASSIGN(TreeEdge edge, TreeEdge::Read(size, tree.LeavesAndTiles(&asked)));
    EXPECT_EQ(edge.size(), size);
    EXPECT_EQ(edge.Root(), tree.whole().Root());
    EXPECT_LE(asked, 2 * (kTileHashes - 1));
    // And grows as the other does.
    TreeEdge other = tree.edge();
    const auto ignore = [](TileId, const TreeHashes&) {};
    for (int i = 0; i < 300; ++i) {
      edge.Append(LeafHash("x"), ignore);
      other.Append(LeafHash("x"), ignore);
    }
    EXPECT_EQ(edge.Root(), other.Root());
  }
}

TEST(TreeEdgeTest, PassesOnWhyANodeCannotBeRead) {
  const NodeReader broken = [](NodeId) { return absl::DataLossError("the disk is gone"); };
  EXPECT_THAT(TreeEdge::Read(5, broken),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("the disk is gone")));
}

TEST(TreeEdgeTest, HasTheTilesThatAreNotFullAndNoOthers) {
  TiledTree tree;
  tree.GrowTo(kTileHashes + 5);
  EXPECT_THAT(tree.edge().Tile({0, 0}), IsEmpty());
  EXPECT_THAT(tree.edge().Tile({0, 1}), SizeIs(5));
  EXPECT_THAT(tree.edge().Tile({0, 2}), IsEmpty());
  EXPECT_THAT(tree.edge().Tile({1, 0}), SizeIs(1));
  EXPECT_THAT(tree.edge().Tile({2, 0}), IsEmpty());
}

TEST(TreeEdgeTest, NodesLieInTilesAsC2spSays) {
  const auto is = [](NodeId node, TileId tile, uint64_t offset, uint64_t count) {
    const TileSlice slice = SliceOf(node);
    EXPECT_EQ(slice.tile, tile);
    EXPECT_EQ(slice.offset, offset);
    EXPECT_EQ(slice.count, count);
  };
  is({0, 0}, {0, 0}, 0, 1);
  is({0, 257}, {0, 1}, 1, 1);
  is({3, 33}, {0, 1}, 8, 8);
  is({7, 1}, {0, 0}, 128, 128);
  is({8, 256}, {1, 1}, 0, 1);
  is({17, 3}, {2, 0}, 6, 2);
}

}  // namespace
}  // namespace annals::testing
