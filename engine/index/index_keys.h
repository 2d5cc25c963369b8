// IndexKeys: where everything of one timeline lives in Family::kContributions.
//
//   timeline u32, 0 u32, 1 u32, generation u32              a GenerationRecord
//   timeline u32, 0 u32, 2 u32                              how far the corrections are
//   timeline u32, 0 u32, 3 u32, target u64, corrector u64   the corrector's known bounds
//   timeline u32, generation u32 (from 1), measure u32,
//     elements, event u64, ordinal u32, arrival u64         a row (engine/index/index_row.h)
//
// Numbers are big-endian. The elements are the contribution's key and, for a
// set, the member, in the encoding of engine/base/key.h.
#ifndef ANNALS_ENGINE_INDEX_INDEX_KEYS_H_
#define ANNALS_ENGINE_INDEX_INDEX_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/position.h"

namespace annals {

// The keys in [begin, end).
struct KeyRange {
  std::string begin;
  std::string end;
};

KeyRange RangeOfPrefix(std::string prefix);

// What tells one row from all others of its measure.
struct RowId {
  absl::string_view elements;  // Encoded.
  Position event;              // Whose contribution it is.
  uint32_t ordinal = 0;        // Among the event's contributions.
  Position arrival;            // Of the event that wrote it: itself, or a correction.

  // Of what all rows of one contribution have in common.
  bool SameContribution(const RowId& other) const {
    return event == other.event && ordinal == other.ordinal && elements == other.elements;
  }
};

// An immutable value. `timeline` is TimelineSettings::number.
class IndexKeys {
 public:
  explicit IndexKeys(uint32_t timeline) : timeline_(timeline) {}

  // All that the timeline has.
  KeyRange All() const;

  KeyRange GenerationRecords() const;
  std::string GenerationRecord(uint32_t generation) const;

  std::string CorrectionsCursor() const;
  KeyRange Corrections() const;
  // Of the target up to the corrector `up_to`.
  KeyRange CorrectionsOf(Position target, Position up_to) const;
  std::string Correction(Position target, Position corrector) const;

  KeyRange Rows(uint32_t generation) const;
  std::string MeasurePrefix(uint32_t generation, uint32_t measure) const;

  // Of a key that this class made. DATA_LOSS if it is too short.
  static absl::StatusOr<uint32_t> GenerationOfRecord(absl::string_view key);
  static absl::StatusOr<Position> CorrectorOf(absl::string_view key);

  // What follows `prefix_bytes` of measure prefix. Lives as long as `key`.
  static absl::StatusOr<RowId> ParseRow(absl::string_view key, size_t prefix_bytes);

 private:
  std::string Reserved(uint32_t kind) const;

  uint32_t timeline_;
};

// To a measure prefix and the elements: the rest of a row's key.
void AppendRowSuffix(std::string* key, Position event, uint32_t ordinal, Position arrival);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_INDEX_KEYS_H_
