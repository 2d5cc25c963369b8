#include "engine/index/forest/field_scan.h"

#include <algorithm>

#include "engine/index/forest/bits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace annals::forest {
namespace {

// The fields from `first` on. Without a branch: which are below is as good as random.
void MarkFrom(size_t first, const FieldBlock& block, uint64_t limit, FieldMarks* marks) {
  const uint64_t mask = (uint64_t{1} << block.width) - 1;
  size_t bit = first * block.width;
  for (size_t i = first; i < block.count; ++i, bit += block.width) {
    const uint64_t field = (LoadWord(block.data + bit / 8) >> (bit % 8)) & mask;
    (*marks)[i / 64] |= uint64_t{field < limit ? 1U : 0U} << (i % 64);
  }
}

// 64 fields don't leave a word.
absl::uint128 SumFrom(size_t first, const FieldBlock& block, const FieldMarks& marks) {
  const uint64_t mask = (uint64_t{1} << block.width) - 1;
  absl::uint128 sum = 0;
  for (size_t i = first / 64; i * 64 < block.count; ++i) {
    uint64_t marked = i == first / 64 ? marks[i] & ~uint64_t{0} << (first % 64) : marks[i];
    uint64_t part = 0;
    for (; marked != 0; marked &= marked - 1) {
      const size_t bit = (i * 64 + __builtin_ctzll(marked)) * block.width;
      part += (LoadWord(block.data + bit / 8) >> (bit % 8)) & mask;
    }
    sum += part;
  }
  return sum;
}

#if defined(__x86_64__)

// Two neighbouring fields: the 16 bytes that both are in, and where.
struct Pair {
  Pair(unsigned first, unsigned width)
      : byte(first * width / 8), low_shift(first * width % 8), high_bit(low_shift + width) {}

  // What brings the bytes of each field to its half of the 16.
  __m128i Shuffle() const {
    constexpr uint64_t kAscending = 0x0706050403020100;
    constexpr uint64_t kEach = 0x0101010101010101;
    return _mm_set_epi64x(static_cast<int64_t>(kAscending + kEach * (high_bit / 8)),
                          static_cast<int64_t>(kAscending));
  }
  __m128i Shift() const { return _mm_set_epi64x(high_bit % 8, low_shift); }

  unsigned byte;
  unsigned low_shift;
  unsigned high_bit;
};

__attribute__((target("avx2"))) inline __m256i Join(__m128i low, __m128i high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

__attribute__((target("avx2"))) inline __m128i Load(const char* data) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data));
}

// Eight fields take `width` bytes, so what is true of the first eight is true of
// all: they are four pairs, and come as twice four words.
class Eights {
 public:
  __attribute__((target("avx2"))) explicit Eights(const FieldBlock& block)
      : next_(block.data),
        last_(block.data + BytesOfBits(block.count * block.width) + kPadding),
        width_(block.width),
        count_(block.count),
        pairs_{{0, width_}, {2, width_}, {4, width_}, {6, width_}},
        low_shuffle_(Join(pairs_[0].Shuffle(), pairs_[1].Shuffle())),
        high_shuffle_(Join(pairs_[2].Shuffle(), pairs_[3].Shuffle())),
        low_shift_(Join(pairs_[0].Shift(), pairs_[1].Shift())),
        high_shift_(Join(pairs_[2].Shift(), pairs_[3].Shift())),
        mask_(_mm256_set1_epi64x((int64_t{1} << width_) - 1)) {}

  // How many fields have come: the rest can't be loaded so, when Next() is false.
  size_t first() const { return first_; }

  __attribute__((target("avx2"))) bool Next(__m256i* low, __m256i* high) {
    if (first_ + 8 > count_ || last_ - next_ < pairs_[3].byte + 16) return false;
    *low = Unpack(pairs_[0], pairs_[1], low_shuffle_, low_shift_);
    *high = Unpack(pairs_[2], pairs_[3], high_shuffle_, high_shift_);
    first_ += 8;
    next_ += width_;
    return true;
  }

