#include "engine/index/forest/field_scan.h"

#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "engine/index/forest/bits.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

// So many that words, eights and what is left of them all come about.
const std::vector<size_t>& Counts() {
  static const auto* const counts = [] {
    auto* const all = new std::vector<size_t>(80);
    std::iota(all->begin(), all->end(), 1);
    all->insert(all->end(), {128, 200, 505, kMostScanned});
    return all;
  }();
  return *counts;
}

// Fields in memory of exactly the size that is promised.
struct Sample {
  Sample(size_t count, unsigned width, std::mt19937_64* random) : fields(count) {
    for (uint64_t& field : fields) field = (*random)() >> (64 - width);
    std::string bytes;
    AppendFields(
        count, width, [&](size_t i) { return fields[i]; }, &bytes);
    exact = std::make_unique<char[]>(bytes.size() + kPadding);
    bytes.copy(exact.get(), bytes.size());
    block = {exact.get(), count, width};
  }

  std::vector<uint64_t> fields;
  std::unique_ptr<char[]> exact;
  FieldBlock block;
};

TEST(FieldScanTest, MarksTheFieldsBelowTheLimitWhateverTheirWidth) {
  std::mt19937_64 random(5);
  for (unsigned width = 1; width <= kNarrowBits; ++width) {
    for (const size_t count : Counts()) {
      const Sample sample(count, width, &random);
      const std::vector<uint64_t>& fields = sample.fields;
      for (const uint64_t limit : {uint64_t{0}, fields[0], fields[count / 2] + 1, fields[count - 1],
                                   uint64_t{1} << width, UINT64_MAX}) {
        FieldMarks expected = {};
        for (size_t i = 0; i < count; ++i) {
          expected[i / 64] |= uint64_t{fields[i] < limit ? 1U : 0U} << (i % 64);
        }
        FieldMarks marks;
        MarkBelow(sample.block, limit, &marks);
        ASSERT_EQ(marks, expected) << count << " of " << width << " bits";
        MarkBelowPortably(sample.block, limit, &marks);
        ASSERT_EQ(marks, expected);
      }
    }
  }
}

TEST(FieldScanTest, AddsUpTheMarkedFieldsWhateverTheirWidth) {
  std::mt19937_64 random(6);
  for (unsigned width = 1; width <= kNarrowBits; ++width) {
    for (const size_t count : Counts()) {
      const Sample sample(count, width, &random);
      for (const uint64_t share : {0, 1, 2, 8}) {  // None, all, half, most.
        FieldMarks marks = {};
        absl::uint128 expected = 0;
        for (size_t i = 0; i < count; ++i) {
          if (share == 0 || (share > 1 && random() % share == 0)) continue;
          marks[i / 64] |= uint64_t{1} << (i % 64);
          expected += sample.fields[i];
        }
        ASSERT_EQ(SumOfMarked(sample.block, marks), expected) << count << " of " << width;
        ASSERT_EQ(SumOfMarkedPortably(sample.block, marks), expected);
      }
    }
  }
}

TEST(FieldScanTest, SumsOfTheLongestFieldsAreExact) {
  const std::vector<uint64_t> fields(kMostScanned, (uint64_t{1} << kNarrowBits) - 1);
  std::string bytes;
  AppendFields(
      fields.size(), kNarrowBits, [&](size_t i) { return fields[i]; }, &bytes);
  bytes.append(kPadding, '\0');
  FieldMarks marks;
  marks.fill(~uint64_t{0});
  EXPECT_EQ(SumOfMarked({bytes.data(), fields.size(), kNarrowBits}, marks),
            absl::uint128(fields[0]) * kMostScanned);
}

}  // namespace
}  // namespace annals::forest
