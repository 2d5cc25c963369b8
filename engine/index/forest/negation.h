// AppendNegative: takes a point back.
#ifndef ANNALS_ENGINE_INDEX_FOREST_NEGATION_H_
#define ANNALS_ENGINE_INDEX_FOREST_NEGATION_H_

#include <vector>

#include "engine/index/forest/point.h"

namespace annals::forest {

// Appends one point, or two, whose weights add up to the negative of `point`'s:
// the least 64-bit number has no negative, so it is taken back in two parts.
void AppendNegative(const Point& point, std::vector<Point>* points);

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_NEGATION_H_
