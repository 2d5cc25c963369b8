// MappedAllocator: memory for large arrays that don't live long.
#ifndef ANNALS_ENGINE_BASE_MAPPED_ALLOCATOR_H_
#define ANNALS_ENGINE_BASE_MAPPED_ALLOCATOR_H_

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace annals {

// Asks the system for each array, in large pages where it has them, and gives it back
// when it is freed: a program's own allocator may keep it, for a long time and in vain.
// Costs two calls of the system, and a fault for each page that is touched. Throws
// std::bad_alloc, as any allocator.
template <typename T>
struct MappedAllocator {
  using value_type = T;

  MappedAllocator() = default;
  template <typename U>
  MappedAllocator(const MappedAllocator<U>&) {}  // NOLINT: as allocators convert.

  T* allocate(size_t count) {
    void* const memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    madvise(memory, count * sizeof(T), MADV_HUGEPAGE);  // If it can't, nothing is lost.
    return static_cast<T*>(memory);
  }
  void deallocate(T* array, size_t count) { munmap(array, count * sizeof(T)); }

  friend bool operator==(const MappedAllocator&, const MappedAllocator&) { return true; }
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_MAPPED_ALLOCATOR_H_
