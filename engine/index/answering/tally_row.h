// ToTallyRow: a sum as a row of the answer.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_TALLY_ROW_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_TALLY_ROW_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/index/measure/quantity_sum.h"
#include "engine/index/projection.h"
#include "engine/index/temporal_index.h"

namespace annals {

// `list` is the group's encoded key. OUT_OF_RANGE, naming the group, if the sum
// leaves 64 bits; DATA_LOSS if the key is damaged.
absl::StatusOr<TallyRow> ToTallyRow(absl::string_view list, const QuantitySum& sum,
                                    const Measure& measure);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_TALLY_ROW_H_
