// Tail: the newest points, as they came.
#ifndef ANNALS_ENGINE_INDEX_FOREST_TAIL_H_
#define ANNALS_ENGINE_INDEX_FOREST_TAIL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/index/forest/point.h"

namespace annals::forest {

// Holds up to `capacity` points in arrival order, and takes memory as they come. One
// thread appends; any number read, each the points that were there when it asked for
// size().
class Tail {
 public:
  explicit Tail(size_t capacity);

  size_t capacity() const { return capacity_; }
  size_t size() const { return size_.load(std::memory_order_acquire); }

  // Needs room: size() < capacity().
  void Append(const Point& point);

  Point at(size_t index) const;
  const Weight& weight(size_t index) const {
    return blocks_[index / kBlockPoints]->weights[index % kBlockPoints];
  }

  // Adds the group's points among the first `size` that are within the corner.
  void AddTo(WeightSum* sum, uint32_t group, Corner corner, size_t size, size_t measures) const;

  // Calls `visit` with each of the first `size` that are within the corner.
  void ForEach(GroupRange groups, Corner corner, size_t size,
               absl::FunctionRef<void(uint32_t group, const Weight& weight)> visit) const;

 private:
  static constexpr size_t kBlockPoints = 1024;

  // By column, so that a scan reads only what decides.
  struct Block {
    uint32_t groups[kBlockPoints];
    int64_t valid[kBlockPoints];
    int64_t known[kBlockPoints];
    Weight weights[kBlockPoints];
  };

  // Calls `visit(block, points)` with each of the blocks that the first `size` are in.
  template <typename Visit>
  void ForEachBlock(size_t size, const Visit& visit) const;

  const size_t capacity_;
  std::atomic<size_t> size_ = 0;
  // As many as the capacity takes; each is there before size() counts a point of it.
  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_TAIL_H_
