// MemoryPageStore: a PageStore in memory, for tests, measurements and small runs.
#ifndef ANNALS_ENGINE_INDEX_FOREST_MEMORY_PAGE_STORE_H_
#define ANNALS_ENGINE_INDEX_FOREST_MEMORY_PAGE_STORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/index/forest/page_store.h"

namespace annals::forest {

// Thread-safe. Its pages stay where they are until they are deleted, so it needs
// no pin.
class MemoryPageStore : public PageStore {
 public:
  absl::Status Write(std::vector<Page> pages) override;
  absl::StatusOr<PinnedPages> MultiGet(absl::Span<const PageId> ids, Access access) const override;
  absl::Status DeleteRun(uint32_t run) override;
  absl::Status DeleteRunsExcept(absl::Span<const uint32_t> runs) override;

  struct Usage {
    size_t runs = 0;
    std::array<size_t, 4> bytes = {};  // By PageKind.

    size_t total() const { return bytes[0] + bytes[1] + bytes[2] + bytes[3]; }
  };
  Usage usage() const;

 private:
  struct Run {
    std::array<std::vector<absl::string_view>, 4> pages;  // By kind and index.
    std::vector<std::unique_ptr<const char[]>> buffers;   // What was written at once.
  };

  mutable Mutex mutex_;
  absl::flat_hash_map<uint32_t, Run> runs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_MEMORY_PAGE_STORE_H_
