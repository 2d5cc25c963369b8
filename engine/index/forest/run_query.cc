#include "engine/index/forest/run_query.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"

namespace annals::forest {
namespace {

// Where a run's page is, for a message.
absl::string_view KindName(PageKind kind) {
  switch (kind) {
    case PageKind::kTop:
      return "top";
    case PageKind::kNode:
      return "node";
    case PageKind::kLeaf:
      return "leaf";
    case PageKind::kFences:
      return "fences";
  }
  return "unknown";
}

absl::Status AtPage(const absl::Status& status, const Run& run, PageKind kind, uint32_t index) {
  return Annotate(status, absl::StrCat("dominance forest, run ", run.id(), ", ", KindName(kind),
                                       " page ", index));
}

// Of a block that begins with the rank `first`.
EntryPage::Filter RanksBelow(const KnownCut& cut, uint64_t first) {
  return {EntryPage::Filter::kRankBelow, static_cast<int64_t>(cut.rank() - first)};
}

// The entries whose top page is in [begin, end).
EntryPage::Slice SliceOf(const EntryPage& page, uint32_t begin, uint32_t end) {
  if (begin >= end) return {};
  return {page.keys().LowerBound(begin, 0, page.size()),
          page.keys().LowerBound(end, 0, page.size())};
}

}  // namespace

KnownCut::KnownCut(const Run& run, int64_t known)
    : known_(known), least_rank_(run.points()), most_rank_(run.points()), rank_(run.points()) {
  const RunFences& fences = run.fences();
  if (known >= fences.last_known) return;
  leaf_ = fences.FindLeaf(known);
  if (!leaf_) {
    least_rank_ = most_rank_ = rank_ = 0;
    return;
  }
  // The leaf's first point is known by then.
  rank_ = least_rank_ = (uint64_t{*leaf_} << fences.leaf_log2) + 1;
  most_rank_ = std::min(run.points(), (uint64_t{*leaf_} + 1) << fences.leaf_log2);
}

void KnownCut::AskForRank(const Run& run, PageBatch* batch) {
  if (leaf_ && !slot_) slot_ = batch->Add(run, PageKind::kLeaf, *leaf_);
}

absl::Status KnownCut::Open(const Run& run, const PageBatch& batch) {
  if (!slot_ || page_) return absl::OkStatus();
  absl::StatusOr<LeafPage> page = LeafPage::Parse(batch.page(*slot_), run.measures());
  if (!page.ok()) return AtPage(page.status(), run, PageKind::kLeaf, *leaf_);
  page_ = *page;
  page_->known().PrefetchBound(known_);
  return absl::OkStatus();
}

void KnownCut::Resolve(const Run& run) {
  if (!page_ || is_resolved_) return;
  const Column& known = page_->known();
  rank_ = (uint64_t{*leaf_} << run.fences().leaf_log2) + known.UpperBound(known_, 0, known.size());
  is_resolved_ = true;
}

GroupProbe GroupProbe::OfWindow(const Run& run, uint32_t group, uint32_t top, PageBatch* batch) {
  const RunFences::Window& window = run.fences().windows[top];
  GroupProbe probe(run, group, INT64_MAX, top, batch->Add(run, PageKind::kTop, top));
  if (!window.Is(RunFences::Window::kWhole)) probe.ranks_ = {window.begin, window.end};
  return probe;
}

void GroupProbe::Plan(const Run& run, uint32_t group, int64_t valid, KnownCut* cut,
                      PageBatch* batch, List* probes) {
  using Window = RunFences::Window;
  const RunFences& fences = run.fences();
  const std::optional<RunFences::TopRange> range = fences.FindTop(group, valid);
  if (!range) return;
  const RunFences::WindowCut cut_windows =
      fences.FindWindows(*range, cut->least_rank(), cut->most_rank());
  bool has_stayed = cut_windows.begin > cut_windows.first;
  for (uint32_t page = cut_windows.begin; page < cut_windows.end; ++page) {
    if (!fences.windows[page].Is(Window::kStays)) continue;
    cut->AskForRank(run, batch);
    probes->push_back(OfWindow(run, group, page, batch));
    probes->back().adds_stayed_ = std::exchange(has_stayed, false);
  }
  const Window& window = fences.windows[range->top];
  const bool is_whole = window.Is(Window::kWhole);
  GroupProbe probe(run, group, valid, range->top, 0);
  probe.top_range_ = *range;
  probe.adds_strays_ = window.Is(Window::kFollowsStrays);
  if (has_stayed && cut_windows.end < range->top) {
    // No page is cut, and the one after the last that is below isn't the last one.
    probes->push_back(OfWindow(run, group, cut_windows.end, batch));
    probes->back().adds_stayed_ = std::exchange(has_stayed, false);
    probes->back().CountNone();
  }
  const bool is_above = is_whole && window.begin >= cut->most_rank();
  if (is_above && !probe.adds_strays_ && !has_stayed) return;
  probe.adds_stayed_ = has_stayed;
  probe.top_slot_ = batch->Add(run, PageKind::kTop, range->top);
  probe.is_cut_ = !(is_whole && window.end <= cut->least_rank());
  if (is_above) probe.CountNone();
  if (probe.is_cut_ || probe.adds_strays_) cut->AskForRank(run, batch);
  if (probe.adds_strays_ && !cut->admits_all() && fences.has_nodes()) {
    const uint64_t child = cut->leaf() >> (fences.child_log2 - fences.leaf_log2);
    probe.node_ = fences.FindNode(child, range->top);
    if (probe.node_ != nullptr) {
      probe.node_slot_ = batch->Add(run, PageKind::kNode, probe.node_->page);
    }
  }
  probes->push_back(probe);
}

absl::Status GroupProbe::Annotated(const absl::Status& status, PageKind kind,
                                   uint32_t index) const {
  return AtPage(status, *run_, kind, index);
}

void GroupProbe::PrefetchHeads(const PageBatch& batch) const {
  batch.PrefetchHead(top_slot_);
  if (node_ != nullptr) batch.PrefetchHead(node_slot_);
}

uint64_t GroupProbe::ChildOf(const KnownCut& cut) const {
  return cut.leaf() >> (run_->fences().child_log2 - run_->fences().leaf_log2);
}

absl::Status GroupProbe::Open(const PageBatch& batch, const KnownCut& cut, Reading* reading) const {
  auto top = EntryPage::Parse(batch.page(top_slot_), run_->measures());
  if (!top.ok()) return Annotated(top.status(), PageKind::kTop, top_range_.top);
  // Near enough to the rank that the cut will have.
  if (is_cut_) top->PrefetchRank(std::min(ranks_.end, cut.least_rank()));
  reading->top = {*top, {}, {}, {}};
  reading->node = {};
  reading->leaf = {};
  if (node_ == nullptr) return absl::OkStatus();
  auto node = EntryPage::Parse(batch.page(node_slot_), run_->measures());
  if (!node.ok()) return Annotated(node.status(), PageKind::kNode, node_->page);
  node->PrefetchKey(top_range_.top);
  reading->node.page = *node;
  return absl::OkStatus();
}

absl::Status GroupProbe::Locate(const KnownCut& cut, Reading* reading) const {
  const RunFences& fences = run_->fences();
  Part& top = reading->top;
  top.slice = top.page->FindGroup(group_);
  const bool goes_on = top.slice.begin == 0 && top.slice.end > 0;
  const bool has_strays = goes_on && adds_strays_ && top.page->continues();
  if (is_cut_) {
    top.slice = top.page->WithRanks(top.slice, {ranks_.begin, std::min(ranks_.end, cut.rank())});
  } else if (ranks_.end == 0) {
    top.slice = {};
  }
  // What a window's page has is within any valid time that comes after it.
  if (valid_ < INT64_MAX) top.filter = {EntryPage::Filter::kKeyUpTo, valid_};
  top.earlier.stayed = goes_on && adds_stayed_;
  if (has_strays) top.earlier.children = cut.admits_all() ? fences.children() : ChildOf(cut);
  top.page->Prefetch(top.slice, top.filter, top.earlier.children);
  if (!has_strays || cut.admits_all()) {
    reading->node.page.reset();
    return absl::OkStatus();
  }
  if (!fences.has_nodes()) return LocateLeaf(cut, top_range_.top, reading);
  if (node_ == nullptr) return absl::OkStatus();
  return LocateNode(cut, reading);
}

absl::Status GroupProbe::LocateNode(const KnownCut& cut, Reading* reading) const {
  const RunFences& fences = run_->fences();
  Part& node = reading->node;
  // The sums are those of the group that the page begins with: this one's, if
  // its first entry is.
  if (node_->first_top >= top_range_.begin) {
    node.earlier.children = cut.leaf() - (ChildOf(cut) << (fences.child_log2 - fences.leaf_log2));
  }
  node.slice = SliceOf(*node.page, top_range_.begin, top_range_.top);
  node.filter = RanksBelow(cut, ChildOf(cut) << fences.child_log2);
  node.page->Prefetch(node.slice, node.filter, node.earlier.children);
  return LocateLeaf(cut, node_->first_top, reading);
}

// The entries of the top pages before `end`.
absl::Status GroupProbe::LocateLeaf(const KnownCut& cut, uint32_t end, Reading* reading) const {
  if (top_range_.begin >= end) return absl::OkStatus();
  auto page = cut.leaf_page().entries();
  if (!page.ok()) return Annotated(page.status(), PageKind::kLeaf, cut.leaf());
  Part& leaf = reading->leaf;
  leaf.slice = SliceOf(*page, top_range_.begin, end);
  leaf.filter = RanksBelow(cut, uint64_t{cut.leaf()} << run_->fences().leaf_log2);
  page->Prefetch(leaf.slice, leaf.filter, 0);
  leaf.page = *page;
  return absl::OkStatus();
}

absl::Status GroupProbe::AddTo(WeightSum* sum, const KnownCut& cut, const Reading& reading) const {
  const auto add = [sum](const Part& part) {
    return part.page->AddTo(sum, part.slice, part.filter, part.earlier);
  };
  absl::Status status = add(reading.top);
  if (!status.ok()) return Annotated(status, PageKind::kTop, top_range_.top);
  if (reading.node.page) {
    status = add(reading.node);
    if (!status.ok()) return Annotated(status, PageKind::kNode, node_->page);
  }
  if (reading.leaf.page) {
    status = add(reading.leaf);
    if (!status.ok()) return Annotated(status, PageKind::kLeaf, cut.leaf());
  }
  return absl::OkStatus();
}

}  // namespace annals::forest
