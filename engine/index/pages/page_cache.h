// PageCache: the pages that were asked for of late, of all forests of a store.
#ifndef ANNALS_ENGINE_INDEX_PAGES_PAGE_CACHE_H_
#define ANNALS_ENGINE_INDEX_PAGES_PAGE_CACHE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/index/forest/page_store.h"

namespace annals::forest {

// Keeps up to `capacity_bytes` of pages, their bookkeeping included, and parts
// first with those that questions have asked for least since the cache last came by
// (CLOCK, with a small count). Pages in use may hold it up to a quarter above that; when they do,
// it takes no more in.
//
// A look-up takes no lock and writes nothing to the page: it pins a moment, once
// for all pages that it looks up, and what was in the cache then stays in memory
// until the pin is gone.
//
// Thread-safe. Must outlive its pins.
class PageCache {
 public:
  // Called, from any thread, with how many bytes it has, whenever that has changed by a
  // few MiB. It must not call the cache.
  using SizeListener = std::function<void(size_t bytes)>;

  explicit PageCache(
      size_t capacity_bytes, SizeListener listener = [](size_t) {});
  ~PageCache();
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  // A number that no one else has: the pages of each forest have one.
  uint32_t NewSpace() { return next_space_.fetch_add(1, std::memory_order_relaxed); }

  // In the order of `ids`; an empty one for each that isn't here. Some 20 ns a
  // page, if it is in the processor's cache, and 50 ns in all.
  PinnedPages Find(uint32_t space, absl::Span<const PageId> ids, Access access);

  // Copies a page in. The copy stays as long as a pin that Find returned before;
  // it is empty if there is no room for one. Of a page that is here already, it
  // is the one that is here.
  absl::string_view Insert(uint32_t space, PageId id, absl::string_view bytes);

  // Drops a space's pages of the runs that `drop` is true of. Looks at all pages.
  void EraseRuns(uint32_t space, absl::FunctionRef<bool(uint32_t run)> drop);

  struct Statistics {
    uint64_t hits = 0;
    uint64_t misses = 0;
    size_t bytes = 0;  // With what pins keep.
  };
  Statistics statistics() const;

 private:
  struct Key {
    uint32_t space;
    PageId id;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Entry;

  // A span of time. What was dropped in it stays until it and all before it are
  // over and unpinned: each keeps the next.
  struct Generation {
    explicit Generation(std::atomic<size_t>* total) : dropped_total(total) {}
    ~Generation();

    std::vector<Entry*> dropped;
    size_t dropped_bytes = 0;
    std::atomic<size_t>* const dropped_total;
    std::shared_ptr<Generation> next;
  };

  struct alignas(64) Shard {
    Mutex mutex;
    std::deque<Entry*> clock ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };

  static void Free(Entry* entry);
  size_t BucketOf(const Key& key) const;
  Entry* FindIn(size_t bucket, const Key& key) const;
  void Unlink(size_t bucket, Entry* entry);
  // Makes room for so many bytes, if it can.
  bool MakeRoom(Shard* shard, size_t bytes, std::vector<Entry*>* dropped)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  std::shared_ptr<const void> Pin() const;
  void Drop(const std::vector<Entry*>& entries);
  void TellSize();

  const size_t capacity_bytes_;
  const SizeListener listener_;
  const size_t bucket_count_;  // Powers of two; bucket b belongs to shard b % shard_count_.
  const size_t shard_count_;
  // Lists of entries. Changed under the shard's mutex, read without.
  const std::unique_ptr<std::atomic<Entry*>[]> buckets_;
  const std::unique_ptr<Shard[]> shards_;

  std::atomic<uint32_t> next_space_ = 0;
  std::atomic<size_t> bytes_ = 0;          // Of all shards,
  std::atomic<size_t> told_bytes_ = 0;     // and what the listener knows of that.
  std::atomic<size_t> dropped_bytes_ = 0;  // Of all generations.
  mutable Mutex generation_mutex_;
  std::shared_ptr<Generation> generation_ ABSL_GUARDED_BY(generation_mutex_);

  alignas(64) std::atomic<uint64_t> hits_ = 0;
  std::atomic<uint64_t> misses_ = 0;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_PAGES_PAGE_CACHE_H_
