#include "engine/index/pages/page_cache.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

using ::testing::ElementsAre;

constexpr size_t kCapacity = 64 << 10;
constexpr size_t kPageBytes = 1'000;

PageId IdOf(uint32_t run, uint32_t index) { return {run, PageKind::kLeaf, index}; }

// A page that says which one it is.
std::string BytesOf(uint32_t run, uint32_t index) {
  std::string bytes = absl::StrCat(run, "/", index, ";");
  bytes.resize(kPageBytes, static_cast<char>('a' + index % 26));
  return bytes;
}

bool IsThere(PageCache* cache, uint32_t space, PageId id) {
  const PageId ids[] = {id};
  return !cache->Find(space, ids, Access::kMerge).pages[0].empty();
}

TEST(PageCacheTest, FindsWhatWasInsertedInItsSpaceAlone) {
  PageCache cache(kCapacity);
  const uint32_t mine = cache.NewSpace();
  const uint32_t other = cache.NewSpace();
  EXPECT_NE(mine, other);
  const std::vector<PageId> ids = {
      {1, PageKind::kTop, 0}, {1, PageKind::kLeaf, 0}, {2, PageKind::kTop, 0}};
  EXPECT_THAT(cache.Find(mine, ids, Access::kQuery).pages, ElementsAre("", "", ""));
  EXPECT_EQ(cache.Insert(mine, ids[0], "top"), "top");
  cache.Insert(mine, ids[2], "second run");
  EXPECT_THAT(cache.Find(mine, ids, Access::kQuery).pages, ElementsAre("top", "", "second run"));
  EXPECT_THAT(cache.Find(other, ids, Access::kQuery).pages, ElementsAre("", "", ""));
  EXPECT_EQ(cache.statistics().hits, 2);
  EXPECT_EQ(cache.statistics().misses, 7);
}

TEST(PageCacheTest, KeepsThePageThatCameFirst) {
  PageCache cache(kCapacity);
  const absl::string_view first = cache.Insert(0, IdOf(1, 0), "page");
  EXPECT_EQ(cache.Insert(0, IdOf(1, 0), "page").data(), first.data());
}

