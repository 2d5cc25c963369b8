#include "engine/index/pages/segment_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace annals::forest {
namespace {

constexpr size_t kSegmentBytes = size_t{256} << 10;

// Pages of the system that are in memory, of those that a segment lies in.
size_t PagesInMemory(char* segment) {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> is_here(kSegmentBytes / page);
  EXPECT_EQ(::mincore(segment, kSegmentBytes, is_here.data()), 0);
  size_t count = 0;
  for (const unsigned char here : is_here) count += here & 1;
  return count;
}

TEST(SegmentPoolTest, HandsOutEachSegmentOnceAndNoMoreThanThereMayBe) {
  SegmentPool pool(kSegmentBytes, 200);
  std::set<char*> segments;
  for (int i = 0; i < 200; ++i) {
    char* const segment = pool.Take();
    ASSERT_NE(segment, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(segment) % 4'096, 0);
    std::memset(segment, i, kSegmentBytes);
    segments.insert(segment);
  }
  EXPECT_EQ(segments.size(), 200);
  for (auto next = std::next(segments.begin()); next != segments.end(); ++next) {
    EXPECT_GE(*next - *std::prev(next), static_cast<ptrdiff_t>(kSegmentBytes));
  }
  EXPECT_EQ(pool.Take(), nullptr);
  pool.Put(*segments.begin());
  EXPECT_EQ(pool.Take(), *segments.begin());
  EXPECT_EQ(pool.Take(), nullptr);
}

TEST(SegmentPoolTest, GivesBackWhatManySegmentsTook) {
  SegmentPool pool(kSegmentBytes, 40);
  std::vector<char*> segments;
  for (int i = 0; i < 40; ++i) {
    segments.push_back(pool.Take());
    std::memset(segments.back(), 1, kSegmentBytes);
  }
  for (char* segment : segments) pool.Put(segment);
  size_t with_memory = 0;
  for (char* segment : segments) with_memory += PagesInMemory(segment) > 0 ? 1 : 0;
  EXPECT_GT(with_memory, 0) << "for those that come next";
  EXPECT_LE(with_memory, 4);
}

TEST(SegmentPoolTest, CanBeSmall) {
  SegmentPool pool(8'192, 3);
  for (int i = 0; i < 3; ++i) std::memset(pool.Take(), i, 8'192);
  EXPECT_EQ(pool.Take(), nullptr);
}

}  // namespace
}  // namespace annals::forest
