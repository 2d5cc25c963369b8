#include "projections/annals/table_builder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace annals {

void TableBuilder::Set(const Key& key, absl::string_view column, v1::Value value,
                       std::vector<EvidenceSource> evidence) {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  assert(found != columns_.end());
  if (found == columns_.end()) return;
  std::vector<WorldCell>& cells = rows_[key];
  cells.resize(columns_.size());
  cells[found - columns_.begin()] = {std::move(value), std::move(evidence)};
}

std::vector<WorldRow> TableBuilder::Build() const {
  std::vector<WorldRow> rows;
  rows.reserve(rows_.size());
  for (const auto& [key, cells] : rows_) rows.push_back({key, cells});
  return rows;
}

}  // namespace annals
