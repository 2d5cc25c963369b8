#include "engine/index/pages/segment_pool.h"

#include <sys/mman.h>

#include <algorithm>

#include "absl/base/config.h"

#ifdef ABSL_HAVE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace annals::forest {
namespace {

// Mapped at once: many huge pages, so that it doesn't matter where it begins.
constexpr size_t kBlockBytes = size_t{32} << 20;

// Segments that keep their memory after they were taken back, in bytes.
constexpr size_t kKeptBytes = size_t{1} << 20;

// A use of a segment that was taken back is a fault.
void Forbid([[maybe_unused]] char* begin, [[maybe_unused]] size_t bytes) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  __asan_poison_memory_region(begin, bytes);
#endif
}

void Allow([[maybe_unused]] char* begin, [[maybe_unused]] size_t bytes) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(begin, bytes);
#endif
}

}  // namespace

SegmentPool::SegmentPool(size_t segment_bytes, size_t most_segments)
    : segment_bytes_(segment_bytes),
      most_segments_(most_segments),
      block_bytes_(std::clamp(kBlockBytes, segment_bytes, most_segments * segment_bytes)) {}

SegmentPool::~SegmentPool() {
  for (char* block : blocks_) {
    Allow(block, block_bytes_);
    ::munmap(block, block_bytes_);
  }
}

char* SegmentPool::Take() {
  MutexLock lock(&mutex_);
  std::vector<char*>* const from = with_memory_.empty() ? &without_ : &with_memory_;
  if (from->empty() && !MapMore()) return nullptr;
  char* const segment = from->back();
  from->pop_back();
  Allow(segment, segment_bytes_);
  return segment;
}

void SegmentPool::Put(char* segment) {
  MutexLock lock(&mutex_);
  Forbid(segment, segment_bytes_);
  if ((with_memory_.size() + 1) * segment_bytes_ <= kKeptBytes) {
    with_memory_.push_back(segment);
    return;
  }
  ::madvise(segment, segment_bytes_, MADV_DONTNEED);
  without_.push_back(segment);
}

bool SegmentPool::MapMore() {
  if (mapped_ == most_segments_) return false;
  void* const mapped = ::mmap(nullptr, block_bytes_, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return false;
  ::madvise(mapped, block_bytes_, MADV_HUGEPAGE);
  char* const block = static_cast<char*>(mapped);
  blocks_.push_back(block);
  Forbid(block, block_bytes_);
  const size_t count = std::min(block_bytes_ / segment_bytes_, most_segments_ - mapped_);
  mapped_ += count;
  // The first one is taken first, so that they fill huge pages one after the other.
  for (size_t i = count; i-- > 0;) without_.push_back(block + i * segment_bytes_);
  return true;
}

}  // namespace annals::forest
