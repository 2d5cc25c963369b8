#include "engine/index/forest/column.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace annals::forest {
namespace {

constexpr uint8_t kMonotone = 65;

// The high parts' ones are counted every so many bytes.
constexpr size_t kCountedBytes = 64;

// By hand: without a flag for a newer processor, the built-in is a call. Byte i of
// the result has the ones of bytes 0 to i.
uint64_t CountOnesByByte(uint64_t word) {
  word -= (word >> 1) & 0x5555555555555555;
  word = (word & 0x3333333333333333) + ((word >> 2) & 0x3333333333333333);
  return ((word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F) * 0x0101010101010101;
}

int CountOnes(uint64_t word) { return static_cast<int>(CountOnesByByte(word) >> 56); }

// Where the one is that `rank` ones (0 to 63) precede; `counts` are the word's, of
// which there are more.
unsigned FindOne(uint64_t word, uint64_t counts, unsigned rank) {
  // The first byte up to which there are more: its bit 7 stays.
  constexpr uint64_t kEach = 0x0101010101010101;
  const uint64_t more = ((counts | 0x80 * kEach) - (rank + 1) * kEach) & (0x80 * kEach);
  const unsigned first = __builtin_ctzll(more) & ~7U;
  const auto before = static_cast<unsigned>((counts << 8) >> first & 0xFF);
  uint64_t ones = word >> first;
  for (unsigned left = rank - before; left > 0; --left) ones &= ones - 1;
  return first + __builtin_ctzll(ones);
}

uint64_t Offset(int64_t value, int64_t base) {
  return static_cast<uint64_t>(value) - static_cast<uint64_t>(base);
}

// What a column's values are counted from, and in: the least, and the largest
// number that divides every difference.
struct Unit {
  int64_t base = 0;
  uint64_t scale = 1;
  uint64_t last_field = 0;  // The largest.

  uint64_t FieldOf(int64_t value) const {
    const uint64_t offset = Offset(value, base);
    return scale == 1 ? offset : offset / scale;
  }
};

Unit UnitOf(absl::Span<const int64_t> values) {
  Unit unit;
  if (values.empty()) return unit;
  int64_t least = values[0];
  int64_t most = values[0];
  for (const int64_t value : values) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  unit.base = least;
  uint64_t scale = 0;
  for (size_t i = 0; i < values.size() && scale != 1; ++i) {
    scale = std::gcd(scale, Offset(values[i], least));
  }
  if (scale != 0) unit.scale = scale;
  unit.last_field = unit.FieldOf(most);
  return unit;
}

void AppendUnit(const Unit& unit, std::string* head) {
  AppendVarint(ZigZag(unit.base), head);
  AppendVarint(unit.scale, head);
}

void AppendPacked(absl::Span<const int64_t> values, const Unit& unit, PageParts* page) {
  const unsigned width = BitWidth(unit.last_field);
  page->head.push_back(static_cast<char>(width));
  AppendUnit(unit, &page->head);
  AppendFields(
      values.size(), width, [&](size_t i) { return unit.FieldOf(values[i]); }, &page->data);
}

void AppendMonotone(absl::Span<const int64_t> values, const Unit& unit, unsigned low,
                    PageParts* page) {
  const uint64_t low_mask = (uint64_t{1} << low) - 1;
  const size_t high_bytes = BytesOfBits((unit.last_field >> low) + values.size());
  page->head.push_back(static_cast<char>(kMonotone));
  AppendUnit(unit, &page->head);
  page->head.push_back(static_cast<char>(low));
  AppendVarint(high_bytes, &page->head);
  AppendFields(
      values.size(), low, [&](size_t i) { return unit.FieldOf(values[i]) & low_mask; },
      &page->data);
  const size_t begin = page->data.size();
  page->data.resize(begin + high_bytes);
  char* const high = page->data.data() + begin;
  std::vector<uint32_t> counts((high_bytes - 1) / kCountedBytes);
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t bit = (unit.FieldOf(values[i]) >> low) + i;
    high[bit / 8] = static_cast<char>(high[bit / 8] | (1 << (bit % 8)));
    if (const size_t counted = bit / 8 / kCountedBytes; counted < counts.size()) ++counts[counted];
  }
  std::partial_sum(counts.begin(), counts.end(), counts.begin());
  for (const uint32_t count : counts) {
    page->data.append(reinterpret_cast<const char*>(&count), sizeof(count));
  }
}

}  // namespace

void AppendPackedColumn(absl::Span<const int64_t> values, PageParts* page) {
  AppendPacked(values, UnitOf(values), page);
}

