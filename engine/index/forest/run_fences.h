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
#include "engine/index/forest/sampled_search.h"

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

  // What a top page's ranks are. Of a page that goes on with its last group on the
  // next one, [begin, end) is the window of those of that group that stay with it
  // (rank_window.h); of another, all its entries' ranks are in it.
  struct Window {
    enum Trait : uint8_t {
      kContinues = 1,     // The page's last group goes on on the next one.
      kStays = 2,         // Some of its entries stay.
      kWhole = 4,         // No entry of the page has a rank outside of the window.
      kFollowsStrays = 8  // Of the first one's group, entries of earlier pages went down.
    };

    uint32_t begin = 0;
    uint32_t end = 0;
    uint8_t traits = 0;

    bool Is(Trait trait) const { return (traits & trait) != 0; }
  };

  uint64_t points = 0;
  int64_t last_known = 0;
  uint32_t leaf_log2 = 0;
  uint32_t child_log2 = 0;
  std::vector<Group> groups;             // Each group that a top page begins with.
  std::vector<int64_t> top_first_valid;  // By top page: its first entry's.
  std::vector<Window> windows;           // By top page.
  std::vector<int64_t> leaf_first_known;
  std::vector<uint32_t> child_nodes;  // By child: where its nodes begin; one more at the end.
  std::vector<Node> nodes;            // By child, then by first_top.

  static RunFences ForShape(const RunShape& shape, uint64_t points);

  // Makes ready to find anything: after the last change to what is above.
  void Sample();

  bool has_nodes() const { return child_log2 != leaf_log2; }
  uint64_t leaves() const { return ((points - 1) >> leaf_log2) + 1; }
  uint64_t children() const { return ((points - 1) >> child_log2) + 1; }

  // Asks the processor for what FindTop and FindWindows will wait for.
  void Prefetch(uint32_t group, int64_t valid) const;

  // Where the points of `group` up to `valid` are among the top pages: those of
  // [begin, top) belong to the group alone and are within `valid`, as far as
  // they have entries below them; `top` has to be read. None: no such point.
  struct TopRange {
    uint32_t begin;
    uint32_t top;
  };
  std::optional<TopRange> FindTop(uint32_t group, int64_t valid) const;

  // Of the group's top pages before `range.top`: of those in [first, begin), all that
  // stays has ranks below `least`; of those from `end` on, nothing has ranks below
  // `most`; what is in between has to be read.
  struct WindowCut {
    uint32_t first;
    uint32_t begin;
    uint32_t end;
  };
  WindowCut FindWindows(TopRange range, uint64_t least, uint64_t most) const;

  // The last node page of `child` that has entries of top pages before `top`.
  const Node* FindNode(uint64_t child, uint32_t top) const;

  // The leaf that the last point up to `known` is in. None: no such point.
  std::optional<uint32_t> FindLeaf(int64_t known) const;

  // The group that a top page begins with.
  uint32_t FirstGroup(uint32_t top) const;

  size_t memory_bytes() const;

  // What is decoded is ready to find anything. DATA_LOSS if the bytes are no encoding.
  std::string Encode() const;
  static absl::StatusOr<RunFences> Decode(absl::string_view bytes);

 private:
  // Top pages.
  using Pages = SampledSearch<int64_t>::Range;

  // Those that begin with the group; none, where they would be.
  Pages OwnPages(uint32_t group) const;

  SampledSearch<int64_t> top_search_, leaf_search_;
  SampledSearch<uint32_t> window_search_;  // By window.end.
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_FENCES_H_
