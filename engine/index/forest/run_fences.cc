#include "engine/index/forest/run_fences.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "engine/index/forest/bits.h"
#include "engine/index/forest/column.h"

namespace annals::forest {
namespace {

constexpr uint64_t kMostFences = uint64_t{1} << 28;

unsigned CeilLog2(uint64_t value) { return value <= 1 ? 0 : 64 - __builtin_clzll(value - 1); }

// A list is encoded in pieces, so that no column outgrows what a reader allows
// and a local cluster of values is packed on its own.
constexpr size_t kPiece = 4096;

template <typename Item, typename Field>
void AppendList(const std::vector<Item>& items, Field field, PageParts* page) {
  AppendVarint(items.size(), &page->head);
  std::vector<int64_t> piece;
  for (size_t begin = 0; begin < items.size(); begin += kPiece) {
    piece.clear();
    const size_t end = std::min(items.size(), begin + kPiece);
    for (size_t i = begin; i < end; ++i) piece.push_back(static_cast<int64_t>(field(items[i])));
    AppendPackedColumn(piece, page);
  }
}

template <typename Item, typename SetField>
void ReadList(PageReader* reader, SetField set_field, std::vector<Item>* items) {
  const uint64_t size = reader->head.Varint();
  if (size > kMostFences) return reader->head.Fail();
  std::vector<int64_t> piece(kPiece);
  while (items->size() < size && reader->ok()) {
    const Column column(reader, std::min<size_t>(kPiece, size - items->size()));
    if (!reader->ok()) return;
    column.Decode(piece.data());
    const size_t begin = items->size();
    items->resize(begin + column.size());
    for (size_t i = 0; i < column.size(); ++i) set_field((*items)[begin + i], piece[i]);
  }
}

// A second field of items that ReadList has made.
template <typename Item, typename SetField>
void ReadSecondField(PageReader* reader, SetField set_field, std::vector<Item>* items) {
  std::vector<int64_t> values;
  ReadList(
      reader, [](int64_t& item, int64_t value) { item = value; }, &values);
  if (values.size() != items->size()) return reader->head.Fail();
  for (size_t i = 0; i < values.size(); ++i) set_field((*items)[i], values[i]);
}

// The values that are searched for.
int64_t Time(int64_t time) { return time; }
uint32_t WindowEnd(const RunFences::Window& window) { return window.end; }

void PrefetchLines(const void* first, const void* last) {
  const char* const end = static_cast<const char*>(last);
  for (const auto* at = static_cast<const char*>(first); at < end; at += kCacheLineBytes) {
    __builtin_prefetch(at);
  }
  __builtin_prefetch(end);
}

bool IsConsistent(const RunFences& fences) {
  if (fences.points == 0 || fences.points > UINT32_MAX || fences.leaf_log2 > 31 ||
      fences.child_log2 < fences.leaf_log2 || fences.child_log2 > 31 || fences.groups.empty() ||
      fences.windows.size() != fences.top_first_valid.size() ||
      fences.leaf_first_known.size() != fences.leaves() ||
      fences.child_nodes.size() != (fences.has_nodes() ? fences.children() + 1 : 0) ||
      fences.groups.front().first_page != 0) {
    return false;
  }
  return std::all_of(fences.groups.begin(), fences.groups.end(),
                     [&](const RunFences::Group& group) {
                       return group.first_page < fences.top_first_valid.size();
                     }) &&
         std::all_of(fences.child_nodes.begin(), fences.child_nodes.end(),
                     [&](uint32_t node) { return node <= fences.nodes.size(); });
}

}  // namespace

RunFences RunFences::ForShape(const RunShape& shape, uint64_t points) {
  RunFences fences;
  fences.points = points;
  fences.leaf_log2 = shape.leaf_points_log2;
  fences.child_log2 = shape.leaf_points_log2;
  // Two levels share the fan-out evenly: a page's sums grow with its square root.
  if (fences.leaves() > shape.flat_leaves) {
    fences.child_log2 += (CeilLog2(fences.leaves()) + 1) / 2;
  }
  return fences;
}

void RunFences::Sample() {
  top_search_.Sample(top_first_valid, Time);
  leaf_search_.Sample(leaf_first_known, Time);
  window_search_.Sample(windows, WindowEnd);
}

RunFences::Pages RunFences::OwnPages(uint32_t group) const {
  const auto found =
      std::lower_bound(groups.begin(), groups.end(), group,
                       [](const Group& fence, uint32_t id) { return fence.id < id; });
  const size_t pages = top_first_valid.size();
  if (found == groups.end()) return {pages, pages};
  if (found->id != group) return {found->first_page, found->first_page};
  return {found->first_page, found + 1 == groups.end() ? pages : (found + 1)->first_page};
}

void RunFences::Prefetch(uint32_t group, int64_t valid) const {
  const Pages own = OwnPages(group);
  if (own.begin == own.end) return;
  const auto [begin, end] = top_search_.Narrow(own, valid);
  // The page before what is left is the answer if none of it begins by then.
  const size_t first = begin - std::min<size_t>(begin, 1);
  const size_t last = end - std::min<size_t>(end, 1);
  PrefetchLines(&top_first_valid[first], &top_first_valid[last]);
  PrefetchLines(&windows[first], &windows[last]);
}

std::optional<RunFences::TopRange> RunFences::FindTop(uint32_t group, int64_t valid) const {
  const Pages own = OwnPages(group);
  const size_t end = top_search_.UpperBound(top_first_valid, Time, own, valid);
  if (end == 0) return std::nullopt;
  return TopRange{static_cast<uint32_t>(own.begin - std::min<size_t>(own.begin, 1)),
                  static_cast<uint32_t>(end - 1)};
}

RunFences::WindowCut RunFences::FindWindows(TopRange range, uint64_t least, uint64_t most) const {
  // The page before the group's own is its only if it goes on there.
  uint32_t first = range.begin;
  if (first < range.top && !windows[first].Is(Window::kContinues)) ++first;
  // More often than not, what happened by then is known by then.
  uint32_t begin = range.top;
  if (first < range.top && windows[range.top - 1].end > least) {
    begin = static_cast<uint32_t>(window_search_.UpperBound(
        windows, WindowEnd, {first, range.top - 1}, static_cast<uint32_t>(least)));
  }
  uint32_t end = begin;
  while (end < range.top && windows[end].begin < most) ++end;
  return {first, begin, end};
}

const RunFences::Node* RunFences::FindNode(uint64_t child, uint32_t top) const {
  const Node* const begin = nodes.data() + child_nodes[child];
  const Node* const end = nodes.data() + child_nodes[child + 1];
  const Node* const after = std::lower_bound(
      begin, end, top, [](const Node& node, uint32_t page) { return node.first_top < page; });
  return after == begin ? nullptr : after - 1;
}

std::optional<uint32_t> RunFences::FindLeaf(int64_t known) const {
  const size_t after =
      leaf_search_.UpperBound(leaf_first_known, Time, {0, leaf_first_known.size()}, known);
  if (after == 0) return std::nullopt;
  return static_cast<uint32_t>(after - 1);
}

uint32_t RunFences::FirstGroup(uint32_t top) const {
  const auto after =
      std::upper_bound(groups.begin(), groups.end(), top,
                       [](uint32_t page, const Group& fence) { return page < fence.first_page; });
  return (after - 1)->id;
}

size_t RunFences::memory_bytes() const {
  return sizeof(*this) + groups.capacity() * sizeof(Group) +
         (top_first_valid.capacity() + leaf_first_known.capacity()) * sizeof(int64_t) +
         windows.capacity() * sizeof(Window) + child_nodes.capacity() * sizeof(uint32_t) +
         nodes.capacity() * sizeof(Node) + top_search_.memory_bytes() +
         leaf_search_.memory_bytes() + window_search_.memory_bytes();
}

std::string RunFences::Encode() const {
  PageParts page;
  AppendVarint(points, &page.head);
  AppendVarint(ZigZag(last_known), &page.head);
  AppendVarint(leaf_log2, &page.head);
  AppendVarint(child_log2, &page.head);
  const auto itself = [](auto value) { return value; };
  AppendList(
      groups, [](const Group& group) { return group.id; }, &page);
  AppendList(
      groups, [](const Group& group) { return group.first_page; }, &page);
  AppendList(top_first_valid, itself, &page);
  AppendList(
      windows, [](const Window& window) { return window.begin; }, &page);
  AppendList(
      windows, [](const Window& window) { return window.end; }, &page);
  AppendList(
      windows, [](const Window& window) { return window.traits; }, &page);
  AppendList(leaf_first_known, itself, &page);
  AppendList(child_nodes, itself, &page);
  AppendList(
      nodes, [](const Node& node) { return node.first_top; }, &page);
  AppendList(
      nodes, [](const Node& node) { return node.page; }, &page);
  return page.Join();
}

absl::StatusOr<RunFences> RunFences::Decode(absl::string_view bytes) {
  RunFences fences;
  PageReader reader(bytes);
  fences.points = reader.head.Varint();
  fences.last_known = UnZigZag(reader.head.Varint());
  fences.leaf_log2 = static_cast<uint32_t>(reader.head.Varint());
  fences.child_log2 = static_cast<uint32_t>(reader.head.Varint());
  const auto assign = [](auto& item, int64_t value) {
    item = static_cast<std::remove_reference_t<decltype(item)>>(value);
  };
  ReadList(
      &reader, [](Group& group, int64_t value) { group.id = static_cast<uint32_t>(value); },
      &fences.groups);
  ReadSecondField(
      &reader, [](Group& group, int64_t value) { group.first_page = static_cast<uint32_t>(value); },
      &fences.groups);
  ReadList(&reader, assign, &fences.top_first_valid);
  ReadList(
      &reader, [](Window& window, int64_t value) { window.begin = static_cast<uint32_t>(value); },
      &fences.windows);
  ReadSecondField(
      &reader, [](Window& window, int64_t value) { window.end = static_cast<uint32_t>(value); },
      &fences.windows);
  ReadSecondField(
      &reader, [](Window& window, int64_t value) { window.traits = static_cast<uint8_t>(value); },
      &fences.windows);
  ReadList(&reader, assign, &fences.leaf_first_known);
  ReadList(&reader, assign, &fences.child_nodes);
  ReadList(
      &reader, [](Node& node, int64_t value) { node.first_top = static_cast<uint32_t>(value); },
      &fences.nodes);
  ReadSecondField(
      &reader, [](Node& node, int64_t value) { node.page = static_cast<uint32_t>(value); },
      &fences.nodes);
  if (!reader.at_end() || !IsConsistent(fences)) {
    return absl::DataLossError("malformed fences of a run; rebuild the index");
  }
  fences.Sample();
  return fences;
}

}  // namespace annals::forest
