// SumColumn: the sums of a page, which may need more than 64 bits.
//
//   sums   head: width:byte(0..64, 128) base:int128
//          data: (value - base):bits[width] each
//
// (Head and data: bits.h.) Integers are little-endian.
#ifndef ANNALS_ENGINE_INDEX_FOREST_SUM_COLUMN_H_
#define ANNALS_ENGINE_INDEX_FOREST_SUM_COLUMN_H_

#include <cstddef>
#include <cstdint>

#include "absl/numeric/int128.h"
#include "absl/types/span.h"
#include "engine/index/forest/bits.h"

namespace annals::forest {

void AppendSumColumn(absl::Span<const absl::int128> values, PageParts* page);

// A view into a page; the page must outlive it.
class SumColumn {
 public:
  SumColumn() = default;
  SumColumn(PageReader* page, size_t count);

  absl::int128 At(size_t index) const;
  void Prefetch(size_t index) const { __builtin_prefetch(data_ + index * width_ / 8); }

 private:
  const char* data_ = nullptr;
  absl::int128 base_ = 0;
  uint8_t width_ = 0;
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_SUM_COLUMN_H_
