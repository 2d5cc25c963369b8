#include "engine/index/forest/sum_column.h"

#include <algorithm>

namespace annals::forest {
namespace {

constexpr uint8_t kWide = 128;

}  // namespace

void AppendSumColumn(absl::Span<const absl::int128> values, PageParts* page) {
  absl::int128 least = values.empty() ? 0 : values[0];
  absl::int128 most = least;
  for (const absl::int128& value : values) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  const absl::uint128 range = absl::uint128(most) - absl::uint128(least);
  const bool wide = absl::Uint128High64(range) != 0;
  const unsigned width = wide ? kWide : BitWidth(absl::Uint128Low64(range));
  page->head.push_back(static_cast<char>(width));
  AppendFixed64(absl::Int128Low64(least), &page->head);
  AppendFixed64(absl::Int128High64(least), &page->head);
  const auto offset = [&](size_t i) { return absl::uint128(values[i]) - absl::uint128(least); };
  if (!wide) {
    AppendFields(
        values.size(), width, [&](size_t i) { return absl::Uint128Low64(offset(i)); }, &page->data);
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    AppendFixed64(absl::Uint128Low64(offset(i)), &page->data);
    AppendFixed64(absl::Uint128High64(offset(i)), &page->data);
  }
}

SumColumn::SumColumn(PageReader* page, size_t count) {
  width_ = page->head.Byte();
  const uint64_t low = page->head.Fixed64();
  base_ = absl::MakeInt128(static_cast<int64_t>(page->head.Fixed64()), low);
  if (width_ > 64 && width_ != kWide) page->head.Fail();
  data_ = page->data.Take(BytesOfBits(count * width_));
}

absl::int128 SumColumn::At(size_t index) const {
  if (width_ != kWide) {
    return absl::int128(absl::uint128(base_) + LoadBits(data_, index * width_, width_));
  }
  const char* const field = data_ + index * 2 * sizeof(uint64_t);
  return absl::int128(absl::uint128(base_) +
                      absl::MakeUint128(LoadWord(field + 8), LoadWord(field)));
}

}  // namespace annals::forest
