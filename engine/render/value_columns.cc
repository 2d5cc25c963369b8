#include "engine/render/value_columns.h"

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
  // What a value doesn't have stays an empty cell.
  const size_t plain = HasPlain(kind) ? 1 : 0;
  const size_t limits = HasLimits(kind) ? 2 : 0;
  std::vector<Table::Cell> cells(plain + limits + (HasInstants(kind) ? 2 : 0));
  if (value == nullptr) return cells;
  if (HasPlain(kind)) cells[0] = PlainCell(*value);
  if (HasLimits(kind) && value->has_quantity()) {
    const v1::Quantity& quantity = value->quantity();
    if (quantity.has_lower()) cells[plain] = Table::Cell(int64_t{quantity.lower()});
    if (quantity.has_upper()) cells[plain + 1] = Table::Cell(int64_t{quantity.upper()});
  }
  if (HasInstants(kind) && value->has_date()) {
    const v1::Bounds& bounds = value->date().bounds();
    cells[plain + limits] = InstantCell(bounds.earliest(), zone);
    cells[plain + limits + 1] = InstantCell(bounds.latest(), zone);
  }
  return cells;
}

}  // namespace annals
