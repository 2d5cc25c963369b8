#include "engine/index/forest/run_builder.h"

#include <algorithm>

#include "engine/base/status.h"

namespace annals::forest {
namespace {

// Pages are written this much at a time.
constexpr size_t kWriteBytes = size_t{1} << 20;

// Fences are read whole, so any size does that a store likes.
constexpr size_t kFencePageBytes = size_t{64} << 10;

void AppendEntry(int64_t key, int64_t rank, const Entries& from, size_t index, size_t measures,
                 Entries* to) {
  to->keys.push_back(key);
  to->ranks.push_back(rank);
  for (size_t m = 0; m < measures; ++m) to->weights[m].push_back(from.weights[m][index]);
}

}  // namespace

absl::Status PageWriter::Add(PageKind kind, uint32_t index, std::string bytes) {
  if (kind == PageKind::kFences) ++fence_pages_;
  if (!is_stored()) {
    bytes.shrink_to_fit();
    own_[static_cast<size_t>(kind)].push_back(std::move(bytes));
    return absl::OkStatus();
  }
  pending_bytes_ += bytes.size();
  pending_.push_back({{run_, kind, index}, std::move(bytes)});
  return pending_bytes_ < kWriteBytes ? absl::OkStatus() : Flush();
}

absl::Status PageWriter::Flush() {
  if (pending_.empty()) return absl::OkStatus();
  pending_bytes_ = 0;
  return store_->Write(std::exchange(pending_, {}));
}

absl::StatusOr<PinnedPages> PageWriter::ReadNodes(absl::Span<const RunFences::Node> nodes) const {
  if (!is_stored()) {
    PinnedPages pages;
    for (const RunFences::Node& node : nodes) {
      pages.pages.push_back(own_[static_cast<size_t>(PageKind::kNode)][node.page]);
    }
    return pages;
  }
  std::vector<PageId> ids;
  ids.reserve(nodes.size());
  for (const RunFences::Node& node : nodes) ids.push_back({run_, PageKind::kNode, node.page});
  return store_->MultiGet(ids, Access::kMerge);
}

void OpenPage::Append(int64_t key, int64_t rank, const Entries& from, size_t index) {
  AppendEntry(key, rank, from, index, measures_, &entries_);
  if (!entries_.groups.empty()) entries_.groups.back().end = static_cast<uint32_t>(size());
}

// 1. The page with the sums of the pages before it.
// 2. If its last group goes on, the sums for the next page: those of this one's
//    last group, on top of the earlier pages' if the group began before this one.
std::string OpenPage::Close(bool continues, RankRange stay) {
  EarlierSums earlier;
  if (follows_strays()) earlier.by_child = sums_;
  if (continued_ && has_stayed_) earlier.stayed = stayed_;
  entries_.SortGroups(Entries::Order::kByRank);
  std::string bytes = EncodeEntryPage(entries_, measures_, earlier);
  continues_ = continues;
  if (!continues) return bytes;
  if (!continued_ || group_begin_ > 0) {
    std::fill(sums_.begin(), sums_.end(), 0);
    std::fill(stayed_.begin(), stayed_.end(), 0);
    has_strays_ = false;
    has_stayed_ = false;
  }
  for (size_t i = group_begin_; i < size(); ++i) {
    const auto rank = static_cast<uint64_t>(entries_.ranks[i]);
    const bool stays = stay.Has(rank);
    (stays ? has_stayed_ : has_strays_) = true;
    absl::int128* const sums = stays ? stayed_.data() : &sums_[(rank >> child_log2_) * measures_];
    for (size_t m = 0; m < measures_; ++m) sums[m] += entries_.weights[m][i];
  }
  return bytes;
}

void OpenPage::Reopen() {
  entries_.Clear();
  group_begin_ = 0;
  continued_ = continues_;
}

RunBuilder::RunBuilder(const RunShape& shape, size_t measures, uint64_t points,
                       std::vector<int64_t> first_known, PageWriter* writer)
    : shape_(shape),
      measures_(measures),
      writer_(writer),
      fences_(RunFences::ForShape(shape, points)),
      top_(measures, fences_.child_log2, fences_.children()),
      picker_(&fences_.leaf_first_known, fences_.leaf_log2, shape.page_entries) {
  fences_.leaf_first_known = std::move(first_known);
  if (!fences_.has_nodes()) {
    leaves_.resize(fences_.leaves());
    return;
  }
  const size_t leaves_per_child = size_t{1} << (fences_.child_log2 - fences_.leaf_log2);
  children_.reserve(fences_.children());
  for (uint64_t i = 0; i < fences_.children(); ++i) {
    children_.push_back({OpenPage(measures, fences_.leaf_log2, leaves_per_child)});
  }
}

absl::Status RunBuilder::Append(uint32_t group, const Entries& from, size_t index) {
  const bool first = fences_.top_first_valid.empty();
  const bool new_group = first || group != group_;
  if (top_.size() == shape_.page_entries) {
    ANNALS_RETURN_IF_ERROR(CloseTop(new_group ? std::nullopt : std::optional(from.keys[index])));
  }
  if (top_.size() == 0) {
    const auto page = static_cast<uint32_t>(fences_.top_first_valid.size());
    if (fences_.groups.empty() || fences_.groups.back().id != group) {
      fences_.groups.push_back({group, page});
    }
    fences_.top_first_valid.push_back(from.keys[index]);
  }
  if (new_group) {
    top_.StartGroup();
    picker_.StartGroup();
  }
  if (new_group || top_.size() == 0) top_.NameGroup(group);
  group_ = group;
  top_.Append(from.keys[index], from.ranks[index], from, index);
  return absl::OkStatus();
}

// `next_valid`: where the next page goes on with the last group. None: it doesn't.
absl::Status RunBuilder::CloseTop(std::optional<int64_t> next_valid) {
  const auto page = static_cast<uint32_t>(fences_.top_first_valid.size() - 1);
  const RunFences::Window window = WindowOf(next_valid);
  const RankRange stay =
      window.Is(RunFences::Window::kStays) ? RankRange{window.begin, window.end} : RankRange{0, 0};
  fences_.windows.push_back(window);
  ANNALS_RETURN_IF_ERROR(
      writer_->Add(PageKind::kTop, page, top_.Close(next_valid.has_value(), stay)));
  if (next_valid) {
    for (size_t i = top_.group_begin(); i < top_.size(); ++i) {
      if (stay.Has(static_cast<uint64_t>(top_.entries().ranks[i]))) continue;
      ANNALS_RETURN_IF_ERROR(AppendToChild(page, top_.entries(), i));
    }
  }
  top_.Reopen();
  return absl::OkStatus();
}

RunFences::Window RunBuilder::WindowOf(std::optional<int64_t> next_valid) {
  using Window = RunFences::Window;
  const std::vector<int64_t>& ranks = top_.entries().ranks;
  const auto [least, most] = std::minmax_element(ranks.begin(), ranks.end());
  RankRange range = {static_cast<uint64_t>(*least), static_cast<uint64_t>(*most) + 1};
  uint8_t traits = top_.follows_strays() ? Window::kFollowsStrays : 0;
  if (next_valid) {
    traits |= Window::kContinues;
    const size_t begin = top_.group_begin();
    const bool stay = picker_.Pick(absl::MakeConstSpan(ranks).subspan(begin),
                                   top_.entries().keys[begin], *next_valid, &range);
    if (stay) traits |= Window::kStays;
  }
  if (range.Has(static_cast<uint64_t>(*least)) && range.Has(static_cast<uint64_t>(*most))) {
    traits |= Window::kWhole;
  }
  return {static_cast<uint32_t>(range.begin), static_cast<uint32_t>(range.end), traits};
}

absl::Status RunBuilder::AppendToChild(uint32_t top, const Entries& from, size_t index) {
  const auto rank = static_cast<uint64_t>(from.ranks[index]);
  if (!fences_.has_nodes()) {
    AppendToLeaf(top, rank, from, index);
    return absl::OkStatus();
  }
  Child& child = children_[rank >> fences_.child_log2];
  const bool begun = !child.nodes.empty();
  const bool new_group = !begun || child.group != group_;
  // The entries of one top page stay together, so that "before this node page"
  // is the same as "of an earlier top page".
  if (child.page.size() >= shape_.page_entries && child.page.entries().keys.back() != top) {
    ANNALS_RETURN_IF_ERROR(CloseNode(&child, !new_group));
  }
  if (child.page.size() == 0) child.nodes.push_back({top, 0});
  if (new_group) child.page.StartGroup();
  child.group = group_;
  const uint64_t child_mask = (uint64_t{1} << fences_.child_log2) - 1;
  child.page.Append(top, static_cast<int64_t>(rank & child_mask), from, index);
  return absl::OkStatus();
}

absl::Status RunBuilder::CloseNode(Child* child, bool continues) {
  const uint32_t page = node_count_++;
  child->nodes.back().page = page;
  ANNALS_RETURN_IF_ERROR(
      writer_->Add(PageKind::kNode, page, child->page.Close(continues, RankRange{0, 0})));
  child->page.Reopen();
  return absl::OkStatus();
}

absl::Status RunBuilder::FinishEntries() {
  if (top_.size() > 0) ANNALS_RETURN_IF_ERROR(CloseTop(std::nullopt));
  for (Child& child : children_) {
    if (child.page.size() > 0) ANNALS_RETURN_IF_ERROR(CloseNode(&child, false));
  }
  // The leaves are made from the node pages, which must be there to be read.
  return writer_->Flush();
}

void RunBuilder::AppendToLeaf(int64_t top, uint64_t rank, const Entries& from, size_t index) {
  const uint64_t leaf_mask = (uint64_t{1} << fences_.leaf_log2) - 1;
  AppendEntry(top, static_cast<int64_t>(rank & leaf_mask), from, index, measures_,
              &leaves_[(rank >> fences_.leaf_log2) - first_leaf_]);
}

// The first entry of `node` that the leaves need, given that the next node page
// goes on with the group of top page `next_top`.
size_t RunBuilder::GoesDownFrom(const Entries& node, uint32_t next_top) const {
  // What went down from a top page belongs to the group that the next one begins with.
  const uint32_t group = fences_.FirstGroup(next_top + 1);
  const int64_t begin = fences_.FindTop(group, INT64_MAX)->begin;
  return std::lower_bound(node.keys.begin(), node.keys.end(), begin) - node.keys.begin();
}

// Distributes the node pages of a child to its leaves.
absl::Status RunBuilder::LoadLeaves(uint64_t child) {
  const uint32_t leaves_log2 = fences_.child_log2 - fences_.leaf_log2;
  first_leaf_ = child << leaves_log2;
  leaves_.resize(size_t{1} << leaves_log2);
  for (Entries& leaf : leaves_) leaf.Clear();
  const std::vector<RunFences::Node>& nodes = children_[child].nodes;
  ANNALS_ASSIGN_OR_RETURN(const PinnedPages pinned, writer_->ReadNodes(nodes));
  for (size_t i = 0; i + 1 < nodes.size(); ++i) {
    ANNALS_ASSIGN_OR_RETURN(const EntryPage next, EntryPage::Parse(pinned.pages[i + 1], measures_));
    if (!next.continues()) continue;
    ANNALS_ASSIGN_OR_RETURN(const EntryPage page, EntryPage::Parse(pinned.pages[i], measures_));
    ANNALS_ASSIGN_OR_RETURN(const Entries entries, page.Decode());
    const size_t begin = GoesDownFrom(entries, nodes[i + 1].first_top);
    for (size_t j = begin; j < entries.size(); ++j) {
      const uint64_t rank = (child << fences_.child_log2) + static_cast<uint64_t>(entries.ranks[j]);
      AppendToLeaf(entries.keys[j], rank, entries, j);
    }
  }
  return absl::OkStatus();
}

absl::Status RunBuilder::AppendLeaf(absl::Span<const int64_t> known) {
  const uint32_t leaf = next_leaf_++;
  if (fences_.has_nodes()) {
    const uint32_t leaves_log2 = fences_.child_log2 - fences_.leaf_log2;
    const uint64_t child = leaf >> leaves_log2;
    if (leaf == child << leaves_log2) ANNALS_RETURN_IF_ERROR(LoadLeaves(child));
  }
  fences_.last_known = known.back();
  return writer_->Add(PageKind::kLeaf, leaf,
                      EncodeLeafPage(known, leaves_[leaf - first_leaf_], measures_));
}

absl::StatusOr<RunFences> RunBuilder::Finish() {
  if (fences_.has_nodes()) {
    fences_.nodes.reserve(node_count_);
    for (const Child& child : children_) {
      fences_.child_nodes.push_back(static_cast<uint32_t>(fences_.nodes.size()));
      fences_.nodes.insert(fences_.nodes.end(), child.nodes.begin(), child.nodes.end());
    }
    fences_.child_nodes.push_back(static_cast<uint32_t>(fences_.nodes.size()));
  }
  fences_.groups.shrink_to_fit();
  fences_.top_first_valid.shrink_to_fit();
  fences_.windows.shrink_to_fit();
  fences_.Sample();
  if (!writer_->is_stored()) return std::move(fences_);
  const std::string bytes = fences_.Encode();
  uint32_t index = 0;
  for (size_t begin = 0; begin < bytes.size(); begin += kFencePageBytes) {
    ANNALS_RETURN_IF_ERROR(
        writer_->Add(PageKind::kFences, index++, bytes.substr(begin, kFencePageBytes)));
  }
  ANNALS_RETURN_IF_ERROR(writer_->Flush());
  return std::move(fences_);
}

}  // namespace annals::forest
