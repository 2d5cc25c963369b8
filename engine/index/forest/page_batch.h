// PageBatch: the pages that one or more questions need, read at once.
#ifndef ANNALS_ENGINE_INDEX_FOREST_PAGE_BATCH_H_
#define ANNALS_ENGINE_INDEX_FOREST_PAGE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/index/forest/bits.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/run.h"

namespace annals::forest {

// Of any runs, which must outlive it. Not thread-safe.
class PageBatch {
 public:
  enum class Sharing { kNone, kSharePages };  // Whether a page may be asked for twice.

  explicit PageBatch(Sharing sharing) : sharing_(sharing) {}

  // What page() will give it by.
  size_t Add(const Run& run, PageKind kind, uint32_t index);

  // DATA_LOSS, or whatever the store says. At most one read of the store.
  absl::Status Fetch(const PageStore& store, Access access);

  absl::string_view page(size_t slot) const { return pages_[slot]; }

  // Asks the processor for a page's head, which says where the rest is.
  void PrefetchHead(size_t slot) const {
    __builtin_prefetch(pages_[slot].data());
    __builtin_prefetch(pages_[slot].data() + kCacheLineBytes);
  }
  size_t size() const { return pages_.size(); }

  // Lets go of all pages, for the next batch.
  void Clear();

 private:
  Sharing sharing_;
  absl::InlinedVector<absl::string_view, kFewPages> pages_;
  absl::InlinedVector<PageId, kFewPages> wanted_;
  absl::InlinedVector<size_t, kFewPages> wanted_slots_;
  absl::flat_hash_map<std::pair<uint64_t, uint32_t>, size_t> slots_;
  PinnedPages pinned_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_PAGE_BATCH_H_