void AppendMonotoneColumn(absl::Span<const int64_t> values, PageParts* page) {
  const Unit unit = UnitOf(values);
  const uint64_t gap = values.empty() ? 0 : unit.last_field / values.size();
  const unsigned low = gap == 0 ? 0 : BitWidth(gap) - 1;
  const size_t monotone_bits = values.size() * (low + 1) + (unit.last_field >> low);
  if (monotone_bits < values.size() * BitWidth(unit.last_field)) {
    AppendMonotone(values, unit, low, page);
  } else {
    AppendPacked(values, unit, page);
  }
}

Column::Column(PageReader* page, size_t count) : count_(static_cast<uint32_t>(count)) {
  width_ = page->head.Byte();
  monotone_ = width_ == kMonotone;
  base_ = UnZigZag(page->head.Varint());
  scale_ = page->head.Varint();
  uint64_t high_bytes = 0;
  if (monotone_) {
    width_ = page->head.Byte();
    high_bytes = page->head.Varint();
  }
  if (width_ > (monotone_ ? 63 : 64) || scale_ == 0) page->head.Fail();
  data_ = page->data.Take(BytesOfBits(count * width_));
  if (!monotone_) return;
  if (high_bytes == 0) page->head.Fail();
  high_ = page->data.Take(high_bytes);
  if (!page->ok()) return;
  high_bytes_ = static_cast<uint32_t>(high_bytes);
  page->data.Take((high_bytes - 1) / kCountedBytes * sizeof(uint32_t));
}

void Column::Decode(int64_t* out) const {
  if (monotone_) return DecodeMonotone(out);
  if (width_ == 0) {
    std::fill(out, out + count_, base_);
    return;
  }
  const Column column = *this;
  if (width_ > kNarrowBits) {
    for (size_t i = 0; i < column.count_; ++i) out[i] = column.At(i);
    return;
  }
  const uint64_t mask = (uint64_t{1} << column.width_) - 1;
  size_t bit = 0;
  for (size_t i = 0; i < column.count_; ++i, bit += column.width_) {
    out[i] = column.ValueOf((LoadWord(column.data_ + bit / 8) >> (bit % 8)) & mask);
  }
}

uint64_t Column::HighWord(size_t index) const {
  const size_t first = index * sizeof(uint64_t);
  const uint64_t word = LoadWord(high_ + first);
  const size_t left = high_bytes_ - first;
  return left >= sizeof(uint64_t) ? word : word & ((uint64_t{1} << (8 * left)) - 1);
}

void Column::DecodeMonotone(int64_t* out) const {
  size_t i = 0;
  const size_t words = (size_t{high_bytes_} + 7) / 8;
  for (size_t w = 0; w < words && i < count_; ++w) {
    for (uint64_t word = HighWord(w); word != 0 && i < count_; word &= word - 1, ++i) {
      const uint64_t high = w * 64 + __builtin_ctzll(word) - i;
      const uint64_t low = LoadBits(data_, i * width_, width_);
      out[i] = ValueOf((high << width_) + low);
    }
  }
  std::fill(out + i, out + count_, base_);
}

void Column::MarkBelow(int64_t limit, Piece piece, FieldMarks* marks) const {
  if (width_ > 0 && width_ <= kNarrowBits && limit > base_) {
    const uint64_t fields = (Offset(limit, base_) - 1) / scale_;
    return forest::MarkBelow(BlockOf(piece), fields + 1, marks);
  }
  marks->fill(0);
  if (limit <= base_) return;
  for (size_t i = 0; i < piece.count; ++i) {
    (*marks)[i / 64] |= uint64_t{At(piece.first + i) < limit ? 1U : 0U} << (i % 64);
  }
}

absl::int128 Column::SumOf(const FieldMarks& marks, Piece piece) const {
  if (width_ > kNarrowBits) {
    absl::int128 sum = 0;
    for (size_t i = 0; i < piece.count; ++i) {
      if ((marks[i / 64] >> (i % 64) & 1) != 0) sum += At(piece.first + i);
    }
    return sum;
  }
  int count = 0;
  for (const uint64_t word : marks) count += CountOnes(word);
  const absl::int128 sum = absl::int128(base_) * count;
  if (width_ == 0 || count == 0) return sum;
  return sum + absl::int128(absl::uint128(scale_) * SumOfMarked(BlockOf(piece), marks));
}

// Eight fields take whole bytes.
FieldBlock Column::BlockOf(Piece piece) const {
  return {data_ + piece.first / 8 * width_, piece.count, width_};
}

