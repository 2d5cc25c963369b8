// WindowPicker: which entries stay with their top page, for they come nearly in
// order of known time.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RANK_WINDOW_H_
#define ANNALS_ENGINE_INDEX_FOREST_RANK_WINDOW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace annals::forest {

// The ranks from `begin` up to, not including, `end`.
struct RankRange {
  uint64_t begin = 0;
  uint64_t end = UINT64_MAX;

  bool Has(uint64_t rank) const { return begin <= rank && rank < end; }
};

// Live news becomes known soon after it happened: the entries of a top page, which
// follow one another in valid time, then have ranks that lie close together. Those
// that do stay with the page, and a query that cuts through their window reads the
// page; of all other pages, it needs but the sum of what stays with them. The
// others, which are late, go down to node and leaf pages.
//
// Invariant, of one group's pages: neither end of the windows ever descends, and
// no rank is in more than kMostCut of them. So the windows that a rank cuts through
// are those of a few pages in a row.
//
// Not thread-safe. `first_known` must outlive it.
class WindowPicker {
 public:
  static constexpr size_t kMostCut = 8;

  // A window with late entries around it is a page wider only for this share of a page's
  // entries: a query that cuts through it reads another page, all others gain nothing.
  static constexpr size_t kWorthOfPage = 32;

  // `first_known` has the known time of every 2^leaf_log2-th of the run's points.
  WindowPicker(const std::vector<int64_t>* first_known, unsigned leaf_log2, size_t page_entries)
      : first_known_(first_known), leaf_log2_(leaf_log2), page_entries_(page_entries) {}

  void StartGroup();

  // The window of the group's next page, whose entries have these ranks, the first of
  // them at `first_valid`; the page after it begins at `next_valid`. None of the entries
  // stay if there is no window with at least half of them: then it is empty, at the edge
  // of a leaf, so that no leaf cuts through it, and false is returned. O(n log n).
  bool Pick(absl::Span<const int64_t> ranks, int64_t first_valid, int64_t next_valid,
            RankRange* window);

 private:
  // A page of the group, of the last kMostCut.
  struct Page {
    uint64_t end;       // Of its window.
    double first_rank;  // Of a point that is known as soon as the page's first happened.
    uint64_t entries;   // Of the group's pages before it.
  };

  double RankAt(int64_t time) const;

  const std::vector<int64_t>* const first_known_;
  const unsigned leaf_log2_;
  const size_t page_entries_;
  std::array<Page, kMostCut> pages_ = {};  // By number modulo kMostCut.
  size_t page_count_ = 0;
  uint64_t entries_ = 0;
  RankRange last_ = {0, 0};
  std::vector<int64_t> sorted_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RANK_WINDOW_H_
