#include "engine/base/sort_by_name.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using Things = std::vector<std::pair<absl::string_view, int>>;

TEST(SortByNameTest, NothingStaysNothing) {
  Things things;
  SortByName(&things);
  EXPECT_TRUE(things.empty());
}

TEST(SortByNameTest, ThingsGoWithTheirNames) {
  Things things = {{"b", 1}, {"", 2}, {"a", 3}};
  SortByName(&things);
  EXPECT_EQ(things, (Things{{"", 2}, {"a", 3}, {"b", 1}}));
}

// Names of few letters, among them zeros and bytes above 127, some of which are
// others' prefixes, behind a common prefix of any length.
TEST(SortByNameTest, OrdersAsBytesDo) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const std::string prefix(random() % 12, 'p');
    std::vector<std::string> names(1 + random() % 60);
    for (std::string& name : names) {
      name = prefix;
      for (size_t left = random() % 20; left > 0; --left) {
        name.push_back("\0a\xff"[random() % 3]);
      }
    }
    Things things;
    for (size_t i = 0; i < names.size(); ++i) things.emplace_back(names[i], static_cast<int>(i));
    SortByName(&things);
    for (size_t i = 0; i < things.size(); ++i) {
      EXPECT_EQ(things[i].first, names[static_cast<size_t>(things[i].second)]);
      if (i > 0) {
        EXPECT_LE(things[i - 1].first, things[i].first);
      }
    }
  }
}

}  // namespace
}  // namespace annals
