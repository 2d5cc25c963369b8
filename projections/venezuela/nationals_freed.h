// How many of each country's nationals are free again.
#ifndef ANNALS_PROJECTIONS_VENEZUELA_NATIONALS_FREED_H_
#define ANNALS_PROJECTIONS_VENEZUELA_NATIONALS_FREED_H_

#include "engine/query/view.h"

namespace annals::venezuela {

// "nationals-freed": by country, the newest count that anybody stated, raised
// to what is known besides: the people released by name, and a batch's count.
// Where no count was stated, at least that many. A dual national counts for
// both countries, so countries can't be added up; whose nationality nobody
// states counts for "ZZ".
View NationalsFreedView();

}  // namespace annals::venezuela

#endif  // ANNALS_PROJECTIONS_VENEZUELA_NATIONALS_FREED_H_
