#include "engine/query/verbs/evaluation.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"
#include "engine/query/world.h"

namespace annals {
namespace {

std::vector<const v1::Column*> ColumnsThat(const View& view, bool are_keys) {
  std::vector<const v1::Column*> columns;
  for (const v1::Column& column : view.columns) {
    if ((column.kind() == v1::Column::KEY) == are_keys) columns.push_back(&column);
  }
  return columns;
}

absl::Status CheckRow(const View& view, const WorldRow& row, size_t key_columns,
                      const std::vector<const v1::Column*>& cell_columns) {
  if (row.key.size() != key_columns) {
    return ViewBug(view, row.key,
                   absl::StrCat("the view declares ", key_columns, " key columns, and the key has ",
                                row.key.size(), " elements"));
  }
  if (row.cells.size() != cell_columns.size()) {
    return ViewBug(
        view, row.key,
        absl::StrCat("the view declares ", cell_columns.size(),
                     " columns that aren't keys, and the row has ", row.cells.size(), " cells"));
  }
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const WorldCell& cell = row.cells[i];
    const std::string column = absl::StrCat("column ", Quoted(cell_columns[i]->name()));
    if (!cell.value) continue;
    if (cell.value->kind_case() == v1::Value::KIND_NOT_SET) {
      return ViewBug(view, row.key, absl::StrCat(column, " has a value of no kind"));
    }
    if (cell.evidence.empty()) {
      return ViewBug(view, row.key, absl::StrCat(column, " has a value without evidence"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WorldRow>> EvaluateIn(WorldKind world, const View& view,
                                                 const TemporalIndex& index,
                                                 const PinnedAsOf& as_of) {
  ANNALS_ASSIGN_OR_RETURN(std::vector<WorldRow> rows,
                          view.evaluate(World(&index, SliceOf(world, as_of))));
  const size_t key_columns = KeyColumns(view).size();
  const std::vector<const v1::Column*> cell_columns = CellColumns(view);
  for (const WorldRow& row : rows) {
    ANNALS_RETURN_IF_ERROR(CheckRow(view, row, key_columns, cell_columns));
  }
  return rows;
}

// Puts one world's rows into `joined`, at `side` of each cell.
absl::Status Join(const View& view, std::vector<WorldRow> rows, WorldCell JoinedCell::*side,
                  JoinedRows* joined) {
  std::map<Key, bool> seen;
  for (WorldRow& row : rows) {
    if (!seen.emplace(row.key, true).second) {
      return ViewBug(view, row.key, "the view returns this key twice");
    }
    std::vector<JoinedCell>& cells = (*joined)[std::move(row.key)];
    cells.resize(row.cells.size());
    for (size_t i = 0; i < cells.size(); ++i) cells[i].*side = std::move(row.cells[i]);
  }
  return absl::OkStatus();
}

}  // namespace

v1::World ToProto(WorldKind world) {
  return world == WorldKind::kCertain ? v1::CERTAIN : v1::POSSIBLE;
}

std::vector<const v1::Column*> KeyColumns(const View& view) { return ColumnsThat(view, true); }
std::vector<const v1::Column*> CellColumns(const View& view) { return ColumnsThat(view, false); }

std::string QuotedKey(const Key& key) {
  return absl::StrJoin(key, " ", [](std::string* out, const std::string& element) {
    absl::StrAppend(out, Quoted(element));
  });
}

absl::Status ViewBug(const View& view, const Key& key, absl::string_view what) {
  return absl::InternalError(absl::StrCat("view ", Quoted(view.name), ", key ", QuotedKey(key),
                                          ": ", what, "; this is a bug of the view"));
}

absl::StatusOr<JoinedRows> Evaluate(const View& view, const TemporalIndex& index,
                                    const PinnedAsOf& as_of) {
  JoinedRows joined;
  for (const WorldKind world : kWorlds) {
    ANNALS_ASSIGN_OR_RETURN(std::vector<WorldRow> rows, EvaluateIn(world, view, index, as_of));
    const auto side = world == WorldKind::kCertain ? &JoinedCell::certain : &JoinedCell::possible;
    ANNALS_RETURN_IF_ERROR(Join(view, std::move(rows), side, &joined));
  }
  return joined;
}

}  // namespace annals
