// RunFences: what is kept in memory of a run: enough to know, without a read,
// every page that a query needs.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_FENCES_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_FENCES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::forest {

// The sizes of a run's parts. Tests make them tiny, to reach every level with
// few points.
struct RunShape {
  size_t page_entries = 512;  // Of a top page; a node page may have twice as many.
  uint32_t leaf_points_log2 = 10;
  size_t flat_leaves = 256;  // With more leaves, a run has node pages.
};

// A run's points in known order have the ranks 0, 1, …. A leaf is 2^leaf_log2
// consecutive ranks, a child of the top block 2^child_log2: the same where the
// run has no node pages.
struct RunFences {
  // The top pages of one group begin with the group's points, but for the one
  // before them, where its first points may be.
  struct Group {
    uint32_t id;
    uint32_t first_page;
  };
  // A node page, and the number of the first top page that it has entries of.
  struct Node {
    uint32_t first_top;
    uint32_t page;
  };

  uint64_t points = 0;
  int64_t last_known = 0;
  uint32_t leaf_log2 = 0;
  uint32_t child_log2 = 0;
  std::vector<Group> groups;             // Each group that a top page begins with.
  std::vector<int64_t> top_first_valid;  // By top page: its first entry's.
  std::vector<int64_t> leaf_first_known;
  std::vector<uint32_t> child_nodes;  // By child: where its nodes begin; one more at the end.
  std::vector<Node> nodes;            // By child, then by first_top.

  static RunFences ForShape(const RunShape& shape, uint64_t points);

  bool has_nodes() const { return child_log2 != leaf_log2; }
  uint64_t leaves() const { return ((points - 1) >> leaf_log2) + 1; }
  uint64_t children() const { return ((points - 1) >> child_log2) + 1; }

  // Where the points of `group` up to `valid` are among the top pages: those of
  // [begin, top) belong to the group alone and are within `valid`, as far as
  // they have entries below them; `top` has to be read. None: no such point.
  struct TopRange {
    uint32_t begin;
    uint32_t top;
  };
  std::optional<TopRange> FindTop(uint32_t group, int64_t valid) const;

  // The last node page of `child` that has entries of top pages before `top`.
  const Node* FindNode(uint64_t child, uint32_t top) const;

  // The leaf that the last point up to `known` is in. None: no such point.
  std::optional<uint32_t> FindLeaf(int64_t known) const;

  // The group that a top page begins with.
  uint32_t FirstGroup(uint32_t top) const;

  size_t memory_bytes() const;

  // DATA_LOSS if the bytes are no encoding.
  std::string Encode() const;
  static absl::StatusOr<RunFences> Decode(absl::string_view bytes);
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_FENCES_H_
