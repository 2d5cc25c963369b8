// The answers about views as tables: one for a person, one for a program.
#ifndef ANNALS_ENGINE_RENDER_VIEW_TABLES_H_
#define ANNALS_ENGINE_RENDER_VIEW_TABLES_H_

#include <string>
#include <vector>

#include "engine/render/table.h"
#include "engine/time/home_zone.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/view.pb.h"

namespace annals {

// The key columns, then a column for each cell column with its certain value,
// and beside it, where the possible value differs in any row, a column
// "possibly" that is filled in just there ("–": nothing is recorded in the
// possible world).
Table ViewForPeople(const v1::ViewResult& result, const HomeZone& zone);

// Whether ViewForPeople has a "possibly" column.
bool HasPossibly(const Table& table);

// Flat: the key columns, then `C.certain` and `C.possible` for each cell column
// C, split as engine/render/value_columns.h says.
Table ViewForPrograms(const v1::ViewResult& result, const HomeZone& zone);

// Long: a row for each cell of each view, so that views of any columns fit into
// one table: view, key ("country=ES"), column, unit, certain and possible.
Table ViewsForPrograms(const google::protobuf::RepeatedPtrField<v1::ViewResult>& results,
                       const HomeZone& zone);

// `moments` are the points' own, as text, under the title `axis`; they come
// first. A point without rows still has a line.
Table HistoryForPeople(const v1::HistoryResult& result, const std::string& axis,
                       const std::vector<std::string>& moments, const HomeZone& zone);
Table HistoryForPrograms(const v1::HistoryResult& result, const HomeZone& zone);

// The changes of one cause: key columns, column, world, before, after.
Table ChangesForPeople(const v1::DiffResult& result, v1::Change::Cause cause, const HomeZone& zone);
// All changes of all views, long as above: view, cause, key, column, world,
// before and after.
Table ChangesForPrograms(const google::protobuf::RepeatedPtrField<v1::DiffResult>& results,
                         const HomeZone& zone);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_VIEW_TABLES_H_
