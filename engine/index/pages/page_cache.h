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
#include "engine/index/pages/segment_pool.h"

namespace annals::forest {

// Keeps up to `capacity_bytes` of memory, all included. Pages are laid one behind the
// other in segments. When there is room for no further one, the oldest segment goes; its
// pages that were asked for most, half of it at most, move to the newest (FIFO with
// reinsertion). Segments that went while questions still use them may hold it up to a
// quarter above its capacity; then it takes no more in.
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
  // it is empty if there is no room for one, or the page takes more than half a segment
  // (32 KiB; less in a small cache). Of a page that is here already, it is the one that is
  // here.
  absl::string_view Insert(uint32_t space, PageId id, absl::string_view bytes);

  // Drops a space's pages of the runs that `drop` is true of. Looks at all pages.
  void EraseRuns(uint32_t space, absl::FunctionRef<bool(uint32_t run)> drop);

  struct Statistics {
    uint64_t hits = 0;
    uint64_t misses = 0;
    size_t bytes = 0;  // Of segments, with those that pins keep.
  };
  Statistics statistics() const;

 private:
  struct Key {
    uint32_t space;
    PageId id;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Entry;

  // Entries one behind the other.
  struct Segment {
    char* memory;
    size_t used = 0;   // Bytes.
    size_t pages = 0;  // That can be found.
  };

  // A span of time. Segments that went in it stay until it and all before it are
  // over and unpinned: each keeps the next.
  struct Generation {
    explicit Generation(PageCache* owner) : cache(owner) {}
    ~Generation();

    PageCache* const cache;
    std::vector<char*> gone;
    std::shared_ptr<Generation> next;
  };

  struct alignas(64) Shard {
    Mutex mutex;
    std::deque<Segment> segments ABSL_GUARDED_BY(mutex);  // The oldest first.
  };

  size_t BucketOf(const Key& key) const;
  Entry* FindIn(size_t bucket, const Key& key) const;
  void Unlink(Entry* entry);
  template <typename Visit>
  static void VisitPages(const Segment& segment, Visit visit);
  // Puts an entry into the newest segment, which has room for it.
  Entry* Append(Shard* shard, const Key& key, absl::string_view bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  // Makes room for so many bytes in the newest segment, if it can. Segments that went
  // are added to `gone`.
  bool MakeRoom(Shard* shard, size_t bytes, std::vector<char*>* gone)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  // Empties the oldest segment; the newest is new.
  void Evict(Shard* shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  std::shared_ptr<const void> Pin() const;
  void Drop(std::vector<char*> gone);
  void TellSize();

  const SizeListener listener_;
  const size_t bucket_count_;  // Powers of two; bucket b belongs to shard b % shard_count_.
  const size_t shard_count_;
  const size_t segment_bytes_;
  const size_t segments_a_shard_;
  SegmentPool pool_;
  // Lists of entries. Changed under the shard's mutex, read without.
  const std::unique_ptr<std::atomic<Entry*>[]> buckets_;
  const std::unique_ptr<Shard[]> shards_;

  std::atomic<uint32_t> next_space_ = 0;
  std::atomic<size_t> segments_ = 0;    // Of all shards,
  std::atomic<size_t> gone_ = 0;        // and of all generations.
  std::atomic<size_t> told_bytes_ = 0;  // What the listener knows.
  mutable Mutex generation_mutex_;
  std::shared_ptr<Generation> generation_ ABSL_GUARDED_BY(generation_mutex_);

  alignas(64) std::atomic<uint64_t> hits_ = 0;
  std::atomic<uint64_t> misses_ = 0;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_PAGES_PAGE_CACHE_H_
