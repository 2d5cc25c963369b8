#include "engine/render/view_tables.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/render/value_columns.h"
#include "engine/render/words.h"
#include "google/protobuf/util/message_differencer.h"

namespace annals {
namespace {

constexpr absl::string_view kPossibly = "possibly";

const v1::Value* CertainOf(const v1::Cell& cell) {
  return cell.has_certain() ? &cell.certain() : nullptr;
}

const v1::Value* PossibleOf(const v1::Cell& cell) {
  return cell.has_possible() ? &cell.possible() : nullptr;
}

bool Differs(const v1::Cell& cell) {
  if (cell.has_certain() != cell.has_possible()) return true;
  return cell.has_certain() &&
         !google::protobuf::util::MessageDifferencer::Equals(cell.certain(), cell.possible());
}

Table::Cell ShownValue(const v1::Value* value, const HomeZone& zone) {
  return value != nullptr ? Table::Cell(ValueInWords(*value, zone)) : Table::Cell();
}

Table::Kind ShownKind(const v1::Column& column) {
  return column.kind() == v1::Column::QUANTITY ? Table::Kind::kCount : Table::Kind::kText;
}

std::string TitleOf(const v1::Column& column) {
  if (column.unit().empty() || column.unit() == column.name()) return column.name();
  return absl::StrCat(column.name(), " (", column.unit(), ")");
}

const v1::Cell& CellOf(const v1::Row& row, const std::string& column) {
  const auto found = row.cells().find(column);
  return found != row.cells().end() ? found->second : v1::Cell::default_instance();
}

Table::Cell KeyOf(const google::protobuf::Map<std::string, std::string>& key,
                  const std::string& column) {
  const auto found = key.find(column);
  return found != key.end() ? Table::Cell(found->second) : Table::Cell();
}

using Columns = google::protobuf::RepeatedPtrField<v1::Column>;

// "asserter=foro-penal; population=remain".
std::string KeyText(const Columns& columns,
                    const google::protobuf::Map<std::string, std::string>& key) {
  std::vector<std::string> elements;
  for (const v1::Column& column : columns) {
    const auto found = key.find(column.name());
    if (column.kind() != v1::Column::KEY || found == key.end()) continue;
    elements.push_back(absl::StrCat(column.name(), "=", found->second));
  }
  return absl::StrJoin(elements, "; ");
}

// Rows, each after the cells that stand before its key.
using RowList = std::vector<std::pair<std::vector<Table::Cell>, const v1::Row*>>;

void AddCellColumn(const v1::Column& column, const RowList& rows, const HomeZone& zone,
                   Table* table) {
  bool differs = false;
  for (const auto& [leading, row] : rows) {
    differs = differs || Differs(CellOf(*row, column.name()));
  }
  table->columns.push_back({TitleOf(column), ShownKind(column), column.name()});
  if (differs) {
    table->columns.push_back(
        {std::string(kPossibly), ShownKind(column), absl::StrCat(column.name(), ".possible")});
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const v1::Cell& cell = CellOf(*rows[i].second, column.name());
    table->rows[i].push_back(ShownValue(CertainOf(cell), zone));
    if (!differs) continue;
    table->rows[i].push_back(Differs(cell) ? ShownValue(PossibleOf(cell), zone) : Table::Cell(""));
  }
}

void AddRowsForPeople(const Columns& columns, const RowList& rows, const HomeZone& zone,
                      Table* table) {
  for (const auto& [leading, row] : rows) table->rows.push_back(leading);
  for (const v1::Column& column : columns) {
    if (column.kind() != v1::Column::KEY) {
      AddCellColumn(column, rows, zone, table);
      continue;
    }
    table->columns.push_back({column.name()});
    for (size_t i = 0; i < rows.size(); ++i) {
      table->rows[i].push_back(KeyOf(rows[i].second->key(), column.name()));
    }
  }
}

template <typename T>
void Extend(std::vector<T>* list, std::vector<T> more) {
  list->insert(list->end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

void AddRowsForPrograms(const Columns& columns, const RowList& rows, const HomeZone& zone,
                        Table* table) {
  for (const v1::Column& column : columns) {
    if (column.kind() == v1::Column::KEY) {
      table->columns.push_back({column.name()});
      continue;
    }
    Extend(&table->columns, ValueColumns(column.name() + ".certain", column.kind()));
    Extend(&table->columns, ValueColumns(column.name() + ".possible", column.kind()));
  }
  for (const auto& [leading, row] : rows) {
    std::vector<Table::Cell> cells = leading;
    for (const v1::Column& column : columns) {
      if (column.kind() == v1::Column::KEY) {
        cells.push_back(KeyOf(row->key(), column.name()));
        continue;
      }
      const v1::Cell& cell = CellOf(*row, column.name());
      Extend(&cells, ValueCells(CertainOf(cell), column.kind(), zone));
      Extend(&cells, ValueCells(PossibleOf(cell), column.kind(), zone));
    }
    table->rows.push_back(std::move(cells));
  }
}

RowList RowsOf(const v1::ViewResult& result) {
  RowList rows;
  for (const v1::Row& row : result.rows()) rows.push_back({{}, &row});
  return rows;
}

void AddChange(const v1::DiffResult& result, const v1::Change& change, const HomeZone& zone,
               Table* table) {
  std::vector<Table::Cell> cells;
  for (const v1::Column& column : result.columns()) {
    if (column.kind() == v1::Column::KEY) cells.push_back(KeyOf(change.key(), column.name()));
  }
  cells.push_back(change.column());
  cells.push_back(change.world() == v1::CERTAIN ? "certain" : "possible");
  cells.push_back(ShownValue(change.has_before() ? &change.before() : nullptr, zone));
  cells.push_back(ShownValue(change.has_after() ? &change.after() : nullptr, zone));
  table->rows.push_back(std::move(cells));
}

}  // namespace

bool HasPossibly(const Table& table) {
  for (const Table::Column& column : table.columns) {
    if (column.title == kPossibly) return true;
  }
  return false;
}

Table ViewForPeople(const v1::ViewResult& result, const HomeZone& zone) {
  Table table{.name = result.view()};
  AddRowsForPeople(result.columns(), RowsOf(result), zone, &table);
  return table;
}

Table ViewForPrograms(const v1::ViewResult& result, const HomeZone& zone) {
  Table table{.name = result.view()};
  AddRowsForPrograms(result.columns(), RowsOf(result), zone, &table);
  return table;
}

Table ViewsForPrograms(const google::protobuf::RepeatedPtrField<v1::ViewResult>& results,
                       const HomeZone& zone) {
  Table table{.name = "cells", .columns = {{"view"}, {"key"}, {"column"}, {"unit"}}};
  Extend(&table.columns, ValueColumns("certain", v1::Column::ANY));
  Extend(&table.columns, ValueColumns("possible", v1::Column::ANY));
  for (const v1::ViewResult& result : results) {
    for (const v1::Row& row : result.rows()) {
      for (const v1::Column& column : result.columns()) {
        if (column.kind() == v1::Column::KEY) continue;
        const v1::Cell& cell = CellOf(row, column.name());
        std::vector<Table::Cell> cells = {result.view(), KeyText(result.columns(), row.key()),
                                          column.name(), column.unit()};
        Extend(&cells, ValueCells(CertainOf(cell), v1::Column::ANY, zone));
        Extend(&cells, ValueCells(PossibleOf(cell), v1::Column::ANY, zone));
        table.rows.push_back(std::move(cells));
      }
    }
  }
  return table;
}

Table HistoryForPeople(const v1::HistoryResult& result, const std::string& axis,
                       const std::vector<std::string>& moments, const HomeZone& zone) {
  Table table{.name = result.view(), .columns = {{axis}}};
  RowList rows;
  for (int i = 0; i < result.points_size(); ++i) {
    const std::vector<Table::Cell> leading = {moments[static_cast<size_t>(i)]};
    const v1::HistoryPoint& point = result.points(i);
    for (const v1::Row& row : point.rows()) rows.push_back({leading, &row});
    if (point.rows().empty()) rows.push_back({leading, &v1::Row::default_instance()});
  }
  AddRowsForPeople(result.columns(), rows, zone, &table);
  return table;
}

Table HistoryForPrograms(const v1::HistoryResult& result, const HomeZone& zone) {
  Table table{.name = result.view()};
  table.columns = {{"asOf.valid"}, {"asOf.known"}, {"asOf.position", Table::Kind::kNumber}};
  RowList rows;
  for (const v1::HistoryPoint& point : result.points()) {
    const std::vector<Table::Cell> leading = {point.as_of().valid(), point.as_of().known(),
                                              uint64_t{point.as_of().position()}};
    for (const v1::Row& row : point.rows()) rows.push_back({leading, &row});
  }
  AddRowsForPrograms(result.columns(), rows, zone, &table);
  return table;
}

Table ChangesForPeople(const v1::DiffResult& result, v1::Change::Cause cause,
                       const HomeZone& zone) {
  Table table{.name = result.view()};
  for (const v1::Column& column : result.columns()) {
    if (column.kind() == v1::Column::KEY) table.columns.push_back({column.name()});
  }
  for (const char* title : {"column", "world", "before", "after"}) table.columns.push_back({title});
  for (const v1::Change& change : result.changes()) {
    if (change.cause() == cause) AddChange(result, change, zone, &table);
  }
  return table;
}

Table ChangesForPrograms(const google::protobuf::RepeatedPtrField<v1::DiffResult>& results,
                         const HomeZone& zone) {
  Table table{.name = "changes", .columns = {{"view"}, {"cause"}, {"key"}, {"column"}, {"world"}}};
  Extend(&table.columns, ValueColumns("before", v1::Column::ANY));
  Extend(&table.columns, ValueColumns("after", v1::Column::ANY));
  for (const v1::DiffResult& result : results) {
    for (const v1::Change& change : result.changes()) {
      std::vector<Table::Cell> cells = {result.view(), v1::Change::Cause_Name(change.cause()),
                                        KeyText(result.columns(), change.key()), change.column(),
                                        v1::World_Name(change.world())};
      const v1::Value* before = change.has_before() ? &change.before() : nullptr;
      const v1::Value* after = change.has_after() ? &change.after() : nullptr;
      Extend(&cells, ValueCells(before, v1::Column::ANY, zone));
      Extend(&cells, ValueCells(after, v1::Column::ANY, zone));
      table.rows.push_back(std::move(cells));
    }
  }
  return table;
}

}  // namespace annals
