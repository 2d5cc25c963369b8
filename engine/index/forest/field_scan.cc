#include "engine/index/forest/field_scan.h"

#include "engine/index/forest/bits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace annals::forest {
namespace {

// Without a branch: which fields are below is as good as random.
uint64_t CompareFrom(size_t first, const FieldBlock& block, uint64_t limit) {
  const uint64_t mask = (uint64_t{1} << block.width) - 1;
  uint64_t below = 0;
  size_t bit = first * block.width;
  for (size_t i = first; i < block.count; ++i, bit += block.width) {
    const uint64_t field = (LoadWord(block.data + bit / 8) >> (bit % 8)) & mask;
    below |= uint64_t{field < limit ? 1U : 0U} << i;
  }
  return below;
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
// all: they are four pairs, and four fields are compared at once.
__attribute__((target("avx2"))) uint64_t CompareEights(const FieldBlock& block, uint64_t limit) {
  const unsigned width = block.width;
  const Pair pairs[] = {{0, width}, {2, width}, {4, width}, {6, width}};
  const __m256i low_shuffle = Join(pairs[0].Shuffle(), pairs[1].Shuffle());
  const __m256i high_shuffle = Join(pairs[2].Shuffle(), pairs[3].Shuffle());
  const __m256i low_shift = Join(pairs[0].Shift(), pairs[1].Shift());
  const __m256i high_shift = Join(pairs[2].Shift(), pairs[3].Shift());
  const __m256i mask = _mm256_set1_epi64x((int64_t{1} << width) - 1);
  const __m256i limits = _mm256_set1_epi64x(static_cast<int64_t>(limit));
  const size_t readable = BytesOfBits(block.count * width) + kPadding;
  uint64_t below = 0;
  size_t first = 0;
  for (const char* data = block.data;
       first + 8 <= block.count && data - block.data + pairs[3].byte + 16 <= readable;
       first += 8, data += width) {
    __m256i low = Join(Load(data + pairs[0].byte), Load(data + pairs[1].byte));
    __m256i high = Join(Load(data + pairs[2].byte), Load(data + pairs[3].byte));
    low =
        _mm256_and_si256(_mm256_srlv_epi64(_mm256_shuffle_epi8(low, low_shuffle), low_shift), mask);
    high = _mm256_and_si256(_mm256_srlv_epi64(_mm256_shuffle_epi8(high, high_shuffle), high_shift),
                            mask);
    const auto low_below = static_cast<unsigned>(
        _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(limits, low))));
    const auto high_below = static_cast<unsigned>(
        _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(limits, high))));
    below |= uint64_t{low_below | high_below << 4} << first;
  }
  return below | CompareFrom(first, block, limit);
}

#endif

}  // namespace

uint64_t FieldsBelowPortably(const FieldBlock& block, uint64_t limit) {
  return CompareFrom(0, block, limit);
}

uint64_t FieldsBelow(const FieldBlock& block, uint64_t limit) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  // The comparison is a signed one; no field is so long.
  if (has_avx2)
    return CompareEights(block,
                         limit < uint64_t{1} << kNarrowBits ? limit : uint64_t{1} << kNarrowBits);
#endif
  return FieldsBelowPortably(block, limit);
}

}  // namespace annals::forest
