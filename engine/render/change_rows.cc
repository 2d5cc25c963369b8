#include "engine/render/change_rows.h"

#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "engine/render/value_columns.h"
#include "engine/render/words.h"

namespace annals {
namespace {

using Row = std::vector<Table::Cell>;

const char* KindInWords(v1::RowChange::Kind kind) {
  switch (kind) {
    case v1::RowChange::ADDED:
      return "added";
    case v1::RowChange::REMOVED:
      return "removed";
    default:
      return "changed";
  }
}

std::string KeyInWords(const v1::RowChange& row) {
  const std::map<std::string, std::string> sorted(row.key().begin(), row.key().end());
  return absl::StrJoin(sorted, "; ", absl::PairFormatter("="));
}

Table::Cell InWords(const v1::Value* value, const HomeZone& zone) {
  return value != nullptr ? Table::Cell(ValueInWords(*value, zone)) : Table::Cell();
}

const v1::Value* Before(const v1::CellChange& cell) {
  return cell.has_before() ? &cell.before() : nullptr;
}

const v1::Value* After(const v1::CellChange& cell) {
  return cell.has_after() ? &cell.after() : nullptr;
}

template <typename T>
void Extend(std::vector<T>* list, std::vector<T> more) {
  list->insert(list->end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

// A row whose cells hold nothing, before and after, is one all the same.
template <typename Add>
void ForEachCell(const v1::ViewChange& change, const Add& add) {
  for (const v1::RowChange& row : change.rows()) {
    if (row.cells().empty()) add(row, v1::CellChange::default_instance());
    for (const v1::CellChange& cell : row.cells()) add(row, cell);
  }
}

Table::Cell WorldOf(const v1::CellChange& cell) {
  if (cell.column().empty()) return {};
  return cell.world() == v1::CERTAIN ? "certain" : "possible";
}

}  // namespace

Table ChangeTableForPeople() {
  return {.name = "changes",
          .columns = {{"position", Table::Kind::kNumber},
                      {"event"},
                      {"key"},
                      {"column"},
                      {"world"},
                      {"before"},
                      {"after"}}};
}

std::vector<Row> ChangeRowsForPeople(const v1::ViewChange& change, const HomeZone& zone) {
  std::vector<Row> rows;
  ForEachCell(change, [&](const v1::RowChange& row, const v1::CellChange& cell) {
    rows.push_back({change.position(), change.event(), KeyInWords(row), cell.column(),
                    WorldOf(cell), InWords(Before(cell), zone), InWords(After(cell), zone)});
  });
  return rows;
}

Table ChangeTableForPrograms() {
  Table table{.name = "changes",
              .columns = {{"position", Table::Kind::kNumber},
                          {"event"},
                          {"change"},
                          {"key"},
                          {"column"},
                          {"world"}}};
  Extend(&table.columns, ValueColumns("before", v1::Column::ANY));
  Extend(&table.columns, ValueColumns("after", v1::Column::ANY));
  return table;
}

std::vector<Row> ChangeRowsForPrograms(const v1::ViewChange& change, const HomeZone& zone) {
  std::vector<Row> rows;
  ForEachCell(change, [&](const v1::RowChange& row, const v1::CellChange& cell) {
    Row cells = {change.position(), change.event(), KindInWords(row.kind()),
                 KeyInWords(row),   cell.column(),  WorldOf(cell)};
    Extend(&cells, ValueCells(Before(cell), v1::Column::ANY, zone));
    Extend(&cells, ValueCells(After(cell), v1::Column::ANY, zone));
    rows.push_back(std::move(cells));
  });
  return rows;
}

}  // namespace annals
