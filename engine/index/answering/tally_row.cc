#include "engine/index/answering/tally_row.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals {

absl::StatusOr<TallyRow> ToTallyRow(absl::string_view list, const QuantitySum& sum,
                                    const Measure& measure) {
  TallyRow row;
  ANNALS_ASSIGN_OR_RETURN(row.key, DecodeKey(list, measure.key_names.size()));
  const absl::StatusOr<Quantity> total = sum.Total();
  if (!total.ok()) {
    return Annotate(total.status(), absl::StrCat("group (", absl::StrJoin(row.key, ", "), ")"));
  }
  row.sum = *total;
  return row;
}

}  // namespace annals