 private:
  __attribute__((target("avx2"))) __m256i Unpack(const Pair& first, const Pair& second,
                                                 __m256i shuffle, __m256i shift) const {
    const __m256i both = Join(Load(next_ + first.byte), Load(next_ + second.byte));
    return _mm256_and_si256(_mm256_srlv_epi64(_mm256_shuffle_epi8(both, shuffle), shift), mask_);
  }

  const char* next_;
  const char* const last_;
  const unsigned width_;
  const size_t count_;
  size_t first_ = 0;
  const Pair pairs_[4];
  const __m256i low_shuffle_, high_shuffle_, low_shift_, high_shift_, mask_;
};

// Fields so short that each lies within four bytes wherever it starts: eight of them
// come as one.
constexpr unsigned kShortBits = 25;

class ShortEights {
 public:
  __attribute__((target("avx2"))) explicit ShortEights(const FieldBlock& block)
      : next_(block.data),
        last_(block.data + BytesOfBits(block.count * block.width) + kPadding),
        width_(block.width),
        count_(block.count),
        high_byte_(width_ / 2),
        shuffle_(Join(Shuffle(0), Shuffle(width_ * 4 % 8))),
        shift_(Join(Shift(0), Shift(width_ * 4 % 8))),
        mask_(_mm256_set1_epi32((1 << width_) - 1)) {}

  // As of Eights.
  size_t first() const { return first_; }

  __attribute__((target("avx2"))) bool Next(__m256i* fields) {
    if (first_ + 8 > count_ || last_ - next_ < high_byte_ + 16) return false;
    const __m256i both = Join(Load(next_), Load(next_ + high_byte_));
    *fields =
        _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(both, shuffle_), shift_), mask_);
    first_ += 8;
    next_ += width_;
    return true;
  }

 private:
  // Of four fields, the first of which begins at the bit `shift`.
  __attribute__((target("avx2"))) __m128i Shuffle(unsigned shift) const {
    constexpr unsigned kAscending = 0x03020100;
    constexpr unsigned kEach = 0x01010101;
    const auto bytes = [&](unsigned i) {
      return static_cast<int>(kAscending + kEach * ((shift + i * width_) / 8));
    };
    return _mm_set_epi32(bytes(3), bytes(2), bytes(1), bytes(0));
  }
  __attribute__((target("avx2"))) __m128i Shift(unsigned shift) const {
    const auto bits = [&](unsigned i) { return static_cast<int>((shift + i * width_) % 8); };
    return _mm_set_epi32(bits(3), bits(2), bits(1), bits(0));
  }

  const char* next_;
  const char* const last_;
  const unsigned width_;
  const size_t count_;
  size_t first_ = 0;
  const unsigned high_byte_;  // Where the second four begin.
  const __m256i shuffle_, shift_, mask_;
};

__attribute__((target("avx2"))) void MarkShortEights(const FieldBlock& block, uint64_t limit,
                                                     FieldMarks* marks) {
  const __m256i limits = _mm256_set1_epi32(static_cast<int>(limit));
  ShortEights eights(block);
  for (__m256i fields; eights.Next(&fields);) {
    const auto below = static_cast<unsigned>(
        _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(limits, fields))));
    const size_t first = eights.first() - 8;
    (*marks)[first / 64] |= uint64_t{below} << (first % 64);
  }
  MarkFrom(eights.first(), block, limit, marks);
}

// A lane gets an eighth of the fields: so many don't leave it.
static_assert(kShortBits + 7 <= 32 && kMostScanned / 8 <= 128);

