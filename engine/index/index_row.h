// The small values of the index's rows.
//
//   change   the certain steps, the possible steps
//
// Steps are a varint of their number, then for each its known instant as a 64-bit
// big-endian number and its change as a zigzag varint. No row is ever changed, so
// the rows up to an arrival are what the index was at that position
// (docs/decisions/0003-corrections-as-deltas.md).
#ifndef ANNALS_ENGINE_INDEX_INDEX_ROW_H_
#define ANNALS_ENGINE_INDEX_INDEX_ROW_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/quantity.h"
#include "engine/index/admission.h"
#include "engine/time/causality.h"

namespace annals {

std::string EncodeChangedRow(const WorldSteps& steps);

// DATA_LOSS if the bytes are no such row.
absl::StatusOr<WorldSteps> DecodeChangedRow(absl::string_view bytes);

// An exact quantity from -124 to 123 is one byte, 8 and its zigzag; any other is 4
// and its zigzag varint. Limits that differ are a byte with a flag for each that
// there is (1: lower, 2: upper), then those, as zigzag varints. DATA_LOSS if the
// bytes are no quantity.
std::string EncodeQuantity(const Quantity& quantity);
absl::StatusOr<Quantity> DecodeQuantity(absl::string_view bytes);
// The quantity, if the bytes are what EncodeQuantity makes of an exact one.
std::optional<int64_t> ReadExactQuantity(absl::string_view bytes);

// Bounds are the earliest as a 64-bit big-endian number and a varint of how much
// later the latest is. Reading drops them from the front of `*bytes`.
void AppendBounds(std::string* bytes, const TimeBounds& bounds);
absl::StatusOr<TimeBounds> ReadBounds(absl::string_view* bytes);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_INDEX_ROW_H_
