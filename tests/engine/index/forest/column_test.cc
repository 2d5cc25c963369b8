#include "engine/index/forest/column.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

using ::testing::ElementsAreArray;

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

std::string Monotone(const std::vector<int64_t>& values) {
  PageParts page;
  AppendMonotoneColumn(values, &page);
  return page.Join();
}

std::string Packed(const std::vector<int64_t>& values) {
  PageParts page;
  AppendPackedColumn(values, &page);
  return page.Join();
}

// Ascending lists that try the encodings: even, clustered, equal, at the limits.
std::vector<std::vector<int64_t>> AscendingLists() {
  std::vector<std::vector<int64_t>> lists = {
      {}, {0}, {kLeast}, {kMost}, {kLeast, kMost}, {kLeast, -1, 0, 1, kMost}, {5, 5, 5, 5},
  };
  std::mt19937_64 random(7);
  for (const size_t size : {2, 3, 64, 65, 500, 3'000}) {
    for (const uint64_t range : {1ull, 2ull, 900ull, 1ull << 20, 1ull << 40, ~0ull}) {
      for (const int64_t unit : {int64_t{1}, int64_t{86'400'000'000}}) {
        std::vector<int64_t> list(size);
        for (int64_t& value : list) {
          value = static_cast<int64_t>(random() % range * static_cast<uint64_t>(unit));
        }
        std::sort(list.begin(), list.end());
        lists.push_back(list);
        list.front() = kLeast;  // An outlier on either side.
        list.back() = kMost;
        lists.push_back(std::move(list));
      }
    }
  }
  return lists;
}

TEST(ColumnTest, DecodesWhatWasEncoded) {
  for (const std::vector<int64_t>& list : AscendingLists()) {
    for (const std::string& bytes : {Monotone(list), Packed(list)}) {
      PageReader reader(bytes);
      const Column column(&reader, list.size());
      ASSERT_TRUE(reader.at_end());
      std::vector<int64_t> decoded(list.size());
      column.Decode(decoded.data());
      EXPECT_THAT(decoded, ElementsAreArray(list));
      for (size_t i = 0; column.is_packed() && i < list.size(); ++i) {
        ASSERT_EQ(column.At(i), list[i]);
      }
    }
  }
}

TEST(ColumnTest, BoundsAreThoseOfTheSortedList) {
  for (const std::vector<int64_t>& list : AscendingLists()) {
    std::vector<int64_t> probes = {kLeast, kLeast + 1, -1, 0, 1, kMost - 1, kMost};
    for (size_t i = 0; i < list.size(); i += 1 + list.size() / 50) {
      probes.push_back(list[i]);
      if (list[i] != kMost) probes.push_back(list[i] + 1);
      if (list[i] != kLeast) probes.push_back(list[i] - 1);
    }
    for (const std::string& bytes : {Monotone(list), Packed(list)}) {
      PageReader reader(bytes);
      const Column column(&reader, list.size());
      const size_t begin = list.size() / 3;
      const size_t end = list.size() - list.size() / 4;
      for (const int64_t probe : probes) {
        column.PrefetchBound(probe);
        ASSERT_EQ(column.UpperBound(probe, 0, list.size()),
                  std::upper_bound(list.begin(), list.end(), probe) - list.begin());
        ASSERT_EQ(column.LowerBound(probe, begin, end),
                  std::lower_bound(list.begin() + begin, list.begin() + end, probe) - list.begin());
      }
    }
  }
}

TEST(ColumnTest, MarksTheEntriesBelowALimit) {
  std::mt19937_64 random(8);
  for (const uint64_t range : {1ull, 10ull, 1ull << 33, 1ull << 60, ~0ull}) {
    std::vector<int64_t> values(300);
    for (int64_t& value : values) value = static_cast<int64_t>(random() % range);
    const std::string bytes = Packed(values);
    PageReader reader(bytes);
    const Column column(&reader, values.size());
    for (const int64_t limit : {kLeast, int64_t{0}, int64_t{5}, values[17], values[200], kMost}) {
      for (const Column::Piece piece : {Column::Piece{0, 300}, {0, 64}, {64, 236}, {296, 4}}) {
        FieldMarks expected = {};
        for (size_t i = 0; i < piece.count; ++i) {
          expected[i / 64] |= uint64_t{values[piece.first + i] < limit ? 1U : 0U} << (i % 64);
        }
        FieldMarks marks;
        column.MarkBelow(limit, piece, &marks);
        EXPECT_EQ(marks, expected) << "from " << piece.first;
      }
    }
  }
}

TEST(ColumnTest, MarkedEntriesAreAddedUpExactly) {
  std::mt19937_64 random(12);
  for (const uint64_t range : {uint64_t{1}, uint64_t{1'000}, uint64_t{1} << 56, ~uint64_t{0}}) {
    for (const int64_t scale : {1, 60}) {
      std::vector<int64_t> values(kMostScanned + 10);
      for (int64_t& value : values) {
        value = static_cast<int64_t>(random() % range) / 60 * scale - 7;
      }
      const std::string bytes = Packed(values);
      PageReader reader(bytes);
      const Column column(&reader, values.size());
      for (const Column::Piece piece : {Column::Piece{0, kMostScanned}, {64, 100}, {520, 2}}) {
        FieldMarks marks = {};
        absl::int128 expected = 0;
        for (size_t i = 0; i < piece.count; ++i) {
          if (random() % 8 == 0) continue;
          marks[i / 64] |= uint64_t{1} << (i % 64);
          expected += values[piece.first + i];
        }
        EXPECT_EQ(column.SumOf(marks, piece), expected) << "range " << range;
        EXPECT_EQ(column.SumOf({}, piece), 0);
      }
    }
  }
}

TEST(ColumnTest, WholeDaysTakeTheSpaceOfDays) {
  constexpr int64_t kDay = int64_t{86'400} * 1'000'000;
  std::vector<int64_t> days;
  std::vector<int64_t> moments;
  for (int64_t i = 0; i < 512; ++i) days.push_back(i / 4 * kDay + 86'399'999'999);
  for (int64_t i = 0; i < 512; ++i) moments.push_back(days[i] + i * i % 7);
  EXPECT_LT(Monotone(days).size(), 150);
  EXPECT_GT(Monotone(moments).size(), 1'500);
}

TEST(ColumnTest, FormatIsStable) {
  // Width 2, base 7, scale 6; fields 0, 3, 1.
  EXPECT_EQ(absl::BytesToHexString(Packed({7, 25, 13})), "03020e061c0000000000000000");
  // Base −1, scale 1; then 3 low bits of each entry, then a one for each after as
  // many zeros as its high part says.
  EXPECT_EQ(absl::BytesToHexString(Monotone({-1, 0, 7, 8, 15, 16, 40, 70, 71, 90, 99, 100})),
            "0541010103030882e4180bdb88d20000000000000000");
}

TEST(ColumnTest, DamagedBytesAreReadWithoutHarm) {
  std::mt19937_64 random(9);
  std::vector<int64_t> list(900);
  for (int64_t& value : list) value = static_cast<int64_t>(random() % 1'000'000);
  std::sort(list.begin(), list.end());
  const std::string sound = Monotone(list);
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes = sound;
    for (int flips = 0; flips < 4; ++flips) {
      const size_t within = flips == 0 ? 16 : bytes.size();
      bytes[random() % within] ^= static_cast<char>(1 << random() % 8);
    }
    if (round % 3 == 0) bytes.resize(random() % bytes.size());
    PageReader reader(bytes);
    const Column column(&reader, list.size());
    if (!reader.ok()) continue;
    std::vector<int64_t> decoded(list.size());
    column.Decode(decoded.data());
    EXPECT_LE(column.UpperBound(static_cast<int64_t>(random() % 1'000'000), 0, list.size()),
              list.size());
  }
}

}  // namespace
}  // namespace annals::forest
