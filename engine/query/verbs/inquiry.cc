#include "engine/query/verbs/inquiry.h"

#include "absl/strings/str_cat.h"
#include "engine/query/near_names.h"

namespace annals {

std::string Where(const Inquiry& inquiry) {
  return absl::StrCat("timeline ", Quoted(inquiry.timeline.name), ", view ",
                      Quoted(inquiry.view->name));
}

void FillColumns(const View& view, google::protobuf::RepeatedPtrField<v1::Column>* columns) {
  columns->Assign(view.columns.begin(), view.columns.end());
}

void FillKey(const View& view, const Key& key,
             google::protobuf::Map<std::string, std::string>* map) {
  const std::vector<const v1::Column*> columns = KeyColumns(view);
  for (size_t i = 0; i < columns.size(); ++i) (*map)[columns[i]->name()] = key[i];
}

v1::Row ToRow(const View& view, const Key& key, const std::vector<JoinedCell>& cells) {
  v1::Row row;
  FillKey(view, key, row.mutable_key());
  const std::vector<const v1::Column*> columns = CellColumns(view);
  for (size_t i = 0; i < columns.size(); ++i) {
    v1::Cell& cell = (*row.mutable_cells())[columns[i]->name()];
    if (cells[i].certain.value) *cell.mutable_certain() = *cells[i].certain.value;
    if (cells[i].possible.value) *cell.mutable_possible() = *cells[i].possible.value;
  }
  return row;
}

}  // namespace annals
