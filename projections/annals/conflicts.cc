#include "projections/annals/conflicts.h"

#include <algorithm>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/status.h"
#include "engine/query/world.h"
#include "google/protobuf/util/message_differencer.h"
#include "projections/annals/table_builder.h"

namespace annals {
namespace {

using RowIterator = std::vector<RegisterRow>::const_iterator;

bool SameThing(const Key& a, const Key& b) { return a[0] == b[0] && a[1] == b[1]; }

// The claims are ordered by key, so one thing's claims are neighbours.
absl::StatusOr<std::vector<WorldRow>> Evaluate(const World& world, const MeasureRef& claims) {
  ANNALS_ASSIGN_OR_RETURN(const std::vector<RegisterRow> rows, world.AllLatest(claims, {}));
  TableBuilder table({"value"});
  for (RowIterator first = rows.begin(); first != rows.end();) {
    const RowIterator last = std::find_if(
        first, rows.end(), [&](const RegisterRow& row) { return !SameThing(row.key, first->key); });
    const bool differ = std::any_of(
        first, last, [&](const RegisterRow& row) { return !ClaimsAgree(row.value, first->value); });
    for (; first != last; ++first) {
      if (differ) table.Set(first->key, "value", first->value, {first->position});
    }
  }
  return table.Build();
}

}  // namespace

bool ClaimsAgree(const v1::Value& a, const v1::Value& b) {
  if (a.has_date() && b.has_date()) return a.date().edtf() == b.date().edtf();
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

View ConflictsView(const MeasureRef& claims) {
  return {.name = "conflicts",
          .description = "What the asserters' latest claims differ about, each beside the others.",
          .columns = {KeyColumn("subject"), KeyColumn("attribute"), KeyColumn("asserter"),
                      AnyColumn("value")},
          .evaluate = [claims](const World& world) { return Evaluate(world, claims); }};
}

}  // namespace annals