TEST(PageCacheTest, TellsHowManyBytesItHasAsThatChanges) {
  constexpr size_t kMiB = size_t{1} << 20;
  size_t told = 0;
  PageCache cache(64 * kMiB, [&told](size_t bytes) { told = bytes; });
  const std::string page(size_t{8} << 10, 'p');
  for (uint32_t run = 1; run <= 2; ++run) {
    for (uint32_t i = 0; i < 1'280; ++i) cache.Insert(0, IdOf(run, i), page);
  }
  const size_t full = cache.statistics().bytes;
  EXPECT_GT(full, 20 * kMiB);
  EXPECT_LT(full, 24 * kMiB);
  EXPECT_LE(told, full);
  EXPECT_GT(told + 5 * kMiB, full);
  cache.EraseRuns(0, [](uint32_t run) { return run == 1; });
  EXPECT_GT(told, 9 * kMiB);
  EXPECT_LT(told, 16 * kMiB);
  EXPECT_LE(cache.statistics().bytes, 13 * kMiB);
}

TEST(PageCacheTest, StaysWithinItsCapacity) {
  PageCache cache(kCapacity);
  for (uint32_t i = 0; i < 1'000; ++i) {
    EXPECT_EQ(cache.Insert(0, IdOf(1, i), BytesOf(1, i)), BytesOf(1, i));
    ASSERT_LE(cache.statistics().bytes, kCapacity + kCapacity / 4);
  }
  EXPECT_GT(cache.statistics().bytes, kCapacity * 3 / 4);
  EXPECT_FALSE(IsThere(&cache, 0, IdOf(1, 0)));
  EXPECT_TRUE(IsThere(&cache, 0, IdOf(1, 999)));
}

TEST(PageCacheTest, KeepsWhatQueriesAskForAndNotWhatMergesDo) {
  PageCache cache(kCapacity);
  const PageId asked[] = {IdOf(1, 0)};
  const PageId merged[] = {IdOf(1, 1)};
  cache.Insert(0, asked[0], BytesOf(1, 0));
  cache.Insert(0, merged[0], BytesOf(1, 1));
  for (uint32_t i = 2; i < 1'000; ++i) {
    cache.Find(0, asked, Access::kQuery);
    cache.Find(0, merged, Access::kMerge);
    cache.Insert(0, IdOf(1, i), BytesOf(1, i));
  }
  EXPECT_TRUE(IsThere(&cache, 0, asked[0]));
  EXPECT_FALSE(IsThere(&cache, 0, merged[0]));
}

// The oldest page goes after some fifty have come: if that were all, each of these would be
// gone every fourth time that it is asked for.
TEST(PageCacheTest, KeepsThePagesThatAreAskedForMost) {
  PageCache cache(kCapacity);
  constexpr uint32_t kHot = 14;
  constexpr uint32_t kAsked = 2'800;
  uint32_t gone = 0;
  for (uint32_t i = 0; i < kAsked; ++i) {
    const PageId hot[] = {IdOf(1, i % kHot)};
    if (cache.Find(0, hot, Access::kQuery).pages[0].empty()) {
      cache.Insert(0, hot[0], BytesOf(1, i % kHot));
      ++gone;
    }
    const PageId once[] = {IdOf(2, i)};
    cache.Insert(0, once[0], BytesOf(2, i));
    cache.Find(0, once, Access::kQuery);
  }
  EXPECT_LT(gone, kHot + kAsked / 40);
}

TEST(PageCacheTest, PinnedPagesSurviveTheirEviction) {
  PageCache cache(kCapacity);
  const PageId ids[] = {IdOf(1, 0), IdOf(1, 1)};
  for (const PageId id : ids) cache.Insert(0, id, BytesOf(1, id.index));
  PinnedPages pinned = cache.Find(0, ids, Access::kMerge);
  for (uint32_t i = 2; i < 1'000; ++i) cache.Insert(0, IdOf(1, i), BytesOf(1, i));
  EXPECT_FALSE(IsThere(&cache, 0, ids[0]));
  EXPECT_THAT(pinned.pages, ElementsAre(BytesOf(1, 0), BytesOf(1, 1)));
}

TEST(PageCacheTest, TakesNoMoreInThanPinsLeaveRoomFor) {
  PageCache cache(kCapacity);
  PinnedPages pinned = cache.Find(0, {}, Access::kQuery);
  const auto refused = [&](uint32_t run) {
    size_t count = 0;
    for (uint32_t i = 0; i < 1'000; ++i) {
      count += cache.Insert(0, IdOf(run, i), BytesOf(run, i)).empty() ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(refused(1), 0);
  EXPECT_LE(cache.statistics().bytes, kCapacity + kCapacity / 2);
  pinned.pin.reset();
  EXPECT_EQ(refused(2), 0);
  EXPECT_EQ(cache.Insert(0, IdOf(3, 0), std::string(kCapacity, 'x')), "") << "too long by itself";
}

TEST(PageCacheTest, ErasesRunsOfOneSpace) {
  PageCache cache(kCapacity);
  for (const uint32_t space : {0, 1}) {
    for (const uint32_t run : {1, 2}) cache.Insert(space, IdOf(run, 0), BytesOf(run, 0));
  }
  const PageId ids[] = {IdOf(1, 0)};
  const PinnedPages pinned = cache.Find(0, ids, Access::kQuery);
  cache.EraseRuns(0, [](uint32_t run) { return run == 1; });
  EXPECT_FALSE(IsThere(&cache, 0, IdOf(1, 0)));
  EXPECT_TRUE(IsThere(&cache, 0, IdOf(2, 0)));
  EXPECT_TRUE(IsThere(&cache, 1, IdOf(1, 0)));
  EXPECT_THAT(pinned.pages, ElementsAre(BytesOf(1, 0)));
}

// Several shards, a few pages more than fit, and pins of every length.
TEST(PageCacheTest, PagesAreWholeWhileOthersComeAndGo) {
  PageCache cache(size_t{16} << 20);
  constexpr uint32_t kPages = 20'000;
  std::atomic<int> asking = 3;
  std::vector<std::thread> askers;
  for (uint32_t seed = 0; seed < 3; ++seed) {
    askers.emplace_back([&, seed] {
      uint32_t next = seed * 7'919;
      for (int step = 0; step < 5'000; ++step) {
        std::vector<PageId> ids;
        for (int i = 0; i < 8; ++i) ids.push_back(IdOf(1, (next = next * 1'103 + 12'345) % kPages));
        PinnedPages pinned = cache.Find(0, ids, Access::kQuery);
        for (size_t i = 0; i < ids.size(); ++i) {
          absl::string_view& page = pinned.pages[i];
          if (page.empty()) page = cache.Insert(0, ids[i], BytesOf(1, ids[i].index));
        }
        for (size_t i = 0; i < ids.size(); ++i) {
          if (pinned.pages[i].empty()) continue;
          ASSERT_EQ(pinned.pages[i], BytesOf(1, ids[i].index));
        }
      }
      --asking;
    });
  }
  while (asking > 0) cache.EraseRuns(0, [](uint32_t run) { return run == 2; });
  for (std::thread& asker : askers) asker.join();
  const PageCache::Statistics statistics = cache.statistics();
  EXPECT_EQ(statistics.hits + statistics.misses, 3 * 5'000 * 8);
  EXPECT_GT(statistics.hits, 0);
  EXPECT_LE(statistics.bytes, size_t{20} << 20);
}

}  // namespace
}  // namespace annals::forest
