#include "engine/index/forest/sampled_search.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace annals::forest {
namespace {

struct Item {
  char other;
  int64_t value;
};

int64_t ValueOf(const Item& item) { return item.value; }

// `count` ascending values, each of which is there about `times` times.
std::vector<Item> Ascending(size_t count, int64_t times, std::mt19937_64* random) {
  std::vector<Item> items;
  int64_t value = -static_cast<int64_t>((*random)() % 1'000);
  for (size_t i = 0; i < count; ++i) {
    if ((*random)() % times == 0) value += static_cast<int64_t>((*random)() % 9);
    items.push_back({'x', value});
  }
  return items;
}

// As a search by halves has it.
size_t Expected(const std::vector<Item>& items, size_t begin, size_t end, int64_t limit) {
  const auto after =
      std::upper_bound(items.begin() + begin, items.begin() + end, limit,
                       [](int64_t value, const Item& item) { return value < item.value; });
  return after - items.begin();
}

TEST(SampledSearchTest, FindsWhatASearchByHalvesFinds) {
  std::mt19937_64 random(1);
  for (const size_t count : {1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 257, 4'096, 4'097, 70'000}) {
    for (const int64_t times : {1, 3, 40}) {
      const std::vector<Item> items = Ascending(count, times, &random);
      SampledSearch<int64_t> search;
      search.Sample(items, ValueOf);
      for (int i = 0; i < 2'000; ++i) {
        size_t begin = random() % (count + 1);
        size_t end = random() % (count + 1);
        if (begin > end) std::swap(begin, end);
        if (i % 4 == 0) begin = 0;
        if (i % 8 < 2) end = count;
        const int64_t limit =
            items[random() % count].value + static_cast<int64_t>(random() % 3) - 1;
        ASSERT_EQ(search.UpperBound(items, ValueOf, {begin, end}, limit),
                  Expected(items, begin, end, limit))
            << "[" << begin << ", " << end << ") of " << count << ", " << limit;
      }
    }
  }
}

// Each part ascends by itself, as the pages of one group do.
TEST(SampledSearchTest, AsksOnlyThatTheRangeAscends) {
  std::mt19937_64 random(2);
  std::vector<Item> items;
  std::vector<size_t> parts = {0};
  for (const size_t size : {1, 7, 16, 40, 300, 2, 5'000, 90}) {
    for (const Item& item : Ascending(size, 2, &random)) items.push_back(item);
    parts.push_back(items.size());
  }
  SampledSearch<int64_t> search;
  search.Sample(items, ValueOf);
  for (size_t part = 0; part + 1 < parts.size(); ++part) {
    const size_t begin = parts[part];
    const size_t end = parts[part + 1];
    for (size_t i = begin; i < end; ++i) {
      for (const int64_t limit : {items[i].value - 1, items[i].value, items[i].value + 1}) {
        ASSERT_EQ(search.UpperBound(items, ValueOf, {begin, end}, limit),
                  Expected(items, begin, end, limit))
            << "part " << part << ", " << limit;
      }
    }
  }
}

TEST(SampledSearchTest, SamplesAnewWhatHasChanged) {
  std::mt19937_64 random(3);
  std::vector<Item> items = Ascending(5'000, 1, &random);
  SampledSearch<int64_t> search;
  search.Sample(items, ValueOf);
  EXPECT_GT(search.memory_bytes(), 5'000 / 16 * sizeof(int64_t));
  for (Item& item : items) item.value += 1'000'000;
  items.resize(20);
  search.Sample(items, ValueOf);
  EXPECT_EQ(search.UpperBound(items, ValueOf, {0, 20}, 0), 0);
  EXPECT_EQ(search.UpperBound(items, ValueOf, {0, 20}, items[9].value),
            Expected(items, 0, 20, items[9].value));
  items.clear();
  search.Sample(items, ValueOf);
  EXPECT_EQ(search.UpperBound(items, ValueOf, {0, 0}, 7), 0);
}

}  // namespace
}  // namespace annals::forest
