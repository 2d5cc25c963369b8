#include "engine/proof/merkle_tree.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kLeaves = 70;

std::string Hex(const TreeHash& hash) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

// A tree whose nodes are kept, of the leaves "0", "1" and so on unless others are given.
class StoredTree {
 public:
  explicit StoredTree(uint64_t leaves) {
    for (uint64_t i = 0; i < leaves; ++i) Append(absl::StrCat(i));
  }
  explicit StoredTree(const std::vector<std::string>& leaves) {
    for (const std::string& leaf : leaves) Append(leaf);
  }

  void Append(const std::string& leaf) {
    edge_.Append(LeafHash(leaf), [this](NodeId node, const TreeHash& hash) {
      EXPECT_TRUE(nodes_.emplace(std::pair(node.level, node.index), hash).second)
          << "a node is stored twice";
    });
  }

  NodeReader nodes() const {
    return [this](NodeId node) -> absl::StatusOr<TreeHash> {
      const auto found = nodes_.find({node.level, node.index});
      if (found == nodes_.end()) return absl::NotFoundError("no such node");
      return found->second;
    };
  }
  const MerkleEdge& edge() const { return edge_; }
  size_t node_count() const { return nodes_.size(); }

 private:
  MerkleEdge edge_;
  std::map<std::pair<uint32_t, uint64_t>, TreeHash> nodes_;
};

// The definition itself, without any node stored.
TreeHash NaiveRoot(uint64_t begin, uint64_t end) {
  if (end - begin == 1) return LeafHash(absl::StrCat(begin));
  uint64_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return NodeHash(NaiveRoot(begin, begin + split), NaiveRoot(begin + split, end));
}

