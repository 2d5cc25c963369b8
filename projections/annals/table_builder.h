// TableBuilder: puts a view's rows together, cell by cell.
//
//   TableBuilder table({"published", "events"});
//   table.Set({"S1"}, "events", QuantityValue(sum), {ContributionsOf{measure, {"S1"}}});
//   return table.Build();
#ifndef ANNALS_PROJECTIONS_ANNALS_TABLE_BUILDER_H_
#define ANNALS_PROJECTIONS_ANNALS_TABLE_BUILDER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/query/view.h"
#include "proto/annals/v1/value.pb.h"

namespace annals {

// Cells may be set in any order; those that never are stay without a value.
// Not thread-safe.
class TableBuilder {
 public:
  // `columns`: the view's columns other than its keys, in their order.
  explicit TableBuilder(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  // The row appears, without any value.
  void Add(const Key& key) { rows_.try_emplace(key, columns_.size()); }

  // The row appears with its first cell. A column that the table doesn't have is
  // a bug, and is ignored.
  void Set(const Key& key, absl::string_view column, v1::Value value,
           std::vector<EvidenceSource> evidence);

  // The rows, ordered by key.
  std::vector<WorldRow> Build() const;

 private:
  std::vector<std::string> columns_;
  std::map<Key, std::vector<WorldCell>> rows_;
};

}  // namespace annals

#endif  // ANNALS_PROJECTIONS_ANNALS_TABLE_BUILDER_H_
