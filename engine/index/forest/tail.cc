#include "engine/index/forest/tail.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace annals::forest {
namespace {

// Points that are looked through at once.
constexpr size_t kStep = 16;

// Whether any of the kStep numbers is `group`.
bool HasGroup(const uint32_t* groups, uint32_t group) {
  using Four = uint32_t __attribute__((vector_size(16)));
  using Matches = int32_t __attribute__((vector_size(16)));
  const Four wanted = {group, group, group, group};
  Matches matches = {};
  for (size_t i = 0; i < kStep; i += 4) {
    Four four;
    std::memcpy(&four, groups + i, sizeof(four));
    matches |= four == wanted;
  }
  uint64_t halves[2];
  std::memcpy(halves, &matches, sizeof(halves));
  return (halves[0] | halves[1]) != 0;
}

}  // namespace

Tail::Tail(size_t capacity)
    : capacity_(capacity), blocks_((capacity + kBlockPoints - 1) / kBlockPoints) {}

void Tail::Append(const Point& point) {
  const size_t index = size_.load(std::memory_order_relaxed);
  std::unique_ptr<Block>& block = blocks_[index / kBlockPoints];
  const size_t i = index % kBlockPoints;
  if (i == 0) block = std::make_unique_for_overwrite<Block>();
  block->groups[i] = point.group;
  block->valid[i] = point.valid.micros;
  block->known[i] = point.known.micros;
  block->weights[i] = point.weight;
  size_.store(index + 1, std::memory_order_release);
}

Point Tail::at(size_t index) const {
  const Block& block = *blocks_[index / kBlockPoints];
  const size_t i = index % kBlockPoints;
  return {block.groups[i], Instant{block.valid[i]}, Instant{block.known[i]}, block.weights[i]};
}

template <typename Visit>
void Tail::ForEachBlock(size_t size, const Visit& visit) const {
  for (size_t first = 0; first < size; first += kBlockPoints) {
    visit(*blocks_[first / kBlockPoints], std::min(kBlockPoints, size - first));
  }
}

void Tail::AddTo(WeightSum* sum, uint32_t group, Corner corner, size_t size,
                 size_t measures) const {
  // The scan is the cost: most steps have nothing of the group. Of one that has,
  // what matches is listed first, without a branch.
  uint32_t listed[kStep];
  ForEachBlock(size, [&](const Block& block, size_t points) {
    for (size_t begin = 0; begin < points; begin += kStep) {
      const size_t end = std::min(begin + kStep, points);
      if (end - begin == kStep && !HasGroup(&block.groups[begin], group)) continue;
      size_t count = 0;
      for (size_t i = begin; i < end; ++i) {
        listed[count] = static_cast<uint32_t>(i);
        const size_t in_group = block.groups[i] == group ? 1 : 0;
        const size_t valid = block.valid[i] <= corner.valid.micros ? 1 : 0;
        const size_t known = block.known[i] <= corner.known.micros ? 1 : 0;
        count += in_group & valid & known;
      }
      for (size_t i = 0; i < count; ++i) {
        const Weight& weight = block.weights[listed[i]];
        for (size_t m = 0; m < measures; ++m) (*sum)[m] += weight[m];
      }
    }
  });
}

void Tail::ForEach(GroupRange groups, Corner corner, size_t size,
                   absl::FunctionRef<void(uint32_t group, const Weight& weight)> visit) const {
  ForEachBlock(size, [&](const Block& block, size_t points) {
    for (size_t i = 0; i < points; ++i) {
      if (block.groups[i] >= groups.first && block.groups[i] <= groups.last &&
          block.valid[i] <= corner.valid.micros && block.known[i] <= corner.known.micros) {
        visit(block.groups[i], block.weights[i]);
      }
    }
  });
}

}  // namespace annals::forest
