// SampledSearch: finds a value in a long array of which little is in the processor's cache.
#ifndef ANNALS_ENGINE_INDEX_FOREST_SAMPLED_SEARCH_H_
#define ANNALS_ENGINE_INDEX_FOREST_SAMPLED_SEARCH_H_

#include <cstddef>
#include <vector>

namespace annals::forest {

// Has every 16th value of an array, every 256th, and so on, each level in one piece: a
// B-tree without pointers. A binary search waits for memory at each of its last steps,
// one after the other. This reads a few neighbouring values of each level; the levels
// above the array's own stay in the cache. It counts values rather than branching on them.
//
// `value_of` gives an item's value; it must be the same each time. Const members are
// thread-safe.
template <typename Value>
class SampledSearch {
 public:
  // Takes the samples: before the first search, and after each change of the items.
  template <typename Item, typename ValueOf>
  void Sample(const std::vector<Item>& items, ValueOf value_of) {
    levels_.clear();
    for (size_t step = kStep; items.size() > step; step *= kStep) {
      std::vector<Value>& level = levels_.emplace_back();
      level.reserve((items.size() - 1) / step + 1);
      for (size_t i = 0; i < items.size(); i += step) level.push_back(value_of(items[i]));
    }
  }

  struct Range {
    size_t begin;
    size_t end;
  };

  // What UpperBound looks at of the items themselves: fewer than 16 of `range`.
  Range Narrow(Range range, const Value& limit) const {
    auto [begin, end] = range;
    size_t shift = levels_.size() * kStepLog2;
    for (size_t i = levels_.size(); i-- > 0; shift -= kStepLog2) {
      const size_t step = size_t{1} << shift;
      const size_t first = (begin + step - 1) >> shift;
      const size_t last = (end + step - 1) >> shift;
      if (first >= last) continue;
      const Value* const level = levels_[i].data();
      size_t after = first;
      for (size_t s = first; s < last; ++s) after += level[s] <= limit ? 1 : 0;
      if (after < last) end = after << shift;
      if (after > first) begin = ((after - 1) << shift) + 1;
    }
    return {begin, end};
  }

  // The first index in the range whose value is above `limit`; its end if there is none.
  // Within the range, which lies within the items that were sampled, values must ascend.
  template <typename Item, typename ValueOf>
  size_t UpperBound(const std::vector<Item>& items, ValueOf value_of, Range range,
                    const Value& limit) const {
    const auto [begin, end] = Narrow(range, limit);
    size_t after = begin;
    for (size_t i = begin; i < end; ++i) after += value_of(items[i]) <= limit ? 1 : 0;
    return after;
  }

  size_t memory_bytes() const {
    size_t bytes = levels_.capacity() * sizeof(std::vector<Value>);
    for (const auto& level : levels_) bytes += level.capacity() * sizeof(Value);
    return bytes;
  }

 private:
  static constexpr size_t kStepLog2 = 4;
  static constexpr size_t kStep = size_t{1} << kStepLog2;

  std::vector<std::vector<Value>> levels_;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_SAMPLED_SEARCH_H_
