#include "engine/index/pages/page_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace annals::forest {
namespace {

// A bucket for so many bytes of pages. Most pages are four times as long: few share a
// bucket, and a look-up seldom waits for another page's entry before its own.
constexpr size_t kBytesPerBucket = 512;
constexpr size_t kLeastBuckets = 64;

// Only changes to the cache lock a shard, so a few are enough.
constexpr size_t kMostShards = 16;
constexpr size_t kLeastShardBytes = size_t{8} << 20;

// To empty a segment is work that a question waits for, so a shard has many; but pages
// should fit well.
constexpr size_t kSegmentsAShard = 32;
constexpr size_t kLeastSegmentBytes = size_t{8} << 10;
constexpr size_t kMostSegmentBytes = size_t{64} << 10;

// Of a segment that goes, so much may stay: the more, the more is copied for each page that
// comes.
constexpr size_t KeptBytes(size_t segment_bytes) { return segment_bytes / 2; }

// The listener is told of a change of so many bytes.
constexpr size_t kToldBytes = size_t{4} << 20;

// How often a page counts as asked for; halved when it moves.
constexpr uint8_t kMostUses = 7;

// Look-ups that wait for memory together.
constexpr size_t kTogether = 32;

// A line of the processor's cache.
constexpr size_t kEntryAlignment = 64;

size_t ShardsFor(size_t capacity_bytes) {
  return std::bit_floor(std::clamp<size_t>(capacity_bytes / kLeastShardBytes, 1, kMostShards));
}

size_t BucketsFor(size_t capacity_bytes) {
  return std::bit_ceil(std::max(kLeastBuckets, capacity_bytes / kBytesPerBucket));
}

size_t SegmentBytesFor(size_t capacity_bytes) {
  return std::bit_floor(std::clamp(capacity_bytes / ShardsFor(capacity_bytes) / kSegmentsAShard,
                                   kLeastSegmentBytes, kMostSegmentBytes));
}

// Two at least: what the oldest keeps moves to another one.
size_t SegmentsAShardFor(size_t capacity_bytes) {
  const size_t buckets = BucketsFor(capacity_bytes) * sizeof(void*);
  const size_t bytes = capacity_bytes - std::min(capacity_bytes, buckets);
  return std::max<size_t>(2, bytes / ShardsFor(capacity_bytes) / SegmentBytesFor(capacity_bytes));
}

// A quarter more, for those that went and are pinned, and one a shard, which takes in
// what the oldest keeps before that is gone.
size_t MostSegmentsFor(size_t capacity_bytes) {
  const size_t shards = ShardsFor(capacity_bytes);
  const size_t segments = SegmentsAShardFor(capacity_bytes) * shards;
  return segments + std::max(shards, segments / 4);
}

}  // namespace

// The page's bytes follow it: the first of them are in the line of the processor's cache
// that a look-up waits for.
struct PageCache::Entry {
  Entry(const Key& entry_key, size_t page_bytes)
      : key(entry_key), bytes(static_cast<uint32_t>(page_bytes)) {}

  // Up to where the next one begins.
  static size_t SizeOf(size_t page_bytes) {
    return (sizeof(Entry) + page_bytes + kEntryAlignment - 1) / kEntryAlignment * kEntryAlignment;
  }

  char* data() { return reinterpret_cast<char*>(this + 1); }
  absl::string_view page() { return {data(), bytes}; }

  const Key key;
  const uint32_t bytes;
  std::atomic<uint8_t> uses = 0;  // Up to kMostUses.
  bool can_be_found = true;       // Guarded by the shard's mutex.
  std::atomic<Entry*> next = nullptr;
};

PageCache::Generation::~Generation() {
  for (char* segment : gone) cache->pool_.Put(segment);
  cache->gone_.fetch_sub(gone.size(), std::memory_order_relaxed);
}

PageCache::PageCache(size_t capacity_bytes, SizeListener listener)
    : listener_(std::move(listener)),
      bucket_count_(BucketsFor(capacity_bytes)),
      shard_count_(ShardsFor(capacity_bytes)),
      segment_bytes_(SegmentBytesFor(capacity_bytes)),
      segments_a_shard_(SegmentsAShardFor(capacity_bytes)),
      pool_(segment_bytes_, MostSegmentsFor(capacity_bytes)),
      buckets_(new std::atomic<Entry*>[bucket_count_]()),
      shards_(new Shard[shard_count_]),
      generation_(std::make_shared<Generation>(this)) {}

PageCache::~PageCache() = default;

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

absl::string_view PageCache::Insert(uint32_t space, PageId id, absl::string_view bytes) {
  const Key key = {space, id};
  const size_t bucket = BucketOf(key);
  Shard& shard = shards_[bucket & (shard_count_ - 1)];
  std::vector<char*> gone;
  absl::string_view page;
  {
    MutexLock lock(&shard.mutex);
    if (Entry* const present = FindIn(bucket, key); present != nullptr) return present->page();
    if (MakeRoom(&shard, Entry::SizeOf(bytes.size()), &gone)) {
      page = Append(&shard, key, bytes)->page();
    }
  }
  Drop(std::move(gone));
  TellSize();
  return page;
}

