// A Merkle tree over a growing list of leaves, as in RFC 9162, section 2.1 (and
// RFC 6962, whose hashes are the same).
//
//   MerkleEdge edge;
//   edge.Append(LeafHash(bytes), [&](NodeId node, const TreeHash& hash) { store(node, hash); });
//   const TreeHash root = edge.Root();
//
//   ANNALS_ASSIGN_OR_RETURN(const TreeHashes path, ProveInclusion(index, size, nodes));
//   ANNALS_RETURN_IF_ERROR(VerifyInclusion(index, size, LeafHash(bytes), path, root));
//
// A leaf's hash is SHA-256(0x00 ‖ leaf), a node's SHA-256(0x01 ‖ left ‖ right), that of
// the empty tree SHA-256 of nothing. Proofs and checks take time and space in the
// logarithm of the tree's size. Values and functions here are thread-compatible.
#ifndef ANNALS_ENGINE_PROOF_MERKLE_TREE_H_
#define ANNALS_ENGINE_PROOF_MERKLE_TREE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/proof/sha256.h"

namespace annals {

using TreeHash = Sha256Digest;
using TreeHashes = std::vector<TreeHash>;

TreeHash LeafHash(absl::string_view leaf);
TreeHash LeafHash(absl::Span<const absl::string_view> pieces);  // Of a leaf in pieces.
TreeHash NodeHash(const TreeHash& left, const TreeHash& right);

// A subtree that is full: over the leaves index · 2^level up to, but without,
// (index + 1) · 2^level. Its hash never changes, so it is stored once.
struct NodeId {
  uint32_t level = 0;
  uint64_t index = 0;

  friend bool operator==(const NodeId&, const NodeId&) = default;
};

// Where full subtrees' hashes are. What it returns for one that isn't there is
// returned by whoever asked.
using NodeReader = std::function<absl::StatusOr<TreeHash>(NodeId)>;

// The tree's right edge: all that is needed to append to it.
class MerkleEdge {
 public:
  MerkleEdge() = default;
  // The edge of a tree whose nodes are stored.
  static absl::StatusOr<MerkleEdge> Read(uint64_t size, const NodeReader& nodes);

  uint64_t size() const { return size_; }
  TreeHash Root() const;

  // Tells of every subtree that this leaf made full, smallest first; the leaf's own
  // is the first of them. Two calls of `store` a leaf, on average.
  void Append(const TreeHash& leaf, absl::FunctionRef<void(NodeId, const TreeHash&)> store);

 private:
  uint64_t size_ = 0;
  TreeHashes peaks_;  // Of the full subtrees, the largest first: one a set bit of size_.
};

// The root of the tree as it was when it had `size` leaves.
absl::StatusOr<TreeHash> RootOf(uint64_t size, const NodeReader& nodes);

// That the leaf `index`, from 0, is one of the tree of `size`. OUT_OF_RANGE unless
// it is.
absl::StatusOr<TreeHashes> ProveInclusion(uint64_t index, uint64_t size, const NodeReader& nodes);

// That the tree of `old_size` is what the tree of `new_size` begins with. Empty if
// they are the same, or the old one is empty. OUT_OF_RANGE if the old one is larger.
absl::StatusOr<TreeHashes> ProveConsistency(uint64_t old_size, uint64_t new_size,
                                            const NodeReader& nodes);

// DATA_LOSS unless the path leads from the leaf to the root.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const TreeHash& leaf,
                             const TreeHashes& path, const TreeHash& root);

// DATA_LOSS unless the path leads to both roots.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const TreeHash& old_root,
                               const TreeHash& new_root, const TreeHashes& path);

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_MERKLE_TREE_H_
