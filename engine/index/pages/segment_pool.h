// SegmentPool: the page cache's memory, straight from the system.
#ifndef ANNALS_ENGINE_INDEX_PAGES_SEGMENT_POOL_H_
#define ANNALS_ENGINE_INDEX_PAGES_SEGMENT_POOL_H_

#include <cstddef>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"

namespace annals::forest {

// Hands out segments of one size and takes them back. What is taken back goes to the
// system, except for a little that is about to be taken again. In huge pages, where the
// system has them.
//
// Thread-safe. Must outlive the use of its segments.
class SegmentPool {
 public:
  // `segment_bytes` is a power of two, and no less than a page of the system.
  SegmentPool(size_t segment_bytes, size_t most_segments);
  ~SegmentPool();
  SegmentPool(const SegmentPool&) = delete;
  SegmentPool& operator=(const SegmentPool&) = delete;

  // Begins at a page of the system. Null if as many are out as there may be, or the
  // system has no more memory.
  char* Take();
  void Put(char* segment);

 private:
  bool MapMore() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t segment_bytes_;
  const size_t most_segments_;
  const size_t block_bytes_;
  Mutex mutex_;
  size_t mapped_ ABSL_GUARDED_BY(mutex_) = 0;               // Segments, in all blocks.
  std::vector<char*> blocks_ ABSL_GUARDED_BY(mutex_);       // What was mapped at once.
  std::vector<char*> with_memory_ ABSL_GUARDED_BY(mutex_);  // Those that are here,
  std::vector<char*> without_ ABSL_GUARDED_BY(mutex_);      // and those that are addresses only.
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_PAGES_SEGMENT_POOL_H_
