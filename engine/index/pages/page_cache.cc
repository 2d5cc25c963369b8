#include "engine/index/pages/page_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace annals::forest {
namespace {

// A bucket for so many bytes of pages: most pages are longer.
constexpr size_t kBytesPerBucket = 2048;
constexpr size_t kLeastBuckets = 64;

// Only changes to the cache lock a shard, so a few are enough.
constexpr size_t kMostShards = 16;
constexpr size_t kLeastShardBytes = size_t{4} << 20;

// What a generation drops at most, give or take a page: then it is over.
constexpr size_t kGenerationBytes = size_t{64} << 10;

// The listener is told of a change of so many bytes.
constexpr size_t kToldBytes = size_t{4} << 20;

// What the allocator, the clock and the buckets take.
constexpr size_t kEntryOverheadBytes = 32;

// How often a page counts as asked for: the more, the longer those stay that are
// asked for more often than others.
constexpr uint8_t kMostUses = 3;

// Look-ups that wait for memory together.
constexpr size_t kTogether = 32;

}  // namespace

// The page's bytes follow it.
struct PageCache::Entry {
  Entry(const Key& entry_key, size_t entry_bytes) : key(entry_key), bytes(entry_bytes) {}

  char* data() { return reinterpret_cast<char*>(this + 1); }
  absl::string_view page() { return {data(), bytes}; }
  size_t charge() const { return sizeof(*this) + bytes + kEntryOverheadBytes; }

  const Key key;
  const size_t bytes;
  std::atomic<uint8_t> uses = 0;  // Up to kMostUses; the clock's hand takes one away.
  std::atomic<Entry*> next = nullptr;
};

PageCache::Generation::~Generation() {
  for (Entry* entry : dropped) Free(entry);
  dropped_total->fetch_sub(dropped_bytes, std::memory_order_relaxed);
}

PageCache::PageCache(size_t capacity_bytes, SizeListener listener)
    : capacity_bytes_(capacity_bytes),
      listener_(std::move(listener)),
      bucket_count_(std::bit_ceil(std::max(kLeastBuckets, capacity_bytes / kBytesPerBucket))),
      shard_count_(
          std::bit_floor(std::clamp<size_t>(capacity_bytes / kLeastShardBytes, 1, kMostShards))),
      buckets_(new std::atomic<Entry*>[bucket_count_]()),
      shards_(new Shard[shard_count_]),
      generation_(std::make_shared<Generation>(&dropped_bytes_)) {}

PageCache::~PageCache() {
  for (size_t bucket = 0; bucket < bucket_count_; ++bucket) {
    for (Entry* entry = buckets_[bucket].load(); entry != nullptr;) {
      Free(std::exchange(entry, entry->next.load()));
    }
  }
}

void PageCache::Free(Entry* entry) {
  entry->~Entry();
  ::operator delete(entry);
}

size_t PageCache::BucketOf(const Key& key) const {
  // The halves of a product, each bit of which depends on all lower ones.
  const uint64_t run = (uint64_t{key.space} << 32 | key.id.run) ^ 0x9E3779B97F4A7C15;
  const uint64_t page =
      (uint64_t{static_cast<uint8_t>(key.id.kind)} << 32 | key.id.index) ^ 0xD1B54A32D192ED03;
  const auto product = static_cast<unsigned __int128>(run) * page;
  return static_cast<size_t>(static_cast<uint64_t>(product) ^
                             static_cast<uint64_t>(product >> 64)) &
         (bucket_count_ - 1);
}

PageCache::Entry* PageCache::FindIn(size_t bucket, const Key& key) const {
  Entry* entry = buckets_[bucket].load(std::memory_order_acquire);
  while (entry != nullptr && entry->key != key) entry = entry->next.load(std::memory_order_acquire);
  return entry;
}

std::shared_ptr<const void> PageCache::Pin() const {
  MutexLock lock(&generation_mutex_);
  return generation_;
}

// The buckets and the entries are seldom in the processor's cache: they are all
// asked for before the first is looked at.
PinnedPages PageCache::Find(uint32_t space, absl::Span<const PageId> ids, Access access) {
  PinnedPages pinned;
  pinned.pages.resize(ids.size());
  pinned.pin = Pin();
  uint64_t hits = 0;
  for (size_t begin = 0; begin < ids.size(); begin += kTogether) {
    const size_t count = std::min(kTogether, ids.size() - begin);
    size_t buckets[kTogether];
    for (size_t i = 0; i < count; ++i) {
      buckets[i] = BucketOf({space, ids[begin + i]});
      __builtin_prefetch(&buckets_[buckets[i]]);
    }
    for (size_t i = 0; i < count; ++i) {
      const Entry* const first = buckets_[buckets[i]].load(std::memory_order_relaxed);
      if (first != nullptr) __builtin_prefetch(first);
    }
    for (size_t i = 0; i < count; ++i) {
      Entry* const entry = FindIn(buckets[i], {space, ids[begin + i]});
      if (entry == nullptr) continue;
      ++hits;
      pinned.pages[begin + i] = entry->page();
      const uint8_t uses = entry->uses.load(std::memory_order_relaxed);
      if (access == Access::kQuery && uses < kMostUses) {
        entry->uses.store(uses + 1, std::memory_order_relaxed);
      }
    }
  }
  hits_.fetch_add(hits, std::memory_order_relaxed);
  if (hits < ids.size()) misses_.fetch_add(ids.size() - hits, std::memory_order_relaxed);
  return pinned;
}

