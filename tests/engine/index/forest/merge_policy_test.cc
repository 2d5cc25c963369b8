#include "engine/index/forest/merge_policy.h"

#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace annals::forest {
namespace {

constexpr MergeRules kRules = {
    .fan = 3, .tail_points = 10, .stored_points = 100, .largest_points = 5'000};

RunSize Stored(uint64_t points) { return {points, true}; }
RunSize InMemory(uint64_t points) { return {points, false}; }

std::optional<size_t> Pick(const std::vector<RunSize>& runs) { return PickMerge(runs, kRules); }

TEST(MergePolicyTest, LeavesFewerRunsOfALevelThanTheFan) {
  EXPECT_EQ(Pick({}), std::nullopt);
  EXPECT_EQ(Pick({InMemory(10), InMemory(10)}), std::nullopt);
  EXPECT_EQ(Pick({InMemory(30), InMemory(30), InMemory(10), InMemory(10)}), std::nullopt);
}

TEST(MergePolicyTest, MergesALevelThatHasItsFan) {
  EXPECT_EQ(Pick({InMemory(30), InMemory(10), InMemory(10), InMemory(10)}), 1);
}

TEST(MergePolicyTest, PicksTheMergesThatFollowAsOne) {
  // 3 × 10 make a third 30, 3 × 30 a second 90.
  EXPECT_EQ(Pick({Stored(300), InMemory(90), InMemory(30), InMemory(30), InMemory(10), InMemory(10),
                  InMemory(10)}),
            2);
}

TEST(MergePolicyTest, ASmallOlderRunJoinsTheLevelOfTheNewerOnes) {
  EXPECT_EQ(Pick({InMemory(30), InMemory(3), InMemory(30), InMemory(30)}), 0);
}

TEST(MergePolicyTest, RunsInMemoryGoToTheStoreBeforeLaterOnes) {
  EXPECT_EQ(Pick({Stored(300), InMemory(90), InMemory(34), InMemory(34), InMemory(34)}), 1);
}

TEST(MergePolicyTest, NoRunOutgrowsTheLargest) {
  EXPECT_EQ(Pick({Stored(4'000), Stored(4'000), Stored(4'000)}), std::nullopt);
  EXPECT_EQ(Pick({Stored(2'500), Stored(2'500), Stored(2'500)}), 1);
}

TEST(MergePolicyTest, RunsStayLogarithmicallyManyAndRewritesFew) {
  std::vector<RunSize> runs;
  uint64_t written = 0;
  constexpr MergeRules kUnbounded = {.fan = 3, .tail_points = 10, .stored_points = 100};
  constexpr uint64_t kTails = 100'000;
  for (uint64_t tail = 0; tail < kTails; ++tail) {
    runs.push_back(InMemory(10));
    if (const auto first = PickMerge(runs, kUnbounded)) {
      uint64_t points = 0;
      for (size_t i = *first; i < runs.size(); ++i) points += runs[i].points;
      written += points;
      runs.resize(*first);
      runs.push_back({points, points >= 100});
    }
    ASSERT_EQ(PickMerge(runs, kUnbounded), std::nullopt) << "one merge settles it";
    ASSERT_LE(runs.size(), 22);  // Two a level; log3(100,000) is 10.5.
  }
  EXPECT_LE(written, 10 * kTails * 8);
}

}  // namespace
}  // namespace annals::forest
