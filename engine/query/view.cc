#include "engine/query/view.h"

#include <utility>

namespace annals {
namespace {

v1::Column MakeColumn(std::string name, v1::Column::Kind kind) {
  v1::Column column;
  column.set_name(std::move(name));
  column.set_kind(kind);
  return column;
}

}  // namespace

v1::Column KeyColumn(std::string name) { return MakeColumn(std::move(name), v1::Column::KEY); }

v1::Column QuantityColumn(std::string name, std::string unit) {
  v1::Column column = MakeColumn(std::move(name), v1::Column::QUANTITY);
  column.set_unit(std::move(unit));
  return column;
}

v1::Column TextColumn(std::string name) { return MakeColumn(std::move(name), v1::Column::TEXT); }
v1::Column DateColumn(std::string name) { return MakeColumn(std::move(name), v1::Column::DATE); }
v1::Column FlagColumn(std::string name) { return MakeColumn(std::move(name), v1::Column::FLAG); }
v1::Column AnyColumn(std::string name) { return MakeColumn(std::move(name), v1::Column::ANY); }

}  // namespace annals
