#include "engine/index/forest/page.h"

#include <algorithm>

#include "absl/status/status.h"
#include "engine/index/forest/sum_column.h"

namespace annals::forest {
namespace {

constexpr uint8_t kSameAs = 128;

// More entries than any page has, few enough that a damaged count is refused
// before memory is asked for.
constexpr size_t kMostEntries = size_t{1} << 20;

void AppendWeights(const Entries& entries, size_t measures, PageParts* page) {
  for (size_t m = 0; m < measures; ++m) {
    const auto begin = entries.weights.begin();
    const auto same = std::find(begin, begin + m, entries.weights[m]);
    if (same != begin + m) {
      page->head.push_back(static_cast<char>(kSameAs));
      page->head.push_back(static_cast<char>(same - begin));
    } else {
      AppendPackedColumn(entries.weights[m], page);
    }
  }
}

// A group's ids and ends both ascend.
void AppendGroups(const Entries& entries, PageParts* page) {
  AppendVarint(entries.groups.size(), &page->head);
  if (entries.groups.empty()) return;
  std::vector<int64_t> column;
  for (const Entries::Group& group : entries.groups) column.push_back(group.id);
  AppendMonotoneColumn(column, page);
  column.clear();
  for (const Entries::Group& group : entries.groups) column.push_back(group.end);
  AppendPackedColumn(column, page);
}

void AppendSums(absl::Span<const absl::int128> child_sums, size_t measures, PageParts* page) {
  const size_t children = child_sums.size() / measures;
  if (children == 0) return;
  std::vector<absl::int128> sums(children);
  for (size_t m = 0; m < measures; ++m) {
    absl::int128 sum = 0;
    for (size_t child = 0; child < children; ++child) {
      sum += child_sums[child * measures + m];
      sums[child] = sum;
    }
    AppendSumColumn(sums, page);
  }
}

void AppendTotals(absl::Span<const absl::int128> totals, std::string* head) {
  for (const absl::int128& total : totals) {
    const absl::uint128 zigzag = (absl::uint128(total) << 1) ^ absl::uint128(total >> 127);
    AppendVarint(absl::Uint128Low64(zigzag), head);
    AppendVarint(absl::Uint128High64(zigzag), head);
  }
}

absl::int128 ReadTotal(ByteReader* head) {
  const uint64_t low = head->Varint();
  const absl::uint128 zigzag = absl::MakeUint128(head->Varint(), low);
  return absl::int128((zigzag >> 1) ^ (~(zigzag & 1) + 1));
}

// Of 2^32 weights at most, each within 64 bits: what is larger is damage, and so large
// that adding it up could overflow.
bool IsTotal(absl::int128 total) {
  constexpr absl::int128 kMost = absl::MakeInt128(int64_t{1} << 32, 0);
  return -kMost <= total && total <= kMost;
}

void AppendEntryPage(const Entries& entries, size_t measures, const EarlierSums& earlier,
                     PageParts* page) {
  AppendVarint(entries.size(), &page->head);
  AppendVarint(2 * (earlier.by_child.size() / measures) + (earlier.stayed.empty() ? 0 : 1),
               &page->head);
  AppendGroups(entries, page);
  const size_t groups = entries.groups.size();
  const auto append_keys = groups == 0 ? AppendMonotoneColumn : AppendPackedColumn;
  append_keys(entries.keys, page);
  // Of several groups, the ranks don't ascend.
  const auto append_ranks = groups == 1 ? AppendMonotoneColumn : AppendPackedColumn;
  append_ranks(entries.ranks, page);
  AppendWeights(entries, measures, page);
  AppendSums(earlier.by_child, measures, page);
  AppendTotals(earlier.stayed, &page->head);
}

absl::Status Malformed() { return absl::DataLossError("malformed page; rebuild the index"); }

// The `word`-th word of marks of which the first `count` are set.
uint64_t FirstOnes(size_t count, size_t word) {
  if (count <= word * 64) return 0;
  const size_t ones = count - word * 64;
  return ones < 64 ? (uint64_t{1} << ones) - 1 : ~uint64_t{0};
}

}  // namespace

void Entries::Clear() { Resize(0, kMaxMeasures); }

void Entries::Resize(size_t size, size_t measures) {
  keys.resize(size);
  ranks.resize(size);
  for (size_t m = 0; m < measures; ++m) weights[m].resize(size);
  groups.clear();
}

void Entries::SortGroups(Order order) {
  if (groups.empty()) return;
  struct Place {
    int64_t value;
    uint32_t index;
  };
  const std::vector<int64_t>& values = order == Order::kByKey ? keys : ranks;
  std::vector<Place> places(size());
  for (uint32_t i = 0; i < places.size(); ++i) places[i] = {values[i], i};
  size_t begin = 0;
  for (const Group& group : groups) {
    std::sort(places.begin() + begin, places.begin() + group.end,
              [](const Place& a, const Place& b) { return a.value < b.value; });
    begin = group.end;
  }
  std::vector<int64_t> sorted(size());
  const auto rearrange = [&](std::vector<int64_t>* column) {
    if (column->empty()) return;
    for (size_t i = 0; i < places.size(); ++i) sorted[i] = (*column)[places[i].index];
    column->swap(sorted);
  };
  rearrange(&keys);
  rearrange(&ranks);
  for (std::vector<int64_t>& column : weights) rearrange(&column);
}

std::string EncodeEntryPage(const Entries& entries, size_t measures, const EarlierSums& earlier) {
  PageParts page;
  AppendEntryPage(entries, measures, earlier, &page);
  return page.Join();
}

std::string EncodeLeafPage(absl::Span<const int64_t> known, const Entries& entries,
                           size_t measures) {
  PageParts page;
  AppendVarint(known.size(), &page.head);
  AppendMonotoneColumn(known, &page);
  AppendEntryPage(entries, measures, {}, &page);
  return page.Join();
}

void EntryPage::ReadHead(PageReader* page, size_t measures) {
  measures_ = measures;
  size_ = page->head.Varint();
  const uint64_t earlier = page->head.Varint();
  children_ = earlier / 2;
  has_stayed_ = earlier % 2 == 1;
  group_count_ = page->head.Varint();
  if (size_ > kMostEntries || children_ > kMostEntries || group_count_ > size_) page->head.Fail();
  if (!page->ok()) return;
  if (group_count_ > 0) {
    group_ids_ = Column(page, group_count_);
    group_ends_ = Column(page, group_count_);
    if (!group_ends_.is_packed()) page->head.Fail();
  }
  keys_ = Column(page, size_);
  ranks_ = Column(page, size_);
  if (!(group_count_ > 0 ? keys_ : ranks_).is_packed()) page->head.Fail();
  rest_ = *page;
}

absl::StatusOr<EntryPage> EntryPage::Parse(absl::string_view bytes, size_t measures) {
  PageReader reader(bytes);
  EntryPage page;
  page.ReadHead(&reader, measures);
  if (!reader.ok()) return Malformed();
  return page;
}

bool EntryPage::ReadWeights(PageReader* page, std::array<Column, kMaxMeasures>* weights,
                            std::array<uint8_t, kMaxMeasures>* same_as) const {
  for (size_t m = 0; m < measures_ && page->ok(); ++m) {
    (*same_as)[m] = static_cast<uint8_t>(m);
    if (page->head.Peek() == kSameAs) {
      page->head.Byte();
      (*same_as)[m] = page->head.Byte();
      if ((*same_as)[m] >= m) page->head.Fail();
    } else {
      (*weights)[m] = Column(page, size_);
      if (!(*weights)[m].is_packed()) page->head.Fail();
    }
  }
  return page->ok();
}

EntryPage::Slice EntryPage::FindGroup(uint32_t group) const {
  const size_t after = group_ids_.UpperBound(group, 0, group_count_);
  if (after == 0) return {};
  const size_t index = after - 1;
  const bool here = group_ids_.is_packed() ? group_ids_.At(index) == group
                                           : group_ids_.LowerBound(group, 0, group_count_) == index;
  if (!here) return {};
  const auto begin = index == 0 ? 0 : static_cast<uint64_t>(group_ends_.At(index - 1));
  const auto end = static_cast<uint64_t>(group_ends_.At(index));
  if (begin > end || end > size_) return {};
  return {begin, end};
}

std::vector<Entries::Group> EntryPage::Groups() const {
  std::vector<int64_t> ids(group_count_);
  group_ids_.Decode(ids.data());
  std::vector<Entries::Group> groups(group_count_);
  for (size_t i = 0; i < group_count_; ++i) {
    groups[i] = {static_cast<uint32_t>(ids[i]), static_cast<uint32_t>(group_ends_.At(i))};
  }
  return groups;
}

EntryPage::Slice EntryPage::WithRanks(Slice slice, RankRange ranks) const {
  const auto rank = [](uint64_t limit) {
    return static_cast<int64_t>(std::min<uint64_t>(limit, INT64_MAX));
  };
  const size_t end = ranks_.LowerBound(rank(ranks.end), slice.begin, slice.end);
  if (ranks.begin == 0) return {slice.begin, end};
  return {ranks_.LowerBound(rank(ranks.begin), slice.begin, end), end};
}

void EntryPage::PrefetchRank(uint64_t rank) const {
  ranks_.PrefetchBound(static_cast<int64_t>(std::min<uint64_t>(rank, INT64_MAX)));
}

// 1. The entries that count are marked, a few hundred at a time.
// 2. Each measure adds up the marked entries; a constant one multiplies.
// 3. One look-up a measure has what went down from the earlier pages, another what
//    stayed with them.
absl::Status EntryPage::AddTo(WeightSum* sum, Slice slice, Filter filter, Earlier earlier) const {
  PageReader reader = rest_;
  std::array<Column, kMaxMeasures> weights;
  std::array<uint8_t, kMaxMeasures> same_as;
  if (!ReadWeights(&reader, &weights, &same_as)) return Malformed();
  for (size_t first = slice.begin & ~size_t{7}; first < slice.end; first += kMostScanned) {
    const Column::Piece piece = {first, std::min(kMostScanned, slice.end - first)};
    const FieldMarks marks = Marked(slice, filter, piece);
    WeightSum part = {};
    for (size_t m = 0; m < measures_; ++m) {
      part[m] = same_as[m] != m ? part[same_as[m]] : weights[m].SumOf(marks, piece);
      (*sum)[m] += part[m];
    }
  }
  return AddEarlier(sum, earlier, &reader) ? absl::OkStatus() : Malformed();
}

// Of a piece that ends with the slice or before, and may begin before it.
FieldMarks EntryPage::Marked(Slice slice, Filter filter, Column::Piece piece) const {
  FieldMarks marks;
  if (filter.field == Filter::kKeyUpTo && filter.limit < INT64_MAX) {
    keys_.MarkBelow(filter.limit + 1, piece, &marks);
  } else if (filter.field == Filter::kRankBelow) {
    ranks_.MarkBelow(filter.limit, piece, &marks);
  } else {
    for (size_t i = 0; i < marks.size(); ++i) marks[i] = FirstOnes(piece.count, i);
  }
  if (piece.first < slice.begin) marks[0] &= ~uint64_t{0} << (slice.begin - piece.first);
  return marks;
}

bool EntryPage::AddEarlier(WeightSum* sum, Earlier earlier, PageReader* page) const {
  const size_t last = std::min(earlier.children, children_);
  if (last == 0 && !(earlier.stayed && has_stayed_)) return true;
  for (size_t m = 0; m < measures_ && children_ > 0; ++m) {
    const SumColumn sums(page, children_);
    if (!page->ok()) return false;
    if (last == 0) continue;
    const absl::int128 total = sums.At(last - 1);
    if (!IsTotal(total)) return false;
    (*sum)[m] += total;
  }
  if (!earlier.stayed || !has_stayed_) return true;
  for (size_t m = 0; m < measures_; ++m) {
    const absl::int128 total = ReadTotal(&page->head);
    if (!IsTotal(total)) return false;
    (*sum)[m] += total;
  }
  return page->ok();
}

void EntryPage::Prefetch(Slice slice, Filter filter, size_t children) const {
  if (filter.field == Filter::kKeyUpTo) keys_.PrefetchRange(slice.begin, slice.end);
  if (filter.field == Filter::kRankBelow) ranks_.PrefetchRange(slice.begin, slice.end);
  PageReader reader = rest_;
  std::array<Column, kMaxMeasures> weights;
  std::array<uint8_t, kMaxMeasures> same_as;
  if (!ReadWeights(&reader, &weights, &same_as)) return;
  for (size_t m = 0; m < measures_; ++m) {
    if (same_as[m] == m && !weights[m].is_constant()) {
      weights[m].PrefetchRange(slice.begin, slice.end);
    }
  }
  if (children_ == 0 || children == 0) return;
  for (size_t m = 0; m < measures_; ++m) {
    const SumColumn sums(&reader, children_);
    if (!reader.ok()) return;
    sums.Prefetch(std::min(children, children_) - 1);
  }
}

absl::StatusOr<Entries> EntryPage::Decode() const {
  PageReader reader = rest_;
  std::array<Column, kMaxMeasures> weights;
  std::array<uint8_t, kMaxMeasures> same_as;
  if (!ReadWeights(&reader, &weights, &same_as)) return Malformed();
  Entries entries;
  entries.Resize(size_, measures_);
  keys_.Decode(entries.keys.data());
  ranks_.Decode(entries.ranks.data());
  for (size_t m = 0; m < measures_; ++m) {
    if (same_as[m] != m) {
      entries.weights[m] = entries.weights[same_as[m]];
    } else {
      weights[m].Decode(entries.weights[m].data());
    }
  }
  uint32_t end = 0;
  entries.groups = Groups();
  for (const Entries::Group& group : entries.groups) {
    if (group.end <= end) return Malformed();
    end = group.end;
  }
  if (!entries.groups.empty() && end != size_) return Malformed();
  return entries;
}

absl::StatusOr<LeafPage> LeafPage::Parse(absl::string_view bytes, size_t measures) {
  PageReader reader(bytes);
  LeafPage page;
  page.measures_ = measures;
  const uint64_t points = reader.head.Varint();
  if (points > kMostEntries) return Malformed();
  page.known_ = Column(&reader, points);
  if (!reader.ok()) return Malformed();
  page.rest_ = reader;
  return page;
}

absl::StatusOr<EntryPage> LeafPage::entries() const {
  PageReader reader = rest_;
  EntryPage page;
  page.ReadHead(&reader, measures_);
  if (!reader.ok()) return Malformed();
  return page;
}

}  // namespace annals::forest
