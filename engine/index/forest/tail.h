// Tail: the newest points, as they came.
#ifndef ANNALS_ENGINE_INDEX_FOREST_TAIL_H_
#define ANNALS_ENGINE_INDEX_FOREST_TAIL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "engine/index/forest/point.h"

namespace annals::forest {

// Holds up to `capacity` points in arrival order. One thread appends; any number
// read, each the points that were there when it asked for size().
class Tail {
 public:
  explicit Tail(size_t capacity);

  size_t capacity() const { return capacity_; }
  size_t size() const { return size_.load(std::memory_order_acquire); }

  // Needs room: size() < capacity().
  void Append(const Point& point);

  Point at(size_t index) const;
  const Weight& weight(size_t index) const { return weights_[index]; }

  // Adds the group's points among the first `size` that are within the corner.
  void AddTo(WeightSum* sum, uint32_t group, Corner corner, size_t size, size_t measures) const;

  // Calls `visit` with each of the first `size` that are within the corner.
  void ForEach(GroupRange groups, Corner corner, size_t size,
               absl::FunctionRef<void(uint32_t group, const Weight& weight)> visit) const;

 private:
  const size_t capacity_;
  std::atomic<size_t> size_ = 0;
  // By column, so that a scan reads only what decides.
  const std::unique_ptr<uint32_t[]> groups_;
  const std::unique_ptr<int64_t[]> valid_;
  const std::unique_ptr<int64_t[]> known_;
  const std::unique_ptr<Weight[]> weights_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_TAIL_H_
