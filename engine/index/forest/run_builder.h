// RunBuilder: writes the pages of one run.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_BUILDER_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/index/forest/page.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/rank_window.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/run_fences.h"

namespace annals::forest {

// Where the pages of a run in the making go. Not thread-safe.
class PageWriter {
 public:
  // Into `store`, or, if that is null, into memory. The store must outlive it.
  PageWriter(uint32_t run, PageStore* store) : run_(run), store_(store) {}

  bool is_stored() const { return store_ != nullptr; }

  // Whatever the store says.
  absl::Status Add(PageKind kind, uint32_t index, std::string bytes);
  absl::Status Flush();

  // Of what was flushed to the store.
  absl::StatusOr<PinnedPages> ReadNodes(absl::Span<const RunFences::Node> nodes) const;

  // What was added of the fences.
  uint32_t fence_pages() const { return fence_pages_; }
  OwnPages TakeOwnPages() { return std::move(own_); }

 private:
  const uint32_t run_;
  PageStore* const store_;
  std::vector<Page> pending_;
  size_t pending_bytes_ = 0;
  uint32_t fence_pages_ = 0;
  OwnPages own_;
};

// The open page of a block, and the sums of the block's pages before it.
class OpenPage {
 public:
  OpenPage(size_t measures, uint32_t child_log2, size_t children)
      : measures_(measures),
        child_log2_(child_log2),
        sums_(children * measures),
        stayed_(measures) {}

  const Entries& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }

  // Of the last group: its first entry here. Those of groups before it are done.
  size_t group_begin() const { return group_begin_; }

  void StartGroup() { group_begin_ = size(); }
  void NameGroup(uint32_t id) { entries_.groups.push_back({id, 0}); }
  void Append(int64_t key, int64_t rank, const Entries& from, size_t index);

  // The first group has entries on earlier pages that went down.
  bool follows_strays() const { return continued_ && has_strays_; }

  // The page's bytes. `continues`: the next page goes on with the last group, of which
  // the entries with the ranks `stay` stay here, and the others go down.
  std::string Close(bool continues, RankRange stay);
  // After Close(): the next page.
  void Reopen();

 private:
  const size_t measures_;
  const uint32_t child_log2_;
  Entries entries_;
  size_t group_begin_ = 0;
  bool continued_ = false;
  bool continues_ = false;
  // Of the last group, on the pages before this one:
  bool has_strays_ = false;
  bool has_stayed_ = false;
  std::vector<absl::int128> sums_;    // what went down; children times measures,
  std::vector<absl::int128> stayed_;  // and what stayed; by measure.
};

// Takes entries by (group, valid), then the leaves' known times. An entry goes
// down from its page to the block's child that it is in only if its group goes on
// after that page, and if it is late (rank_window.h): no query needs it there
// otherwise (GroupProbe says why). So small groups, and those of which the news is
// on time, cost one level, whatever the size of the run.
class RunBuilder {
 public:
  // `first_known` has the first known time of every leaf. The writer must outlive it.
  RunBuilder(const RunShape& shape, size_t measures, uint64_t points,
             std::vector<int64_t> first_known, PageWriter* writer);
  RunBuilder(const RunBuilder&) = delete;
  RunBuilder& operator=(const RunBuilder&) = delete;

  // All methods return what the store says.
  absl::Status Append(uint32_t group, const Entries& from, size_t index);
  absl::Status FinishEntries();
  // The known times of the next leaf: as many as a leaf has, but for the last.
  absl::Status AppendLeaf(absl::Span<const int64_t> known);
  absl::StatusOr<RunFences> Finish();

  uint64_t leaf_points() const { return uint64_t{1} << fences_.leaf_log2; }

 private:
  struct Child {
    OpenPage page;
    uint32_t group = 0;
    std::vector<RunFences::Node> nodes;
  };

  absl::Status CloseTop(std::optional<int64_t> next_valid);
  RunFences::Window WindowOf(std::optional<int64_t> next_valid);
  absl::Status AppendToChild(uint32_t top, const Entries& from, size_t index);
  absl::Status CloseNode(Child* child, bool continues);
  absl::Status LoadLeaves(uint64_t child);
  size_t GoesDownFrom(const Entries& node, uint32_t next_top) const;
  void AppendToLeaf(int64_t top, uint64_t rank, const Entries& from, size_t index);

  const RunShape shape_;
  const size_t measures_;
  PageWriter* const writer_;
  RunFences fences_;
  OpenPage top_;
  WindowPicker picker_;
  uint32_t group_ = 0;
  std::vector<Child> children_;  // If there are node pages.
  uint32_t node_count_ = 0;
  std::vector<Entries> leaves_;  // From first_leaf_ on; of one child, or of all.
  uint64_t first_leaf_ = 0;
  uint32_t next_leaf_ = 0;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_BUILDER_H_