// The leaves and roots that implementations of Certificate Transparency test with.
TEST(MerkleTreeTest, HasTheRootsOfCertificateTransparency) {
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  StoredTree tree(0);
  EXPECT_EQ(Hex(tree.edge().Root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (size_t i = 0; i < leaves.size(); ++i) {
    tree.Append(absl::HexStringToBytes(leaves[i]));
    EXPECT_EQ(Hex(tree.edge().Root()), roots[i]) << i + 1;
  }
}

TEST(MerkleTreeTest, EveryFormerRootIsThatOfTheDefinition) {
  const StoredTree tree(kLeaves);
  EXPECT_LT(tree.node_count(), 2 * kLeaves);
  for (uint64_t size = 1; size <= kLeaves; ++size) {
    ASSERT_OK_AND_ASSIGN(const TreeHash root, RootOf(size, tree.nodes()));
    EXPECT_EQ(root, NaiveRoot(0, size)) << size;
    ASSERT_OK_AND_ASSIGN(MerkleEdge edge, MerkleEdge::Read(size, tree.nodes()));
    EXPECT_EQ(edge.size(), size);
    EXPECT_EQ(edge.Root(), root) << size;
    edge.Append(LeafHash(absl::StrCat(size)), [](NodeId, const TreeHash&) {});
    EXPECT_EQ(edge.Root(), NaiveRoot(0, size + 1)) << "grown after " << size;
  }
}

TEST(MerkleTreeTest, EveryLeafOfEverySizeIsProvedAndNothingElse) {
  const StoredTree tree(kLeaves);
  for (uint64_t size = 1; size <= kLeaves; ++size) {
    const TreeHash root = NaiveRoot(0, size);
    for (uint64_t index = 0; index < size; ++index) {
      SCOPED_TRACE(absl::StrCat(index, " of ", size));
      const TreeHash leaf = LeafHash(absl::StrCat(index));
      ASSERT_OK_AND_ASSIGN(TreeHashes path, ProveInclusion(index, size, tree.nodes()));
      ASSERT_OK(VerifyInclusion(index, size, leaf, path, root));
      EXPECT_FALSE(VerifyInclusion(index, size, LeafHash("forged"), path, root).ok());
      EXPECT_FALSE(VerifyInclusion(index, size, leaf, path, NaiveRoot(0, size + 1)).ok());
      EXPECT_FALSE(VerifyInclusion((index + 1) % size, size, leaf, path, root).ok() && size > 1);
      for (TreeHash& hash : path) {
        hash[7] ^= 1;
        EXPECT_FALSE(VerifyInclusion(index, size, leaf, path, root).ok());
        hash[7] ^= 1;
      }
      path.push_back(root);
      EXPECT_FALSE(VerifyInclusion(index, size, leaf, path, root).ok());
      path.pop_back();
      if (path.empty()) continue;
      path.pop_back();
      EXPECT_FALSE(VerifyInclusion(index, size, leaf, path, root).ok());
    }
  }
}

TEST(MerkleTreeTest, EveryBeginningIsProvedAndNothingElse) {
  const StoredTree tree(kLeaves);
  for (uint64_t size = 1; size <= kLeaves; ++size) {
    const TreeHash root = NaiveRoot(0, size);
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      SCOPED_TRACE(absl::StrCat(old_size, " of ", size));
      const TreeHash old_root = NaiveRoot(0, old_size);
      ASSERT_OK_AND_ASSIGN(TreeHashes path, ProveConsistency(old_size, size, tree.nodes()));
      ASSERT_OK(VerifyConsistency(old_size, size, old_root, root, path));
      EXPECT_FALSE(VerifyConsistency(old_size, size, LeafHash("forged"), root, path).ok());
      EXPECT_FALSE(VerifyConsistency(old_size, size, old_root, LeafHash("forged"), path).ok());
      for (TreeHash& hash : path) {
        hash[31] ^= 0x80;
        EXPECT_FALSE(VerifyConsistency(old_size, size, old_root, root, path).ok());
        hash[31] ^= 0x80;
      }
      path.push_back(root);
      EXPECT_FALSE(VerifyConsistency(old_size, size, old_root, root, path).ok());
      path.pop_back();
      if (path.empty()) continue;
      path.pop_back();
      EXPECT_FALSE(VerifyConsistency(old_size, size, old_root, root, path).ok());
    }
  }
}

// What a server would have to pass off on somebody who kept an old root.
TEST(MerkleTreeTest, AHistoryThatWasRewrittenCantBeProved) {
  const std::vector<std::string> told = {"a", "b", "c", "d", "e"};
  const StoredTree honest(told);
  const std::vector<std::vector<std::string>> lies = {
      {"b", "a", "c", "d", "e", "f"},  // Reordered.
      {"a", "b", "d", "e", "f"},       // Dropped.
      {"a", "b", "C", "d", "e", "f"},  // Altered.
      {"a", "b", "c", "x", "y", "z"},  // Forked.
  };
  for (const std::vector<std::string>& lie : lies) {
    const StoredTree forged(lie);
    ASSERT_OK_AND_ASSIGN(const TreeHashes path,
                         ProveConsistency(told.size(), lie.size(), forged.nodes()));
    EXPECT_THAT(VerifyConsistency(told.size(), lie.size(), honest.edge().Root(),
                                  forged.edge().Root(), path),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("root")));
  }
}

TEST(MerkleTreeTest, TheEmptyTreeIsTheBeginningOfAll) {
  const StoredTree tree(3);
  ASSERT_OK_AND_ASSIGN(const TreeHashes path, ProveConsistency(0, 3, tree.nodes()));
  EXPECT_TRUE(path.empty());
  const TreeHash empty = MerkleEdge().Root();
  ASSERT_OK(VerifyConsistency(0, 3, empty, tree.edge().Root(), path));
  EXPECT_FALSE(VerifyConsistency(0, 3, tree.edge().Root(), tree.edge().Root(), path).ok());
}

TEST(MerkleTreeTest, RefusesWhatNoTreeHas) {
  const StoredTree tree(3);
  EXPECT_THAT(ProveInclusion(3, 3, tree.nodes()),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("leaf 3")));
  EXPECT_THAT(ProveConsistency(4, 3, tree.nodes()),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("a tree of 4")));
  EXPECT_FALSE(VerifyInclusion(3, 3, LeafHash("3"), {}, tree.edge().Root()).ok());
  EXPECT_FALSE(VerifyConsistency(4, 3, tree.edge().Root(), tree.edge().Root(), {}).ok());
}

TEST(MerkleTreeTest, ANodeThatIsMissingIsTold) {
  const StoredTree tree(3);
  EXPECT_THAT(RootOf(4, tree.nodes()), StatusIs(absl::StatusCode::kNotFound, HasSubstr("node")));
  EXPECT_THAT(MerkleEdge::Read(5, tree.nodes()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("node")));
}

}  // namespace
}  // namespace annals::testing
