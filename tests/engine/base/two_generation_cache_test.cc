#include "engine/base/two_generation_cache.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::IsNull;
using ::testing::Pointee;

TEST(TwoGenerationCacheTest, KeepsTheNewestValue) {
  TwoGenerationCache<int> cache(2);
  cache.Put("a", 1);
  cache.Put("a", 2);
  EXPECT_THAT(cache.Find("a"), Pointee(2));
  EXPECT_THAT(cache.Find("b"), IsNull());
}

TEST(TwoGenerationCacheTest, NewerValueOutlivesAnOlderGeneration) {
  TwoGenerationCache<int> cache(2);
  cache.Put("a", 1);
  cache.Put("b", 1);
  cache.Put("a", 2);  // "a" is in both generations now.
  EXPECT_THAT(cache.Find("a"), Pointee(2));
  cache.Put("c", 1);
  cache.Put("d", 1);
  EXPECT_THAT(cache.Find("a"), Pointee(2));
}

TEST(TwoGenerationCacheTest, WhatIsUsedStaysAndTheRestGoes) {
  TwoGenerationCache<int> cache(10);
  cache.Put("used", 7);
  cache.Put("unused", 8);
  EXPECT_FALSE(cache.has_forgotten());
  for (int i = 0; i < 100; ++i) {
    cache.Put(absl::StrCat("k", i), i);
    EXPECT_THAT(cache.Find("used"), Pointee(7)) << i;
  }
  EXPECT_THAT(cache.Find("unused"), IsNull());
  EXPECT_TRUE(cache.has_forgotten());
  EXPECT_THAT(cache.Find("k99"), Pointee(99));
}

TEST(TwoGenerationCacheTest, IsBounded) {
  TwoGenerationCache<int> cache(10);
  for (int i = 0; i < 1'000; ++i) cache.Put(absl::StrCat(i), i);
  int held = 0;
  for (int i = 0; i < 1'000; ++i) held += cache.Find(absl::StrCat(i)) != nullptr;
  EXPECT_GE(held, 10);
  EXPECT_LE(held, 20);
}

}  // namespace
}  // namespace annals
