// ToRegisterRow: the row of a register, from the contribution that holds it.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_ROW_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_ROW_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/key.h"
#include "engine/base/position.h"
#include "engine/index/temporal_index.h"

namespace annals {

// DATA_LOSS if `content` is no value.
absl::StatusOr<RegisterRow> ToRegisterRow(Key key, absl::string_view content, Position event,
                                          Instant occurred, Instant known);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_REGISTER_ROW_H_
