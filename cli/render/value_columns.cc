#include "cli/render/value_columns.h"

#include "absl/strings/str_cat.h"
#include "engine/base/instant.h"

namespace annals {
namespace {

bool HasPlain(v1::Column::Kind kind) { return kind != v1::Column::QUANTITY; }

bool HasLimits(v1::Column::Kind kind) {
  return kind == v1::Column::QUANTITY || kind == v1::Column::ANY;
}

bool HasInstants(v1::Column::Kind kind) {
  return kind == v1::Column::DATE || kind == v1::Column::ANY;
}

Table::Cell PlainCell(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kText:
      return value.text();
    case v1::Value::kFlag:
      return value.flag() ? "true" : "false";
    case v1::Value::kDate:
      return value.date().edtf();
    default:
      return {};
  }
}

Table::Cell InstantCell(int64_t micros, const HomeZone& zone) {
  const std::string text = FormatInstant({micros}, zone);
  return text.empty() ? Table::Cell() : Table::Cell(text);
}

}  // namespace

std::vector<Table::Column> ValueColumns(const std::string& prefix, v1::Column::Kind kind) {
  std::vector<Table::Column> columns;
  if (HasPlain(kind)) columns.push_back({prefix});
  if (HasLimits(kind)) {
    columns.push_back({absl::StrCat(prefix, ".lower"), Table::Kind::kCount});
    columns.push_back({absl::StrCat(prefix, ".upper"), Table::Kind::kCount});
  }
  if (HasInstants(kind)) {
    columns.push_back({absl::StrCat(prefix, ".earliest")});
    columns.push_back({absl::StrCat(prefix, ".latest")});
  }
  return columns;
}

std::vector<Table::Cell> ValueCells(const v1::Value* value, v1::Column::Kind kind,
                                    const HomeZone& zone) {
  std::vector<Table::Cell> cells;
  const bool quantity = value != nullptr && value->has_quantity();
  const bool date = value != nullptr && value->has_date();
  if (HasPlain(kind)) cells.push_back(value != nullptr ? PlainCell(*value) : Table::Cell());
  if (HasLimits(kind)) {
    const bool lower = quantity && value->quantity().has_lower();
    const bool upper = quantity && value->quantity().has_upper();
    cells.push_back(lower ? Table::Cell(int64_t{value->quantity().lower()}) : Table::Cell());
    cells.push_back(upper ? Table::Cell(int64_t{value->quantity().upper()}) : Table::Cell());
  }
  if (HasInstants(kind)) {
    const v1::Bounds& bounds = date ? value->date().bounds() : v1::Bounds::default_instance();
    cells.push_back(date ? InstantCell(bounds.earliest(), zone) : Table::Cell());
    cells.push_back(date ? InstantCell(bounds.latest(), zone) : Table::Cell());
  }
  return cells;
}

}  // namespace annals
