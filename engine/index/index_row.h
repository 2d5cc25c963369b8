// The values of the index's rows. A contribution is one *stated* row, written
// when its event arrived, and a *changed* row for each correction that arrived
// since and takes it out of a world or brings it back. No row is ever changed,
// so the rows up to an arrival are what the index was at that position
// (docs/decisions/0003-corrections-as-deltas.md).
//
//   stated    0x01, occurred, known, content
//   changed   0x02, the certain steps, the possible steps
//
// Bounds are the earliest as a 64-bit big-endian number and a varint of how much
// later the latest is. Steps are a varint of their number, then for each its
// known instant as a 64-bit number and its change as a zigzag varint.
#ifndef ANNALS_ENGINE_INDEX_INDEX_ROW_H_
#define ANNALS_ENGINE_INDEX_INDEX_ROW_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/quantity.h"
#include "engine/index/admission.h"
#include "engine/index/projection.h"
#include "engine/time/causality.h"

namespace annals {

// Where the event stands in both worlds, and what the contribution says: an
// encoded quantity (tally), a serialised v1::Value (register), nothing (set).
struct StatedRow {
  EventTimes times;
  absl::string_view content;  // Lives as long as the bytes it was read from.
};

std::string EncodeStatedRow(const EventTimes& times, absl::string_view content);
std::string EncodeChangedRow(const WorldSteps& steps);

bool IsStatedRow(absl::string_view bytes);

// DATA_LOSS if the bytes are no such row.
absl::StatusOr<StatedRow> DecodeStatedRow(absl::string_view bytes);
absl::StatusOr<WorldSteps> DecodeChangedRow(absl::string_view bytes);

// An exact quantity from -124 to 123 is one byte, 8 and its zigzag; any other is 4
// and its zigzag varint. Limits that differ are a byte with a flag for each that
// there is (1: lower, 2: upper), then those, as zigzag varints. DATA_LOSS if the
// bytes are no quantity.
std::string EncodeQuantity(const Quantity& quantity);
absl::StatusOr<Quantity> DecodeQuantity(absl::string_view bytes);

// Bounds alone, as the corrections' rows have them. Reading drops them from the
// front of `*bytes`.
void AppendBounds(std::string* bytes, const TimeBounds& bounds);
absl::StatusOr<TimeBounds> ReadBounds(absl::string_view* bytes);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_INDEX_ROW_H_
