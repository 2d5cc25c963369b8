#include "engine/index/forest/page_batch.h"

#include <algorithm>

#include "engine/base/status.h"

namespace annals::forest {
namespace {

constexpr size_t kMostPrefetched = 64;

}  // namespace

size_t PageBatch::Add(const Run& run, PageKind kind, uint32_t index) {
  const size_t slot = pages_.size();
  if (sharing_ == Sharing::kSharePages) {
    const std::pair<uint64_t, uint32_t> key = {uint64_t{run.id()} << 8 | static_cast<uint8_t>(kind),
                                               index};
    const auto [known, added] = slots_.try_emplace(key, slot);
    if (!added) return known->second;
  }
  if (run.is_stored()) {
    pages_.emplace_back();
    wanted_.push_back({run.id(), kind, index});
    wanted_slots_.push_back(slot);
  } else {
    pages_.push_back(run.OwnPage(kind, index));
  }
  return slot;
}

absl::Status PageBatch::Fetch(const PageStore& store, Access access) {
  if (!wanted_.empty()) {
    ANNALS_ASSIGN_OR_RETURN(pinned_, store.MultiGet(wanted_, access));
    for (size_t i = 0; i < wanted_.size(); ++i) pages_[wanted_slots_[i]] = pinned_.pages[i];
  }
  // Every page is read from its head, and a head is seldom in the processor's
  // cache: let them come at once rather than one by one.
  const size_t heads = std::min(pages_.size(), kMostPrefetched);
  for (size_t slot = 0; slot < heads; ++slot) PrefetchHead(slot);
  return absl::OkStatus();
}

void PageBatch::Clear() {
  pages_.clear();
  wanted_.clear();
  wanted_slots_.clear();
  slots_.clear();
  pinned_.pages.clear();
  pinned_.pin.reset();
}

}  // namespace annals::forest
