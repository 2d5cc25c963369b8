// PageStore: where a forest keeps the pages of its larger runs.
#ifndef ANNALS_ENGINE_INDEX_FOREST_PAGE_STORE_H_
#define ANNALS_ENGINE_INDEX_FOREST_PAGE_STORE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace annals::forest {

enum class PageKind : uint8_t {
  kTop,     // Entries by (group, valid).
  kNode,    // Those of one block of known times, by top page.
  kLeaf,    // Those of the smallest block, with the known times.
  kFences,  // What is kept in memory of the other three.
};

struct PageId {
  uint32_t run = 0;
  PageKind kind = PageKind::kTop;
  uint32_t index = 0;  // Dense from 0 in its run and kind.

  friend auto operator<=>(const PageId&, const PageId&) = default;
};

struct Page {
  PageId id;
  std::string bytes;
};

// As many as a question of one group seldom needs more of: up to there, a list of pages
// takes no memory from the allocator, where it would lie cold.
inline constexpr size_t kFewPages = 12;

// Pages as asked for, valid as long as this is.
struct PinnedPages {
  absl::InlinedVector<absl::string_view, kFewPages> pages;
  std::shared_ptr<const void> pin;  // May be null, if the store needs none.
};

// What pages are read for, for a store that chooses which ones to keep at hand.
enum class Access {
  kQuery,  // Likely to be asked for again.
  kMerge,  // Read in passing: must not crowd out what queries use.
};

// Implementations are thread-safe, and keep what they were given: a page whose
// bytes come back changed is their error to report (they have the checksums).
//
// A page is written once and is not referred to before a manifest that names its
// run is committed: a store needs no atomicity across calls, only that what was
// written before a commit is there after a crash that the commit survived.
class PageStore {
 public:
  virtual ~PageStore() = default;

  // Replaces a page of the same id: a crash may have left one.
  virtual absl::Status Write(std::vector<Page> pages) = 0;

  // In the order of `ids`, in one batch. DATA_LOSS if one is missing or damaged.
  virtual absl::StatusOr<PinnedPages> MultiGet(absl::Span<const PageId> ids,
                                               Access access) const = 0;

  // Deletes a run's pages. Nothing reads them any more.
  virtual absl::Status DeleteRun(uint32_t run) = 0;

  // Gives the disk back what deleted runs took, if it costs something to do so.
  virtual absl::Status Reclaim() { return absl::OkStatus(); }

  // Deletes the pages of every run but these: what a crash left behind.
  virtual absl::Status DeleteRunsExcept(absl::Span<const uint32_t> runs) = 0;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_PAGE_STORE_H_
