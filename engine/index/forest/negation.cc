#include "engine/index/forest/negation.h"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace annals::forest {

void AppendNegative(const Point& point, std::vector<Point>* points) {
  Point negative = point;
  Point rest = point;
  rest.weight = {};
  for (size_t i = 0; i < point.weight.size(); ++i) {
    const bool is_least = point.weight[i] == std::numeric_limits<int64_t>::min();
    negative.weight[i] = is_least ? std::numeric_limits<int64_t>::max() : -point.weight[i];
    rest.weight[i] = is_least ? 1 : 0;
  }
  points->push_back(negative);
  if (rest.weight != Weight{}) points->push_back(rest);
}

}  // namespace annals::forest
