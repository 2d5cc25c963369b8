#include "engine/proof/merkle_tree.h"

#include <bit>
#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr absl::string_view kLeafPrefix("\0", 1);
constexpr absl::string_view kNodePrefix("\1", 1);

TreeHash EmptyHash() { return Sha256({}); }

// The largest power of two below `leaves`, of which there are two at least: where
// RFC 9162 splits a tree.
uint64_t SplitOf(uint64_t leaves) { return std::bit_floor(leaves - 1); }

// A subtree over the leaves from `begin` up to, but without, `end`, as they come
// about by splitting: `begin` is a multiple of the least power of two that is not
// below its size.
struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;

  uint64_t size() const { return end - begin; }
  bool is_full() const { return std::has_single_bit(size()); }
  Range Left() const { return {begin, begin + SplitOf(size())}; }
  Range Right() const { return {begin + SplitOf(size()), end}; }
};

absl::StatusOr<TreeHash> HashOf(Range range, const NodeReader& nodes) {
  if (range.size() == 0) return EmptyHash();
  if (range.is_full()) {
    const auto level = static_cast<uint32_t>(std::countr_zero(range.size()));
    return nodes({level, range.begin >> level});
  }
  ANNALS_ASSIGN_OR_RETURN(const TreeHash left, HashOf(range.Left(), nodes));
  ANNALS_ASSIGN_OR_RETURN(const TreeHash right, HashOf(range.Right(), nodes));
  return NodeHash(left, right);
}

absl::Status AppendHashOf(Range range, const NodeReader& nodes, TreeHashes* path) {
  ANNALS_ASSIGN_OR_RETURN(const TreeHash hash, HashOf(range, nodes));
  path->push_back(hash);
  return absl::OkStatus();
}

// PATH(index, D[range]).
absl::Status AppendPath(uint64_t index, Range range, const NodeReader& nodes, TreeHashes* path) {
  if (range.size() == 1) return absl::OkStatus();
  const Range left = range.Left();
  const Range right = range.Right();
  const bool is_left = index < left.end;
  ANNALS_RETURN_IF_ERROR(AppendPath(index, is_left ? left : right, nodes, path));
  return AppendHashOf(is_left ? right : left, nodes, path);
}

// SUBPROOF(old_end − range.begin, D[range], is_known): `is_known` while the old tree's
// root is the range's hash, which whoever checks has.
absl::Status AppendSubproof(uint64_t old_end, Range range, bool is_known, const NodeReader& nodes,
                            TreeHashes* path) {
  if (old_end == range.end) {
    return is_known ? absl::OkStatus() : AppendHashOf(range, nodes, path);
  }
  const Range left = range.Left();
  const Range right = range.Right();
  if (old_end <= left.end) {
    ANNALS_RETURN_IF_ERROR(AppendSubproof(old_end, left, is_known, nodes, path));
    return AppendHashOf(right, nodes, path);
  }
  ANNALS_RETURN_IF_ERROR(AppendSubproof(old_end, right, false, nodes, path));
  return AppendHashOf(left, nodes, path);
}

absl::Status TheProofIsWrong(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("the proof is wrong: ", why));
}

absl::Status Compare(const TreeHash& led_to, const TreeHash& root, absl::string_view which) {
  if (led_to == root) return absl::OkStatus();
  return TheProofIsWrong(absl::StrCat("it leads to another root than the ", which));
}

}  // namespace

TreeHash LeafHash(absl::string_view leaf) { return LeafHash({&leaf, 1}); }

TreeHash LeafHash(absl::Span<const absl::string_view> pieces) {
  absl::InlinedVector<absl::string_view, 16> prefixed = {kLeafPrefix};
  prefixed.insert(prefixed.end(), pieces.begin(), pieces.end());
  return Sha256(prefixed);
}

TreeHash NodeHash(const TreeHash& left, const TreeHash& right) {
  return Sha256({kNodePrefix, AsBytes(left), AsBytes(right)});
}

