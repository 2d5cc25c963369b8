#include "engine/index/forest/tail.h"

#include <cstring>

namespace annals::forest {
namespace {

constexpr size_t kBlock = 16;

// Whether any of the kBlock numbers is `group`.
bool HasGroup(const uint32_t* groups, uint32_t group) {
  using Four = uint32_t __attribute__((vector_size(16)));
  using Matches = int32_t __attribute__((vector_size(16)));
  const Four wanted = {group, group, group, group};
  Matches matches = {};
  for (size_t i = 0; i < kBlock; i += 4) {
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
    : capacity_(capacity),
      groups_(new uint32_t[capacity]),
      valid_(new int64_t[capacity]),
      known_(new int64_t[capacity]),
      weights_(new Weight[capacity]) {}

void Tail::Append(const Point& point) {
  const size_t index = size_.load(std::memory_order_relaxed);
  groups_[index] = point.group;
  valid_[index] = point.valid.micros;
  known_[index] = point.known.micros;
  weights_[index] = point.weight;
  size_.store(index + 1, std::memory_order_release);
}

Point Tail::at(size_t index) const {
  return {groups_[index], Instant{valid_[index]}, Instant{known_[index]}, weights_[index]};
}

void Tail::AddTo(WeightSum* sum, uint32_t group, Corner corner, size_t size,
                 size_t measures) const {
  // The scan is the cost: most blocks have nothing of the group. Of one that has,
  // what matches is listed first, without a branch.
  uint32_t listed[kBlock];
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t end = size < begin + kBlock ? size : begin + kBlock;
    if (end - begin == kBlock && !HasGroup(&groups_[begin], group)) continue;
    size_t count = 0;
    for (size_t i = begin; i < end; ++i) {
      listed[count] = static_cast<uint32_t>(i);
      const size_t in_group = groups_[i] == group ? 1 : 0;
      const size_t valid = valid_[i] <= corner.valid.micros ? 1 : 0;
      const size_t known = known_[i] <= corner.known.micros ? 1 : 0;
      count += in_group & valid & known;
    }
    for (size_t i = 0; i < count; ++i) {
      const Weight& weight = weights_[listed[i]];
      for (size_t m = 0; m < measures; ++m) (*sum)[m] += weight[m];
    }
  }
}

void Tail::ForEach(GroupRange groups, Corner corner, size_t size,
                   absl::FunctionRef<void(uint32_t group, const Weight& weight)> visit) const {
  for (size_t i = 0; i < size; ++i) {
    if (groups_[i] >= groups.first && groups_[i] <= groups.last &&
        valid_[i] <= corner.valid.micros && known_[i] <= corner.known.micros) {
      visit(groups_[i], weights_[i]);
    }
  }
}

}  // namespace annals::forest