void PageCache::Unlink(size_t bucket, Entry* entry) {
  std::atomic<Entry*>* link = &buckets_[bucket];
  while (link->load(std::memory_order_relaxed) != entry) {
    link = &link->load(std::memory_order_relaxed)->next;
  }
  // A look-up that stands at the entry goes on from it as before.
  link->store(entry->next.load(std::memory_order_relaxed), std::memory_order_release);
}

bool PageCache::MakeRoom(Shard* shard, size_t bytes, std::vector<Entry*>* dropped) {
  const size_t capacity = capacity_bytes_ / shard_count_;
  if (bytes > capacity || dropped_bytes_.load(std::memory_order_relaxed) > capacity_bytes_ / 4) {
    return false;
  }
  while (shard->bytes + bytes > capacity) {
    Entry* const entry = shard->clock.front();
    shard->clock.pop_front();
    if (const uint8_t uses = entry->uses.load(std::memory_order_relaxed); uses > 0) {
      entry->uses.store(uses - 1, std::memory_order_relaxed);
      shard->clock.push_back(entry);
      continue;
    }
    Unlink(BucketOf(entry->key), entry);
    shard->bytes -= entry->charge();
    bytes_.fetch_sub(entry->charge(), std::memory_order_relaxed);
    dropped->push_back(entry);
  }
  return true;
}

absl::string_view PageCache::Insert(uint32_t space, PageId id, absl::string_view bytes) {
  const Key key = {space, id};
  const size_t bucket = BucketOf(key);
  Shard& shard = shards_[bucket & (shard_count_ - 1)];
  std::vector<Entry*> dropped;
  absl::string_view page;
  {
    MutexLock lock(&shard.mutex);
    if (Entry* const present = FindIn(bucket, key); present != nullptr) return present->page();
    auto* const entry = new (::operator new(sizeof(Entry) + bytes.size())) Entry(key, bytes.size());
    std::memcpy(entry->data(), bytes.data(), bytes.size());
    if (!MakeRoom(&shard, entry->charge(), &dropped)) {
      Free(entry);
    } else {
      entry->next.store(buckets_[bucket].load(std::memory_order_relaxed),
                        std::memory_order_relaxed);
      buckets_[bucket].store(entry, std::memory_order_release);
      shard.clock.push_back(entry);
      shard.bytes += entry->charge();
      bytes_.fetch_add(entry->charge(), std::memory_order_relaxed);
      page = entry->page();
    }
  }
  Drop(dropped);
  TellSize();
  return page;
}

// Two that tell at once may do so in either order: the next one sets that right.
void PageCache::TellSize() {
  const size_t bytes = bytes_.load(std::memory_order_relaxed);
  const size_t told = told_bytes_.load(std::memory_order_relaxed);
  if (std::max(bytes, told) - std::min(bytes, told) < kToldBytes) return;
  told_bytes_.store(bytes, std::memory_order_relaxed);
  listener_(bytes);
}

void PageCache::EraseRuns(uint32_t space, absl::FunctionRef<bool(uint32_t run)> drop) {
  for (size_t i = 0; i < shard_count_; ++i) {
    Shard& shard = shards_[i];
    std::vector<Entry*> dropped;
    {
      MutexLock lock(&shard.mutex);
      const auto is_kept = [&](const Entry* entry) {
        return entry->key.space != space || !drop(entry->key.id.run);
      };
      const auto kept = std::stable_partition(shard.clock.begin(), shard.clock.end(), is_kept);
      dropped.assign(kept, shard.clock.end());
      shard.clock.erase(kept, shard.clock.end());
      for (Entry* entry : dropped) {
        Unlink(BucketOf(entry->key), entry);
        shard.bytes -= entry->charge();
        bytes_.fetch_sub(entry->charge(), std::memory_order_relaxed);
      }
    }
    Drop(dropped);
  }
  TellSize();
}

// Whoever can still see them has pinned this generation or an earlier one: they
// were unlinked before.
void PageCache::Drop(const std::vector<Entry*>& entries) {
  if (entries.empty()) return;
  size_t bytes = 0;
  for (const Entry* entry : entries) bytes += entry->charge();
  dropped_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  std::shared_ptr<Generation> over;  // Goes, with what it drops, after the lock.
  MutexLock lock(&generation_mutex_);
  generation_->dropped.insert(generation_->dropped.end(), entries.begin(), entries.end());
  generation_->dropped_bytes += bytes;
  if (generation_->dropped_bytes < std::min(kGenerationBytes, capacity_bytes_ / 16)) return;
  auto next = std::make_shared<Generation>(&dropped_bytes_);
  generation_->next = next;
  over = std::exchange(generation_, std::move(next));
}

PageCache::Statistics PageCache::statistics() const {
  Statistics statistics = {.hits = hits_.load(std::memory_order_relaxed),
                           .misses = misses_.load(std::memory_order_relaxed),
                           .bytes = dropped_bytes_.load(std::memory_order_relaxed)};
  for (size_t i = 0; i < shard_count_; ++i) {
    MutexLock lock(&shards_[i].mutex);
    statistics.bytes += shards_[i].bytes;
  }
  return statistics;
}

}  // namespace annals::forest
