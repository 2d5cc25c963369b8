// KnownCut and GroupProbe: one question to one run, planned by its fences before
// the pages are there, answered from the pages after.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_QUERY_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "engine/base/status.h"
#include "engine/index/forest/page.h"
#include "engine/index/forest/page_batch.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/point.h"
#include "engine/index/forest/rank_window.h"
#include "engine/index/forest/run.h"
#include "engine/index/forest/run_fences.h"

namespace annals::forest {

// How many of a run's points, in known order, a known time admits: between two
// limits that the fences tell, and exactly, if that is asked for before the pages
// are there. Then it is opened and resolved after.
class KnownCut {
 public:
  KnownCut(const Run& run, int64_t known);

  bool admits_none() const { return most_rank_ == 0; }
  bool admits_all() const { return !leaf_; }
  // Of a cut that admits some but not all.
  uint32_t leaf() const { return *leaf_; }

  uint64_t least_rank() const { return least_rank_; }
  uint64_t most_rank() const { return most_rank_; }

  // Asks for what rank() and leaf_page() need.
  void AskForRank(const Run& run, PageBatch* batch);

  // Open asks the processor for what Resolve will read. Once done, they do nothing.
  absl::Status Open(const Run& run, const PageBatch& batch);
  void Resolve(const Run& run);

  // If it wasn't asked for: some number between the limits.
  uint64_t rank() const { return rank_; }
  const LeafPage& leaf_page() const { return *page_; }

 private:
  int64_t known_;
  std::optional<uint32_t> leaf_;
  uint64_t least_rank_;
  uint64_t most_rank_;
  uint64_t rank_;
  std::optional<size_t> slot_;
  std::optional<LeafPage> page_;
  bool is_resolved_ = false;
};

// Part of one group's sum in a run up to a valid time, within a KnownCut.
//
//   1. Of the entries up to `valid`, those on the last top page are compared one
//      by one, as far as they are below the cut. The earlier top pages are the
//      group's as a whole: what remains is how much they hold below the cut.
//   2. Of what stays with them (rank_window.h), the pages that the cut goes through
//      have it in order of rank. The first of them, or whichever comes next, has the
//      sum of those that are wholly below.
//   3. Of what went down, the top page's sums have the children that are wholly below.
//   4. In the child that the cut goes through, one node page has the same two
//      things: entries to compare, and sums of the leaves that are wholly below.
//   5. In the leaf that the cut goes through, entries are compared one by one.
//
// Each page that the cut goes through has a probe of its own, and another one has
// the rest. They are answered in three steps, each of which asks the processor for
// what the next one reads: with a few probes in the same step, their waits are one.
class GroupProbe {
 public:
  using List = absl::InlinedVector<GroupProbe, kFewPages>;

  // Appends the group's probes, none if the run has nothing for it. `cut` must admit
  // something, and is asked for its rank if they need that.
  static void Plan(const Run& run, uint32_t group, int64_t valid, KnownCut* cut, PageBatch* batch,
                   List* probes);

  // For a group that lies wholly on `top`, which is `slot` of the batch.
  GroupProbe(const Run& run, uint32_t group, int64_t valid, uint32_t top, size_t slot)
      : run_(&run), group_(group), valid_(valid), top_range_{top, top}, top_slot_(slot) {}

  uint32_t group() const { return group_; }

  // Before the steps: asks for the pages' heads.
  void PrefetchHeads(const PageBatch& batch) const;

  // What is to be added of a page: entries to compare, and so many sums.
  struct Part {
    std::optional<EntryPage> page;
    EntryPage::Slice slice;
    EntryPage::Filter filter;
    EntryPage::Earlier earlier;
  };
  // What the steps hand on.
  struct Reading {
    Part top, node, leaf;
  };

  // 1. Opens the pages. DATA_LOSS if one is malformed, as in the other steps.
  absl::Status Open(const PageBatch& batch, const KnownCut& cut, Reading* reading) const;
  // 2. Finds the parts. The cut must be resolved.
  absl::Status Locate(const KnownCut& cut, Reading* reading) const;
  // 3. Adds them up.
  absl::Status AddTo(WeightSum* sum, const KnownCut& cut, const Reading& reading) const;

 private:
  // None of the top page's own entries count.
  void CountNone() {
    ranks_ = {0, 0};
    is_cut_ = false;
  }

  // Of a window's page: the entries that stay with it.
  static GroupProbe OfWindow(const Run& run, uint32_t group, uint32_t top, PageBatch* batch);

  absl::Status LocateNode(const KnownCut& cut, Reading* reading) const;
  absl::Status LocateLeaf(const KnownCut& cut, uint32_t end, Reading* reading) const;
  uint64_t ChildOf(const KnownCut& cut) const;
  absl::Status Annotated(const absl::Status& status, PageKind kind, uint32_t index) const;

  const Run* run_;
  uint32_t group_;
  int64_t valid_;
  RunFences::TopRange top_range_;
  size_t top_slot_;
  RankRange ranks_;           // Which entries of the top page count,
  bool is_cut_ = true;        // and whether that has to be looked for: else, all or none do.
  bool adds_stayed_ = false;  // Those of the pages before it.
  bool adds_strays_ = false;  // What went down from the pages before it.
  const RunFences::Node* node_ = nullptr;
  size_t node_slot_ = 0;
};

// Calls step1(i), step2(i), step3(i) for each i < count, each step for a few i
// before the next step for the first of them. Step 1 of i comes after step 3 of
// i - kInFlight. Returns the first status that isn't OK.
inline constexpr size_t kInFlight = 16;
template <typename Step1, typename Step2, typename Step3>
absl::Status InThreeSteps(size_t count, Step1 step1, Step2 step2, Step3 step3) {
  constexpr size_t kAhead = kInFlight / 2;
  for (size_t i = 0; i < count + 2 * kAhead; ++i) {
    if (i >= 2 * kAhead) ANNALS_RETURN_IF_ERROR(step3(i - 2 * kAhead));
    if (i < count) ANNALS_RETURN_IF_ERROR(step1(i));
    if (i >= kAhead && i - kAhead < count) ANNALS_RETURN_IF_ERROR(step2(i - kAhead));
  }
  return absl::OkStatus();
}

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_QUERY_H_