PageCache::Entry* PageCache::Append(Shard* shard, const Key& key, absl::string_view bytes) {
  Segment& newest = shard->segments.back();
  auto* const entry = new (newest.memory + newest.used) Entry(key, bytes.size());
  std::memcpy(entry->data(), bytes.data(), bytes.size());
  newest.used += Entry::SizeOf(bytes.size());
  ++newest.pages;
  std::atomic<Entry*>& bucket = buckets_[BucketOf(key)];
  entry->next.store(bucket.load(std::memory_order_relaxed), std::memory_order_relaxed);
  bucket.store(entry, std::memory_order_release);
  return entry;
}

// A new segment has room beside what the oldest keeps, so one is enough.
bool PageCache::MakeRoom(Shard* shard, size_t bytes, std::vector<char*>* gone) {
  if (bytes > segment_bytes_ - KeptBytes(segment_bytes_)) return false;
  std::deque<Segment>& segments = shard->segments;
  if (!segments.empty() && segments.back().used + bytes <= segment_bytes_) return true;
  char* const memory = pool_.Take();
  if (memory == nullptr) return false;
  segments.push_back({.memory = memory});
  if (segments.size() <= segments_a_shard_) {
    segments_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  Evict(shard);
  gone->push_back(segments.front().memory);
  segments.pop_front();
  return true;
}

template <typename Visit>
void PageCache::VisitPages(const Segment& segment, Visit visit) {
  for (size_t offset = 0; offset < segment.used;) {
    auto* const entry = std::launder(reinterpret_cast<Entry*>(segment.memory + offset));
    offset += Entry::SizeOf(entry->bytes);
    if (entry->can_be_found) visit(entry);
  }
}

void PageCache::Evict(Shard* shard) {
  // Questions may go on counting.
  std::vector<std::pair<uint8_t, Entry*>> pages;
  VisitPages(shard->segments.front(), [&](Entry* entry) {
    pages.emplace_back(entry->uses.load(std::memory_order_relaxed), entry);
  });
  std::stable_sort(pages.begin(), pages.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  size_t room = KeptBytes(segment_bytes_);
  for (const auto& [uses, entry] : pages) {
    Unlink(entry);
    const size_t bytes = Entry::SizeOf(entry->bytes);
    if (uses == 0 || bytes > room) continue;
    room -= bytes;
    Append(shard, entry->key, entry->page())->uses.store(uses / 2, std::memory_order_relaxed);
  }
}

void PageCache::Unlink(Entry* entry) {
  std::atomic<Entry*>* link = &buckets_[BucketOf(entry->key)];
  while (link->load(std::memory_order_relaxed) != entry) {
    link = &link->load(std::memory_order_relaxed)->next;
  }
  // A look-up that stands at the entry goes on from it as before.
  link->store(entry->next.load(std::memory_order_relaxed), std::memory_order_release);
  entry->can_be_found = false;
}

void PageCache::EraseRuns(uint32_t space, absl::FunctionRef<bool(uint32_t run)> drop) {
  for (size_t i = 0; i < shard_count_; ++i) {
    Shard& shard = shards_[i];
    std::vector<char*> gone;
    {
      MutexLock lock(&shard.mutex);
      for (Segment& segment : shard.segments) {
        VisitPages(segment, [&](Entry* entry) {
          if (entry->key.space != space || !drop(entry->key.id.run)) return;
          Unlink(entry);
          --segment.pages;
        });
        if (segment.pages == 0) gone.push_back(segment.memory);
      }
      std::erase_if(shard.segments, [](const Segment& segment) { return segment.pages == 0; });
    }
    segments_.fetch_sub(gone.size(), std::memory_order_relaxed);
    Drop(std::move(gone));
  }
  TellSize();
}

// Whoever can still see them has pinned this generation or an earlier one: their pages
// were unlinked before.
void PageCache::Drop(std::vector<char*> gone) {
  if (gone.empty()) return;
  gone_.fetch_add(gone.size(), std::memory_order_relaxed);
  auto next = std::make_shared<Generation>(this);
  std::shared_ptr<Generation> over;  // Goes, with what it drops, after the lock.
  MutexLock lock(&generation_mutex_);
  generation_->gone = std::move(gone);
  generation_->next = next;
  over = std::exchange(generation_, std::move(next));
}

// Two that tell at once may do so in either order: the next one sets that right.
void PageCache::TellSize() {
  const size_t bytes = segments_.load(std::memory_order_relaxed) * segment_bytes_;
  const size_t told = told_bytes_.load(std::memory_order_relaxed);
  if (std::max(bytes, told) - std::min(bytes, told) < kToldBytes) return;
  told_bytes_.store(bytes, std::memory_order_relaxed);
  listener_(bytes);
}

PageCache::Statistics PageCache::statistics() const {
  const size_t segments =
      segments_.load(std::memory_order_relaxed) + gone_.load(std::memory_order_relaxed);
  return {.hits = hits_.load(std::memory_order_relaxed),
          .misses = misses_.load(std::memory_order_relaxed),
          .bytes = segments * segment_bytes_};
}

}  // namespace annals::forest
