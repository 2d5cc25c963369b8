// MarkBelow and SumOfMarked: what is asked of many packed fields (bits.h) at once.
#ifndef ANNALS_ENGINE_INDEX_FOREST_FIELD_SCAN_H_
#define ANNALS_ENGINE_INDEX_FOREST_FIELD_SCAN_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/numeric/int128.h"

namespace annals::forest {

// A field that lies within one word wherever it starts.
inline constexpr unsigned kNarrowBits = 57;

// How many fields are taken at once, and their marks: bit i % 64 of word i / 64 is
// field i's.
inline constexpr size_t kMostScanned = 512;
using FieldMarks = std::array<uint64_t, kMostScanned / 64>;

// `count` fields (1 to kMostScanned) of `width` bits (1 to kNarrowBits) each, of which
// the first begins at a byte. kPadding bytes after the last can be read.
struct FieldBlock {
  const char* data;
  size_t count;
  unsigned width;
};

// Marks the fields that are below `limit`, and none after the last. With AVX2, less than
// half a nanosecond a field, and for 25 bits or fewer twice as many at a time; else one.
void MarkBelow(const FieldBlock& block, uint64_t limit, FieldMarks* marks);

// The sum of the marked fields; none after the last may be marked. With AVX2, a quarter
// of a nanosecond a field, marked or not; else one for each that is.
absl::uint128 SumOfMarked(const FieldBlock& block, const FieldMarks& marks);

// The same, without what only some processors have. For tests.
void MarkBelowPortably(const FieldBlock& block, uint64_t limit, FieldMarks* marks);
absl::uint128 SumOfMarkedPortably(const FieldBlock& block, const FieldMarks& marks);

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_FIELD_SCAN_H_
