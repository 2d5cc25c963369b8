// KnownCut and GroupProbe: one question to one run, planned by its fences before
// the pages are there, answered from the pages after.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_QUERY_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "engine/index/forest/page.h"
#include "engine/index/forest/page_batch.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/point.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/run_fences.h"

namespace annals::forest {

// How many of a run's points, in known order, a known time admits. Planned
// before the pages are there, resolved after.
class KnownCut {
 public:
  KnownCut(const Run& run, int64_t known, PageBatch* batch);
  // Asks the processor for what Resolve will read.
  void Prefetch(const Run& run, const PageBatch& batch) const;
  absl::Status Resolve(const Run& run, const PageBatch& batch);

  bool admits_none() const { return extent_ == Extent::kNone; }
  bool admits_all() const { return extent_ == Extent::kAll; }
  uint32_t leaf() const { return leaf_; }
  uint64_t rank() const { return rank_; }
  const LeafPage& leaf_page() const { return *page_; }

 private:
  enum class Extent { kNone, kPart, kAll };

  Extent extent_;
  int64_t known_;
  uint32_t leaf_ = 0;
  size_t slot_ = 0;
  uint64_t rank_;
  std::optional<LeafPage> page_;
};

// One group's sum in a run up to a valid time, within a KnownCut.
//
//   1. Of the entries up to `valid`, those on the last top page are compared one
//      by one. The earlier top pages are the group's as a whole: what remains is
//      how much they hold below the cut.
//   2. Of that, the top page's sums have the children that are wholly below.
//   3. In the child that the cut goes through, one node page has the same two
//      things: entries to compare, and sums of the leaves that are wholly below.
//   4. In the leaf that the cut goes through, entries are compared one by one.
class GroupProbe {
 public:
  // None if the run has nothing for it. `cut` must admit something.
  static std::optional<GroupProbe> Plan(const Run& run, uint32_t group, int64_t valid,
                                        const KnownCut& cut, PageBatch* batch);

  // For a group that lies wholly on `top`, which is `slot` of the batch.
  GroupProbe(const Run& run, uint32_t group, int64_t valid, uint32_t top, size_t slot)
      : run_(&run), group_(group), valid_(valid), top_range_{top, top}, top_slot_(slot) {}

  // Ask the processor for what AddTo will read: first for the pages' heads; once
  // those are there, for what they lead to.
  void PrefetchHeads(const PageBatch& batch) const;
  void Prefetch(const KnownCut& cut, const PageBatch& batch) const;
  absl::Status AddTo(WeightSum* sum, const KnownCut& cut, const PageBatch& batch) const;

 private:
  absl::Status AddNode(WeightSum* sum, const KnownCut& cut, const PageBatch& batch) const;
  absl::Status AddLeaf(WeightSum* sum, const KnownCut& cut, uint32_t end) const;
  absl::Status Annotated(const absl::Status& status, PageKind kind, uint32_t index) const;

  const Run* run_;
  uint32_t group_;
  int64_t valid_;
  RunFences::TopRange top_range_;
  size_t top_slot_;
  const RunFences::Node* node_ = nullptr;
  size_t node_slot_ = 0;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_QUERY_H_
