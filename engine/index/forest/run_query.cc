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

void KnownCut::Prefetch(const Run& run, const PageBatch& batch) const {
  if (extent_ != Extent::kPart) return;
  const auto page = LeafPage::Parse(batch.page(slot_), run.measures());
  if (page.ok()) page->known().PrefetchBound(known_);
}

absl::Status KnownCut::Resolve(const Run& run, const PageBatch& batch) {
  if (extent_ != Extent::kPart) return absl::OkStatus();
  absl::StatusOr<LeafPage> page = LeafPage::Parse(batch.page(slot_), run.measures());
  if (!page.ok()) return AtPage(page.status(), run, PageKind::kLeaf, leaf_);
  page_ = *page;
  const Column& known = page_->known();
  rank_ = (uint64_t{leaf_} << run.fences().leaf_log2) + known.UpperBound(known_, 0, known.size());
  return absl::OkStatus();
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

void GroupProbe::Prefetch(const KnownCut& cut, const PageBatch& batch) const {
  const RunFences& fences = run_->fences();
  const uint32_t leaves_log2 = fences.child_log2 - fences.leaf_log2;
  const uint64_t child = cut.admits_all() ? fences.children() : cut.leaf() >> leaves_log2;
  if (auto page = EntryPage::Parse(batch.page(top_slot_), run_->measures()); page.ok()) {
    page->Prefetch(valid_, child);
  }
  if (node_ == nullptr) return;
  if (auto page = EntryPage::Parse(batch.page(node_slot_), run_->measures()); page.ok()) {
    page->Prefetch(top_range_.top, cut.leaf() - (child << leaves_log2));
  }
}

absl::Status GroupProbe::AddTo(WeightSum* sum, const KnownCut& cut, const PageBatch& batch) const {
  const RunFences& fences = run_->fences();
  const auto page = EntryPage::Parse(batch.page(top_slot_), run_->measures());
  if (!page.ok()) return Annotated(page.status(), PageKind::kTop, top_range_.top);
  EntryPage::Slice slice = page->FindGroup(group_);
  const bool continues = slice.begin == 0 && slice.end > 0 && page->continues();
  slice.end = page->keys().UpperBound(valid_, slice.begin, slice.end);
  uint64_t children = 0;
  if (continues) {
    children =
        cut.admits_all() ? fences.children() : cut.leaf() >> (fences.child_log2 - fences.leaf_log2);
  }
  const absl::Status added = page->AddTo(sum, slice, cut.rank(), children);
  if (!added.ok()) return Annotated(added, PageKind::kTop, top_range_.top);
  if (!continues || cut.admits_all()) return absl::OkStatus();
  if (!fences.has_nodes()) return AddLeaf(sum, cut, top_range_.top);
  if (node_ == nullptr) return absl::OkStatus();
  ANNALS_RETURN_IF_ERROR(AddNode(sum, cut, batch));
  return AddLeaf(sum, cut, node_->first_top);
}

// The entries of the top pages before `end`.
absl::Status GroupProbe::AddLeaf(WeightSum* sum, const KnownCut& cut, uint32_t end) const {
  if (top_range_.begin >= end) return absl::OkStatus();
  const uint64_t rank = cut.rank() - (uint64_t{cut.leaf()} << run_->fences().leaf_log2);
  const auto page = cut.leaf_page().entries();
  absl::Status status = page.status();
  if (status.ok()) status = page->AddTo(sum, SliceOf(*page, top_range_.begin, end), rank, 0);
  return status.ok() ? status : Annotated(status, PageKind::kLeaf, cut.leaf());
}

absl::Status GroupProbe::AddNode(WeightSum* sum, const KnownCut& cut,
                                 const PageBatch& batch) const {
  const RunFences& fences = run_->fences();
  const auto page = EntryPage::Parse(batch.page(node_slot_), run_->measures());
  if (!page.ok()) return Annotated(page.status(), PageKind::kNode, node_->page);
  const uint32_t leaves_log2 = fences.child_log2 - fences.leaf_log2;
  const uint64_t child = cut.leaf() >> leaves_log2;
  const uint64_t child_rank = cut.rank() - (child << fences.child_log2);
  // The sums are those of the group that the page begins with: this one's, if
  // its first entry is.
  const uint64_t leaves =
      node_->first_top >= top_range_.begin ? cut.leaf() - (child << leaves_log2) : 0;
  const absl::Status added =
      page->AddTo(sum, SliceOf(*page, top_range_.begin, top_range_.top), child_rank, leaves);
  return added.ok() ? added : Annotated(added, PageKind::kNode, node_->page);
}

}  // namespace annals::forest
