// Page: the entries of one part of a run, and the sums of what precedes them.
//
//   entry_page = entries:varint earlier:varint groups:varint
//                [ids:column ends:packed] keys:column ranks:column
//                weight{measures} [sums{measures}] [total{measures}]
//   leaf_page  = points:varint known:column entry_page
//   earlier    = 2 * children + (1 if there are totals)
//   weight     = packed | 128:byte measure:byte      the same as that measure's
//   total      = low:varint high:varint              of a zigzag int128
//
// All but the columns' data is in the page's head (bits.h; column, packed and
// sums: column.h, sum_column.h). The keys of a top page are valid times, packed;
// within each group the ranks ascend, so that what a known time cuts off a page is
// found without a look at every entry; `ends` has the index after each group's last
// entry. The keys of a node or leaf page are the numbers of top pages, ascending;
// it has no groups, and its ranks are packed. Ranks are known-time ranks within the
// block that the page belongs to. If the first entry's group has earlier pages in the block, the
// page speaks for their entries: sums has, for each child of the block, the weights of those that
// went down to that child and to the ones before it; total, the weights of those that stayed
// (rank_window.h). Neither is there if there are no such entries.
#ifndef ANNALS_ENGINE_INDEX_FOREST_PAGE_H_
#define ANNALS_ENGINE_INDEX_FOREST_PAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/index/forest/bits.h"
#include "engine/index/forest/column.h"
#include "engine/index/forest/field_scan.h"
#include "engine/index/forest/point.h"
#include "engine/index/forest/rank_window.h"

namespace annals::forest {

// Entries as columns: what a page holds, before it is written and after it is
// read as a whole.
struct Entries {
  struct Group {
    uint32_t id;
    uint32_t end;
  };

  std::vector<int64_t> keys;
  std::vector<int64_t> ranks;
  std::array<std::vector<int64_t>, kMaxMeasures> weights;  // The first `measures`.
  std::vector<Group> groups;                               // Of a top page only.

  size_t size() const { return keys.size(); }
  void Clear();
  void Resize(size_t size, size_t measures);

  // Of a top page. A page has each group's entries by rank; whoever makes a run takes
  // them by key, which is the order of the pages.
  enum class Order { kByKey, kByRank };
  void SortGroups(Order order);
};

// What a page says of the earlier pages' entries; empty if there are none.
struct EarlierSums {
  absl::Span<const absl::int128> by_child;  // Children times measures; not added up yet.
  absl::Span<const absl::int128> stayed;    // By measure.
};

// If there are groups, each one's ranks must ascend.
std::string EncodeEntryPage(const Entries& entries, size_t measures, const EarlierSums& earlier);

std::string EncodeLeafPage(absl::Span<const int64_t> known, const Entries& entries,
                           size_t measures);

// A view of an entry page's bytes, which must outlive it. Reads only what it is
// asked for; what it then finds malformed is DATA_LOSS.
class EntryPage {
 public:
  static absl::StatusOr<EntryPage> Parse(absl::string_view bytes, size_t measures);

  size_t size() const { return size_; }
  const Column& keys() const { return keys_; }

  // The first entry's group has entries on earlier pages that went down.
  bool continues() const { return children_ > 0; }

  // Indices into the entries; empty if the group isn't here.
  struct Slice {
    size_t begin = 0;
    size_t end = 0;
  };
  Slice FindGroup(uint32_t group) const;
  std::vector<Entries::Group> Groups() const;

  // Of the earlier pages' entries: those that went down to the first children, so
  // many, and those that stayed.
  struct Earlier {
    size_t children = 0;
    bool stayed = false;
  };

  // Of a top page: the part of a group's slice that has one of the ranks.
  Slice WithRanks(Slice slice, RankRange ranks) const;

  // Which entries of a slice count: all, those with keys up to a limit (of a top page),
  // or those with ranks below it (of a node or leaf page).
  struct Filter {
    enum Field : uint8_t { kNone, kKeyUpTo, kRankBelow };
    Field field = kNone;
    int64_t limit = 0;
  };

  // Adds the weights of those entries in `slice` that count, and those of the earlier
  // ones, if there are any.
  absl::Status AddTo(WeightSum* sum, Slice slice, Filter filter, Earlier earlier) const;

  // Ask the processor for what keys().UpperBound(key, …), WithRanks({…, {…, rank}}) and
  // AddTo will read.
  void PrefetchKey(int64_t key) const { keys_.PrefetchBound(key); }
  void PrefetchRank(uint64_t rank) const;
  void Prefetch(Slice slice, Filter filter, size_t children) const;

  absl::StatusOr<Entries> Decode() const;

 private:
  friend class LeafPage;
  EntryPage() = default;
  void ReadHead(PageReader* page, size_t measures);
  bool ReadWeights(PageReader* page, std::array<Column, kMaxMeasures>* weights,
                   std::array<uint8_t, kMaxMeasures>* same_as) const;
  FieldMarks Marked(Slice slice, Filter filter, Column::Piece piece) const;
  // False: the page is malformed.
  bool AddEarlier(WeightSum* sum, Earlier earlier, PageReader* page) const;

  size_t measures_ = 0;
  size_t size_ = 0;
  size_t group_count_ = 0;
  size_t children_ = 0;
  bool has_stayed_ = false;
  Column group_ids_, group_ends_, keys_, ranks_;
  PageReader rest_;  // From the weights on.
};

class LeafPage {
 public:
  static absl::StatusOr<LeafPage> Parse(absl::string_view bytes, size_t measures);

  const Column& known() const { return known_; }
  absl::StatusOr<EntryPage> entries() const;

 private:
  LeafPage() = default;

  size_t measures_ = 0;
  Column known_;
  PageReader rest_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_PAGE_H_
