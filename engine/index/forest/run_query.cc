#include "engine/index/forest/run_query.h"

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

// The entries whose top page is in [begin, end).
EntryPage::Slice SliceOf(const EntryPage& page, uint32_t begin, uint32_t end) {
  if (begin >= end) return {};
  return {page.keys().LowerBound(begin, 0, page.size()),
          page.keys().LowerBound(end, 0, page.size())};
}

}  // namespace

KnownCut::KnownCut(const Run& run, int64_t known, PageBatch* batch)
    : extent_(Extent::kPart), known_(known), rank_(run.points()) {
  const RunFences& fences = run.fences();
  if (known >= fences.last_known) {
    extent_ = Extent::kAll;
    return;
  }
  const std::optional<uint32_t> leaf = fences.FindLeaf(known);
  if (!leaf) {
    extent_ = Extent::kNone;
    return;
  }
  leaf_ = *leaf;
  slot_ = batch->Add(run, PageKind::kLeaf, leaf_);
}

absl::Status KnownCut::Open(const Run& run, const PageBatch& batch) {
  if (extent_ != Extent::kPart) return absl::OkStatus();
  absl::StatusOr<LeafPage> page = LeafPage::Parse(batch.page(slot_), run.measures());
  if (!page.ok()) return AtPage(page.status(), run, PageKind::kLeaf, leaf_);
  page_ = *page;
  page_->known().PrefetchBound(known_);
  return absl::OkStatus();
}

void KnownCut::Resolve(const Run& run) {
  if (extent_ != Extent::kPart) return;
  const Column& known = page_->known();
  rank_ = (uint64_t{leaf_} << run.fences().leaf_log2) + known.UpperBound(known_, 0, known.size());
}

std::optional<GroupProbe> GroupProbe::Plan(const Run& run, uint32_t group, int64_t valid,
                                           const KnownCut& cut, PageBatch* batch) {
  const RunFences& fences = run.fences();
  const std::optional<RunFences::TopRange> range = fences.FindTop(group, valid);
  if (!range) return std::nullopt;
  GroupProbe probe(run, group, valid, range->top, batch->Add(run, PageKind::kTop, range->top));
  probe.top_range_ = *range;
  if (cut.admits_all() || range->begin == range->top || !fences.has_nodes()) return probe;
  const uint64_t child = cut.leaf() >> (fences.child_log2 - fences.leaf_log2);
  probe.node_ = fences.FindNode(child, range->top);
  if (probe.node_ != nullptr) {
    probe.node_slot_ = batch->Add(run, PageKind::kNode, probe.node_->page);
  }
  return probe;
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

absl::Status GroupProbe::Open(const PageBatch& batch, Reading* reading) const {
  auto top = EntryPage::Parse(batch.page(top_slot_), run_->measures());
  if (!top.ok()) return Annotated(top.status(), PageKind::kTop, top_range_.top);
  top->PrefetchKey(valid_);
  reading->top = {*top, {}, 0};
  reading->node = {std::nullopt, {}, 0};
  reading->leaf = {std::nullopt, {}, 0};
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
  const bool continues = top.slice.begin == 0 && top.slice.end > 0 && top.page->continues();
  top.slice.end = top.page->keys().UpperBound(valid_, top.slice.begin, top.slice.end);
  if (continues) top.children = cut.admits_all() ? fences.children() : ChildOf(cut);
  top.page->Prefetch(top.slice, top.children);
  if (!continues || cut.admits_all()) {
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
    node.children = cut.leaf() - (ChildOf(cut) << (fences.child_log2 - fences.leaf_log2));
  }
  node.slice = SliceOf(*node.page, top_range_.begin, top_range_.top);
  node.page->Prefetch(node.slice, node.children);
  return LocateLeaf(cut, node_->first_top, reading);
}

// The entries of the top pages before `end`.
absl::Status GroupProbe::LocateLeaf(const KnownCut& cut, uint32_t end, Reading* reading) const {
  if (top_range_.begin >= end) return absl::OkStatus();
  auto page = cut.leaf_page().entries();
  if (!page.ok()) return Annotated(page.status(), PageKind::kLeaf, cut.leaf());
  Part& leaf = reading->leaf;
  leaf.slice = SliceOf(*page, top_range_.begin, end);
  page->Prefetch(leaf.slice, 0);
  leaf.page = *page;
  return absl::OkStatus();
}

absl::Status GroupProbe::AddTo(WeightSum* sum, const KnownCut& cut, const Reading& reading) const {
  const RunFences& fences = run_->fences();
  const auto add = [&](const Part& part, uint64_t first_rank) {
    return part.page->AddTo(sum, part.slice, cut.rank() - first_rank, part.children);
  };
  absl::Status status = add(reading.top, 0);
  if (!status.ok()) return Annotated(status, PageKind::kTop, top_range_.top);
  if (reading.node.page) {
    status = add(reading.node, ChildOf(cut) << fences.child_log2);
    if (!status.ok()) return Annotated(status, PageKind::kNode, node_->page);
  }
  if (reading.leaf.page) {
    status = add(reading.leaf, uint64_t{cut.leaf()} << fences.leaf_log2);
    if (!status.ok()) return Annotated(status, PageKind::kLeaf, cut.leaf());
  }
  return absl::OkStatus();
}

}  // namespace annals::forest