absl::StatusOr<MerkleEdge> MerkleEdge::Read(uint64_t size, const NodeReader& nodes) {
  MerkleEdge edge;
  edge.size_ = size;
  uint64_t begin = 0;
  while (begin < size) {
    const uint64_t leaves = std::bit_floor(size - begin);
    ANNALS_ASSIGN_OR_RETURN(const TreeHash hash, HashOf({begin, begin + leaves}, nodes));
    edge.peaks_.push_back(hash);
    begin += leaves;
  }
  return edge;
}

TreeHash MerkleEdge::Root() const {
  if (peaks_.empty()) return EmptyHash();
  TreeHash root = peaks_.back();
  for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak) {
    root = NodeHash(*peak, root);
  }
  return root;
}

void MerkleEdge::Append(const TreeHash& leaf,
                        absl::FunctionRef<void(NodeId, const TreeHash&)> store) {
  TreeHash hash = leaf;
  uint64_t index = size_;
  uint32_t level = 0;
  store({level, index}, hash);
  for (; (index & 1) == 1; index >>= 1) {
    hash = NodeHash(peaks_.back(), hash);
    peaks_.pop_back();
    store({++level, index >> 1}, hash);
  }
  peaks_.push_back(hash);
  ++size_;
}

absl::StatusOr<TreeHash> RootOf(uint64_t size, const NodeReader& nodes) {
  return HashOf({0, size}, nodes);
}

absl::StatusOr<TreeHashes> ProveInclusion(uint64_t index, uint64_t size, const NodeReader& nodes) {
  if (index >= size) {
    return absl::OutOfRangeError(absl::StrCat("leaf ", index, " is none of a tree of ", size));
  }
  TreeHashes path;
  ANNALS_RETURN_IF_ERROR(AppendPath(index, {0, size}, nodes, &path));
  return path;
}

absl::StatusOr<TreeHashes> ProveConsistency(uint64_t old_size, uint64_t new_size,
                                            const NodeReader& nodes) {
  if (old_size > new_size) {
    return absl::OutOfRangeError(
        absl::StrCat("a tree of ", old_size, " can't be the beginning of one of ", new_size));
  }
  TreeHashes path;
  if (old_size == 0) return path;
  ANNALS_RETURN_IF_ERROR(AppendSubproof(old_size, {0, new_size}, true, nodes, &path));
  return path;
}

// RFC 9162, section 2.1.3.2.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const TreeHash& leaf,
                             const TreeHashes& path, const TreeHash& root) {
  if (index >= size) return TheProofIsWrong("its leaf is none of the tree's");
  uint64_t node = index;
  uint64_t last = size - 1;
  TreeHash hash = leaf;
  for (const TreeHash& sibling : path) {
    if (last == 0) return TheProofIsWrong("it is too long");
    if ((node & 1) == 1 || node == last) {
      hash = NodeHash(sibling, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return TheProofIsWrong("it is too short");
  return Compare(hash, root, "tree's");
}

// RFC 9162, section 2.1.4.2.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const TreeHash& old_root,
                               const TreeHash& new_root, const TreeHashes& path) {
  if (old_size > new_size) return TheProofIsWrong("the old tree is larger than the new one");
  if (old_size == 0 || old_size == new_size) {
    if (!path.empty()) return TheProofIsWrong("it is too long");
    return old_size == 0 ? Compare(EmptyHash(), old_root, "old tree's")
                         : Compare(old_root, new_root, "new tree's");
  }
  uint64_t node = old_size - 1;
  uint64_t last = new_size - 1;
  while ((node & 1) == 1) {
    node >>= 1;
    last >>= 1;
  }
  auto sibling = path.begin();
  // A full subtree is the old tree, whose root needs no proof.
  TreeHash old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    if (path.empty()) return TheProofIsWrong("it is too short");
    old_hash = *sibling++;
  }
  TreeHash new_hash = old_hash;
  for (; sibling != path.end(); ++sibling) {
    if (last == 0) return TheProofIsWrong("it is too long");
    if ((node & 1) == 1 || node == last) {
      old_hash = NodeHash(*sibling, old_hash);
      new_hash = NodeHash(*sibling, new_hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, *sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return TheProofIsWrong("it is too short");
  ANNALS_RETURN_IF_ERROR(Compare(old_hash, old_root, "old tree's"));
  return Compare(new_hash, new_root, "new tree's");
}

}  // namespace annals
