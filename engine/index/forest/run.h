// Run: an immutable part of the forest: points that arrived one after another.
#ifndef ANNALS_ENGINE_INDEX_FOREST_RUN_H_
#define ANNALS_ENGINE_INDEX_FOREST_RUN_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/index/forest/page_store.h"
#include "engine/index/forest/run_fences.h"

namespace annals::forest {

// The pages of a run that is not in the store, by kind and index.
using OwnPages = std::array<std::vector<std::string>, 3>;

// Its pages are its own (a small run) or the store's. Immutable, so thread-safe.
class Run {
 public:
  // In the store, which has so many pages of its fences.
  Run(uint32_t id, size_t measures, RunFences fences, uint32_t fence_pages)
      : id_(id), measures_(measures), fences_(std::move(fences)), fence_pages_(fence_pages) {}
  // In memory.
  Run(uint32_t id, size_t measures, RunFences fences, OwnPages own_pages)
      : id_(id), measures_(measures), fences_(std::move(fences)), own_(std::move(own_pages)) {}
  ~Run() { gone_->store(true, std::memory_order_release); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Reads a stored run's fences. DATA_LOSS, or whatever the store says.
  static absl::StatusOr<std::shared_ptr<const Run>> Open(uint32_t id, size_t measures,
                                                         uint32_t fence_pages,
                                                         const PageStore& store);

  uint32_t id() const { return id_; }
  uint32_t fence_pages() const { return fence_pages_; }

  // Becomes true when the last user has let go of the run, and outlives it: then
  // its pages can be deleted.
  std::shared_ptr<const std::atomic<bool>> gone() const { return gone_; }
  uint64_t points() const { return fences_.points; }
  size_t measures() const { return measures_; }
  const RunFences& fences() const { return fences_; }
  bool is_stored() const { return !own_.has_value(); }

  // Of a run that is not stored.
  absl::string_view OwnPage(PageKind kind, uint32_t index) const {
    return (*own_)[static_cast<size_t>(kind)][index];
  }

  size_t memory_bytes() const;

 private:
  const uint32_t id_;
  const size_t measures_;
  const RunFences fences_;
  const uint32_t fence_pages_ = 0;
  const std::optional<OwnPages> own_;
  const std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_RUN_H_