__attribute__((target("avx2"))) absl::uint128 SumShortEights(const FieldBlock& block,
                                                             const FieldMarks& marks) {
  const __m256i bits = _mm256_set_epi32(128, 64, 32, 16, 8, 4, 2, 1);
  __m256i sums = _mm256_setzero_si256();
  ShortEights eights(block);
  for (__m256i fields; eights.Next(&fields);) {
    const size_t first = eights.first() - 8;
    const __m256i marked = _mm256_set1_epi32(static_cast<int>(marks[first / 64] >> (first % 64)));
    const __m256i is_marked = _mm256_cmpeq_epi32(_mm256_and_si256(marked, bits), bits);
    sums = _mm256_add_epi32(sums, _mm256_and_si256(fields, is_marked));
  }
  alignas(32) uint32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sums);
  absl::uint128 sum = SumFrom(eights.first(), block, marks);
  for (const uint32_t lane : lanes) sum += lane;
  return sum;
}

__attribute__((target("avx2"))) void MarkEights(const FieldBlock& block, uint64_t limit,
                                                FieldMarks* marks) {
  const __m256i limits = _mm256_set1_epi64x(static_cast<int64_t>(limit));
  Eights eights(block);
  for (__m256i low, high; eights.Next(&low, &high);) {
    const auto low_below = static_cast<unsigned>(
        _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(limits, low))));
    const auto high_below = static_cast<unsigned>(
        _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(limits, high))));
    const size_t first = eights.first() - 8;
    (*marks)[first / 64] |= uint64_t{low_below | high_below << 4} << (first % 64);
  }
  MarkFrom(eights.first(), block, limit, marks);
}

// A lane gets a quarter of the fields: so many don't leave it.
static_assert(kNarrowBits + 7 <= 64 && kMostScanned / 4 <= 128);

__attribute__((target("avx2"))) absl::uint128 SumEights(const FieldBlock& block,
                                                        const FieldMarks& marks) {
  const __m256i low_bits = _mm256_set_epi64x(8, 4, 2, 1);
  const __m256i high_bits = _mm256_slli_epi64(low_bits, 4);
  __m256i low_sums = _mm256_setzero_si256();
  __m256i high_sums = _mm256_setzero_si256();
  Eights eights(block);
  for (__m256i low, high; eights.Next(&low, &high);) {
    const size_t first = eights.first() - 8;
    const __m256i marked =
        _mm256_set1_epi64x(static_cast<int64_t>(marks[first / 64] >> (first % 64)));
    const __m256i low_marks = _mm256_cmpeq_epi64(_mm256_and_si256(marked, low_bits), low_bits);
    const __m256i high_marks = _mm256_cmpeq_epi64(_mm256_and_si256(marked, high_bits), high_bits);
    low_sums = _mm256_add_epi64(low_sums, _mm256_and_si256(low, low_marks));
    high_sums = _mm256_add_epi64(high_sums, _mm256_and_si256(high, high_marks));
  }
  alignas(32) uint64_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), low_sums);
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes + 4), high_sums);
  absl::uint128 sum = SumFrom(eights.first(), block, marks);
  for (const uint64_t lane : lanes) sum += lane;
  return sum;
}

bool HasAvx2() {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2;
}

#endif

}  // namespace

void MarkBelowPortably(const FieldBlock& block, uint64_t limit, FieldMarks* marks) {
  marks->fill(0);
  MarkFrom(0, block, limit, marks);
}

absl::uint128 SumOfMarkedPortably(const FieldBlock& block, const FieldMarks& marks) {
  return SumFrom(0, block, marks);
}

void MarkBelow(const FieldBlock& block, uint64_t limit, FieldMarks* marks) {
#if defined(__x86_64__)
  if (HasAvx2()) {
    marks->fill(0);
    // The comparison is a signed one; no field is so long.
    limit = std::min(limit, uint64_t{1} << block.width);
    return block.width <= kShortBits ? MarkShortEights(block, limit, marks)
                                     : MarkEights(block, limit, marks);
  }
#endif
  MarkBelowPortably(block, limit, marks);
}

absl::uint128 SumOfMarked(const FieldBlock& block, const FieldMarks& marks) {
#if defined(__x86_64__)
  if (HasAvx2()) {
    return block.width <= kShortBits ? SumShortEights(block, marks) : SumEights(block, marks);
  }
#endif
  return SumOfMarkedPortably(block, marks);
}

}  // namespace annals::forest
