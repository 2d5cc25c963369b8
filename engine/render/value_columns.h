// A value of a view as columns of a flat table.
#ifndef ANNALS_ENGINE_RENDER_VALUE_COLUMNS_H_
#define ANNALS_ENGINE_RENDER_VALUE_COLUMNS_H_

#include <string>
#include <vector>

#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "proto/annals/v1/value.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// The columns that a value of `kind` takes, named `prefix` and a suffix:
// QUANTITY ".lower" and ".upper"; DATE "", ".earliest" and ".latest"; TEXT and
// FLAG ""; ANY "" (text, date or flag), then ".lower", ".upper", ".earliest"
// and ".latest".
std::vector<Table::Column> ValueColumns(const std::string& prefix, v1::Column::Kind kind);

// The value's cells, as many as ValueColumns gives; null: all empty. A quantity
// without a limit has an empty cell there; instants are RFC 3339 in `zone`.
std::vector<Table::Cell> ValueCells(const v1::Value* value, v1::Column::Kind kind,
                                    const HomeZone& zone);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_VALUE_COLUMNS_H_
