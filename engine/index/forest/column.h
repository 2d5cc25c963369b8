// Column: one field of all entries of a page, in the fewest bits that still let
// a query read only what it needs.
//
// In a page's head and in its data (bits.h), a column has
//
//   column   = packed | monotone
//   packed   head: width:byte(0..64) unit
//            data: field:bits[width] each
//   monotone head: 65:byte unit low:byte(0..63) high_bytes:varint
//            data: (lowest `low` bits of field) each, high_bits, counts
//   unit     = base:zigzag-varint scale:varint      value = base + scale * field
//   counts   = (the ones in the first 512 i bits of high_bits):uint32 each i > 0
//
// A monotone column is Elias–Fano's: entry i sets bit (high part + i) of
// high_bits. It takes about 2 bits more an entry than the logarithm of the mean
// gap, and an outlier costs the others next to nothing. The scale makes dates of
// whole days as small as they are. Every part starts at a byte. Integers are
// little-endian.
#ifndef ANNALS_ENGINE_INDEX_FOREST_COLUMN_H_
#define ANNALS_ENGINE_INDEX_FOREST_COLUMN_H_

#include <cstddef>
#include <cstdint>

#include "absl/numeric/int128.h"
#include "absl/types/span.h"
#include "engine/index/forest/bits.h"
#include "engine/index/forest/field_scan.h"

namespace annals::forest {

// Lets every entry be read by its index.
void AppendPackedColumn(absl::Span<const int64_t> values, PageParts* page);

// Lets entries be found by value; `values` must not descend. Takes whichever
// form is the shorter.
void AppendMonotoneColumn(absl::Span<const int64_t> values, PageParts* page);

// A view into a page; the page must outlive it. Whatever the bytes are, no
// method reads outside of the page.
class Column {
 public:
  Column() = default;
  // Takes the next column, of `count` entries. A malformed one fails `page`.
  Column(PageReader* page, size_t count);

  size_t size() const { return count_; }
  bool is_packed() const { return !monotone_; }
  bool is_constant() const { return !monotone_ && width_ == 0; }

  // The first entry of a monotone or constant column.
  int64_t base() const { return base_; }

  // The entry at `index` < size() of a packed column.
  int64_t At(size_t index) const { return ValueOf(LoadBits(data_, index * width_, width_)); }

  // Some entries of a packed column: `count` from `first`, a multiple of 8, on; at most
  // kMostScanned.
  struct Piece {
    size_t first;
    size_t count;
  };
  // Marks those that are below `limit`, and none after the last.
  void MarkBelow(int64_t limit, Piece piece, FieldMarks* marks) const;
  // The sum of the marked ones; none after the last may be.
  absl::int128 SumOf(const FieldMarks& marks, Piece piece) const;

  // Asks the processor for what UpperBound(value, …) will read, if the entries
  // are spread evenly.
  void PrefetchBound(int64_t value) const;

  // Asks the processor for the entries in [begin, end) of a packed column.
  void PrefetchRange(size_t begin, size_t end) const {
    const char* const last = data_ + end * width_ / 8;
    for (const char* line = data_ + begin * width_ / 8; line < last; line += kCacheLineBytes) {
      __builtin_prefetch(line);
    }
    __builtin_prefetch(last);
  }

  // All of them, to out[0, size()).
  void Decode(int64_t* out) const;

  // The first index in [begin, end) whose entry is above `value`, or `end`. The
  // entries there must ascend.
  size_t UpperBound(int64_t value, size_t begin, size_t end) const;
  // The same for "not below `value`".
  size_t LowerBound(int64_t value, size_t begin, size_t end) const {
    return value == INT64_MIN ? begin : UpperBound(value - 1, begin, end);
  }

 private:
  int64_t ValueOf(uint64_t field) const {
    return static_cast<int64_t>(static_cast<uint64_t>(base_) + scale_ * field);
  }
  FieldBlock BlockOf(Piece piece) const;
  void DecodeMonotone(int64_t* out) const;
  size_t PackedUpperBound(uint64_t field, size_t begin, size_t end) const;
  size_t MonotoneUpperBound(uint64_t field) const;
  size_t BucketBit(uint64_t high) const;
  uint64_t HighWord(size_t index) const;
  size_t NextZero(size_t bit) const;

  const char* data_ = nullptr;  // Packed fields; of a monotone column the low parts.
  const char* high_ = nullptr;
  uint32_t high_bytes_ = 0;
  uint32_t count_ = 0;
  int64_t base_ = 0;
  uint64_t scale_ = 1;
  uint8_t width_ = 0;
  bool monotone_ = false;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_COLUMN_H_
