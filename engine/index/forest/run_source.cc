#include "engine/index/forest/run_source.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/status/statusor.h"

namespace annals::forest {
namespace {

// Pages of one read: enough to make it worth its while.
constexpr uint32_t kReadAhead = 32;

// What a tail is sorted by: a group, a time and a place, in this order, as one
// number.
using SortKey = unsigned __int128;

SortKey KeyOf(uint32_t group, int64_t time, uint32_t place) {
  const uint64_t ordered = static_cast<uint64_t>(time) ^ (uint64_t{1} << 63);
  return static_cast<SortKey>(group) << 96 | static_cast<SortKey>(ordered) << 32 | place;
}

uint32_t PlaceOf(SortKey key) { return static_cast<uint32_t>(key); }
uint32_t GroupOf(SortKey key) { return static_cast<uint32_t>(key >> 96); }
int64_t TimeOf(SortKey key) {
  return static_cast<int64_t>(static_cast<uint64_t>(key >> 32) ^ (uint64_t{1} << 63));
}

// Counts the keys into place by group, unless groups' numbers are far apart, and sorts
// what each group has: that is little enough for the processor's caches.
void Sort(std::vector<SortKey>* keys) {
  size_t groups = 0;
  for (const SortKey key : *keys) groups = std::max(groups, size_t{GroupOf(key)} + 1);
  if (groups > keys->size()) return std::sort(keys->begin(), keys->end());
  std::vector<size_t> next(groups + 1);  // Where a group's next one goes.
  for (const SortKey key : *keys) ++next[GroupOf(key) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<SortKey> sorted(keys->size());
  for (const SortKey key : *keys) sorted[next[GroupOf(key)]++] = key;
  auto begin = sorted.begin();
  for (size_t group = 0; group < groups; ++group) {
    const auto end = sorted.begin() + static_cast<ptrdiff_t>(next[group]);
    std::sort(begin, end);
    begin = end;
  }
  *keys = std::move(sorted);
}

}  // namespace

bool StoredSource::NextPage(PageKind kind, uint32_t end, Pages* pages, absl::string_view* bytes) {
  if (!status_.ok() || pages->next == end) return false;
  if (pages->batch == nullptr || pages->next < pages->first ||
      pages->next >= pages->first + pages->batch->size()) {
    pages->first = pages->next;
    pages->batch = std::make_unique<PageBatch>(PageBatch::Sharing::kNone);
    const uint32_t until = std::min(end, pages->next + kReadAhead);
    for (uint32_t page = pages->next; page < until; ++page) pages->batch->Add(*run_, kind, page);
    status_ = pages->batch->Fetch(*store_, Access::kMerge);
    if (!status_.ok()) return false;
  }
  *bytes = pages->batch->page(pages->next++ - pages->first);
  return true;
}

bool StoredSource::NextKnown(std::vector<int64_t>* known) {
  absl::string_view bytes;
  if (!NextPage(PageKind::kLeaf, run_->fences().leaf_first_known.size(), &leaves_, &bytes)) {
    return false;
  }
  const absl::StatusOr<LeafPage> page = LeafPage::Parse(bytes, run_->measures());
  status_ = page.status();
  if (!status_.ok()) return false;
  known->resize(page->known().size());
  page->known().Decode(known->data());
  return !known->empty();
}

bool StoredSource::NextEntries(Entries* entries) {
  absl::string_view bytes;
  if (!NextPage(PageKind::kTop, run_->fences().top_first_valid.size(), &tops_, &bytes)) {
    return false;
  }
  const absl::StatusOr<EntryPage> page = EntryPage::Parse(bytes, run_->measures());
  status_ = page.status();
  if (!status_.ok()) return false;
  absl::StatusOr<Entries> decoded = page->Decode();
  status_ = decoded.status();
  if (!status_.ok()) return false;
  *entries = *std::move(decoded);
  entries->SortGroups(Entries::Order::kByKey);
  return !entries->groups.empty();
}

TailSource::TailSource(const Tail& tail, size_t size, size_t measures) {
  std::vector<SortKey> keys(size);
  for (uint32_t i = 0; i < size; ++i) keys[i] = KeyOf(0, tail.at(i).known.micros, i);
  // News that arrives as it becomes known is in order.
  if (!std::is_sorted(keys.begin(), keys.end())) std::sort(keys.begin(), keys.end());
  std::vector<uint32_t> order(size);
  known_.resize(size);
  for (uint32_t rank = 0; rank < size; ++rank) {
    order[rank] = PlaceOf(keys[rank]);
    const Point point = tail.at(order[rank]);
    known_[rank] = point.known.micros;
    keys[rank] = KeyOf(point.group, point.valid.micros, rank);
  }
  Sort(&keys);
  entries_.Resize(size, measures);
  for (size_t i = 0; i < size; ++i) {
    const uint32_t rank = PlaceOf(keys[i]);
    const uint32_t group = GroupOf(keys[i]);
    const Weight& weight = tail.weight(order[rank]);
    entries_.keys[i] = TimeOf(keys[i]);
    entries_.ranks[i] = rank;
    for (size_t m = 0; m < measures; ++m) entries_.weights[m][i] = weight[m];
    if (entries_.groups.empty() || entries_.groups.back().id != group) {
      entries_.groups.push_back({group, 0});
    }
    entries_.groups.back().end = static_cast<uint32_t>(i + 1);
  }
}

bool TailSource::NextKnown(std::vector<int64_t>* known) {
  if (known_done_ || known_.empty()) return false;
  known_done_ = true;
  *known = known_;
  return true;
}

bool TailSource::NextEntries(Entries* entries) {
  if (entries_done_ || known_.empty()) return false;
  entries_done_ = true;
  *entries = std::move(entries_);
  return true;
}

}  // namespace annals::forest
