// FieldsBelow: compares many packed fields (bits.h) with a limit at once.
#ifndef ANNALS_ENGINE_INDEX_FOREST_FIELD_SCAN_H_
#define ANNALS_ENGINE_INDEX_FOREST_FIELD_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace annals::forest {

// A field that lies within one word wherever it starts.
inline constexpr unsigned kNarrowBits = 57;

// `count` fields (1 to 64) of `width` bits (1 to kNarrowBits) each, of which the
// first begins at a byte. kPadding bytes after the last can be read.
struct FieldBlock {
  const char* data;
  size_t count;
  unsigned width;
};

// Bit i says whether field i is below `limit`. With AVX2, about half a nanosecond
// a field; else one.
uint64_t FieldsBelow(const FieldBlock& block, uint64_t limit);

// The same, without what only some processors have. For tests.
uint64_t FieldsBelowPortably(const FieldBlock& block, uint64_t limit);

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_FIELD_SCAN_H_
