// What events changed in a view, a row for each cell.
#ifndef ANNALS_ENGINE_RENDER_CHANGE_ROWS_H_
#define ANNALS_ENGINE_RENDER_CHANGE_ROWS_H_

#include <vector>

#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/feed.pb.h"

namespace annals {

// For people: position, event, key ("country=ES"; columns by name), column, world,
// before and after.
Table ChangeTableForPeople();
std::vector<std::vector<Table::Cell>> ChangeRowsForPeople(const v1::ViewChange& change,
                                                          const HomeZone& zone);

// For programs: also what became of the row ("added", "changed", "removed"), and the
// values split as engine/render/value_columns.h says.
Table ChangeTableForPrograms();
std::vector<std::vector<Table::Cell>> ChangeRowsForPrograms(const v1::ViewChange& change,
                                                            const HomeZone& zone);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_CHANGE_ROWS_H_