size_t Column::UpperBound(int64_t value, size_t begin, size_t end) const {
  if (begin >= end || value < base_) return begin;
  const uint64_t offset = Offset(value, base_);
  const uint64_t field = scale_ == 1 ? offset : offset / scale_;
  if (monotone_) return std::clamp(MonotoneUpperBound(field), begin, end);
  return PackedUpperBound(field, begin, end);
}

void Column::PrefetchBound(int64_t value) const {
  const uint64_t offset = value < base_ ? 0 : Offset(value, base_);
  const uint64_t field = scale_ == 1 ? offset : offset / scale_;
  if (!monotone_) return __builtin_prefetch(data_ + size_t{count_} * width_ / 16);
  // Each entry is a one, each step of the high parts a zero.
  const uint64_t bits = uint64_t{high_bytes_} * 8;
  const uint64_t zeros = bits > count_ ? bits - count_ : 1;
  const uint64_t high = std::min(field >> width_, zeros);
  const uint64_t entries = high * count_ / zeros;
  __builtin_prefetch(high_ + high_bytes_);
  __builtin_prefetch(high_ + (high + entries) / 8);
  __builtin_prefetch(data_ + entries * width_ / 8);
}

// Halves the range without a branch that depends on what it finds.
size_t Column::PackedUpperBound(uint64_t field, size_t begin, size_t end) const {
  size_t length = end - begin;
  if (width_ > kNarrowBits) {
    while (length > 1) {
      const size_t half = length / 2;
      begin += LoadBits(data_, (begin + half - 1) * width_, width_) <= field ? half : 0;
      length -= half;
    }
    return begin + (LoadBits(data_, begin * width_, width_) <= field ? 1 : 0);
  }
  const uint64_t mask = (uint64_t{1} << width_) - 1;
  const auto is_within = [&](size_t index) {
    const size_t bit = index * width_;
    return size_t{((LoadWord(data_ + bit / 8) >> (bit % 8)) & mask) <= field ? 1U : 0U};
  };
  while (length > 1) {
    const size_t half = length / 2;
    begin += half & (0 - is_within(begin + half - 1));
    length -= half;
  }
  return begin + is_within(begin);
}

// The first zero bit of the high parts at or after `bit`.
size_t Column::NextZero(size_t bit) const {
  const size_t words = (size_t{high_bytes_} + 7) / 8;
  for (size_t w = bit / 64; w < words; ++w) {
    uint64_t zeros = ~HighWord(w);
    if (w == bit / 64) zeros &= ~uint64_t{0} << (bit % 64);
    if (zeros != 0) return w * 64 + __builtin_ctzll(zeros);
  }
  return words * 64;
}

// Where the bucket of the high part `high` begins: after as many zeros. Past the
// end if there is no such bucket.
size_t Column::BucketBit(uint64_t high) const {
  if (high == 0) return 0;
  const size_t words = (size_t{high_bytes_} + 7) / 8;
  uint64_t zeros_left = high;
  size_t word = 0;
  // The last counted place with fewer zeros before it than are looked for.
  const char* const counts = high_ + high_bytes_;
  for (size_t i = (high_bytes_ - 1) / kCountedBytes; i > 0; --i) {
    uint32_t ones;
    std::memcpy(&ones, counts + (i - 1) * sizeof(ones), sizeof(ones));
    const uint64_t zeros = i * kCountedBytes * 8 - ones;
    if (zeros >= high) continue;
    zeros_left -= zeros;
    word = i * (kCountedBytes / 8);
    break;
  }
  for (; word < words; ++word) {
    const uint64_t zeros = ~HighWord(word);
    const uint64_t counts = CountOnesByByte(zeros);
    const uint64_t count = counts >> 56;
    if (zeros_left <= count) {
      return word * 64 + FindOne(zeros, counts, static_cast<unsigned>(zeros_left - 1)) + 1;
    }
    zeros_left -= count;
  }
  return words * 64 + high;
}

// 1. The entries with the same high part are the ones up to the next zero.
// 2. Among their low parts, which ascend, a binary search.
size_t Column::MonotoneUpperBound(uint64_t field) const {
  const uint64_t high = field >> width_;
  const size_t bit = BucketBit(high);
  if (bit - high >= count_) return count_;
  size_t begin = bit - high;
  size_t end = std::clamp<size_t>(NextZero(bit) - high, begin, count_);
  if (begin == end) return begin;
  return PackedUpperBound(field & ((uint64_t{1} << width_) - 1), begin, end);
}

}  // namespace annals::forest
