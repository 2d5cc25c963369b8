#include "engine/base/name_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::ElementsAre;

TEST(NameTableTest, NumbersNamesInTheOrderInWhichTheyCome) {
  NameTable names;
  EXPECT_EQ(names.Add("b").number, 0u);
  EXPECT_EQ(names.Add("a").number, 1u);
  const NameTable::Numbered again = names.Add("b");
  EXPECT_EQ(again.number, 0u);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(names.name(1), "a");
}

TEST(NameTableTest, TellsApartWhatSharesAPrefixOrHasZeroBytes) {
  NameTable names;
  const std::string zero(1, '\0');
  EXPECT_EQ(names.Add("").number, 0u);
  EXPECT_EQ(names.Add(zero).number, 1u);
  EXPECT_EQ(names.Add(zero + "a").number, 2u);
  EXPECT_EQ(names.Add("a").number, 3u);
  EXPECT_EQ(names.Find(""), std::optional<uint32_t>(0));
  EXPECT_EQ(names.Find(zero + "a"), std::optional<uint32_t>(2));
  EXPECT_EQ(names.Find("ab"), std::nullopt);
}

TEST(NameTableTest, FindsEachOfManyNames) {
  constexpr uint32_t kNames = 20'000;
  NameTable names(10);
  for (uint32_t i = 0; i < kNames; ++i) {
    const std::string name = absl::StrCat("name ", i);
    ASSERT_EQ(names.Add(name).number, i);
  }
  for (uint32_t i = 0; i < kNames; ++i) {
    ASSERT_EQ(names.Find(absl::StrCat("name ", i)), std::optional<uint32_t>(i));
    ASSERT_EQ(names.name(i), absl::StrCat("name ", i));
  }
  EXPECT_EQ(names.Find(absl::StrCat("name ", kNames)), std::nullopt);
}

TEST(NameTableTest, GuessesTheNumbersOfMostNames) {
  constexpr uint32_t kNames = 1'000;
  NameTable names;
  for (uint32_t i = 0; i < kNames; ++i) names.Add(absl::StrCat("name ", i));
  uint32_t right = 0;
  for (uint32_t i = 0; i < kNames; ++i) {
    const uint64_t hash = NameTable::HashOf(absl::StrCat("name ", i));
    names.Prefetch({&hash, 1}, [&](uint32_t guess) { right += guess == i ? 1 : 0; });
  }
  EXPECT_GT(right, kNames / 2);
}

TEST(NameTableTest, OrdersNumbersByName) {
  NameTable names;
  for (const char* name : {"m2", "g", "m10", "m1"}) names.Add(name);
  EXPECT_THAT(names.InOrder(), ElementsAre(1, 3, 2, 0));
}

}  // namespace
}  // namespace annals
