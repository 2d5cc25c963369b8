#include "engine/index/forest/merge_policy.h"

#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::forest {
namespace {

using ::testing::ElementsAre;

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

TEST(MergePolicyTest, IdleStoreMergesWhatIsInMemoryThenWhatIsStored) {
  const auto pick = [](const std::vector<RunSize>& runs, uint64_t share = 32) {
    MergeRules rules = kRules;
    rules.idle_share = share;
    const std::optional<RunRange> range = PickIdleMerge(runs, rules);
    return range ? std::vector<size_t>{range->begin, range->end} : std::vector<size_t>();
  };
  EXPECT_THAT(pick({}), ElementsAre());
  EXPECT_THAT(pick({Stored(300)}), ElementsAre());
  EXPECT_THAT(pick({Stored(300), InMemory(10)}), ElementsAre());
  EXPECT_THAT(pick({Stored(300), Stored(300), InMemory(30), InMemory(10)}), ElementsAre(2, 4));
  EXPECT_THAT(pick({Stored(900), Stored(300), Stored(100), InMemory(10)}), ElementsAre(0, 3));
  // A run that is much larger than all after it stays.
  EXPECT_THAT(pick({Stored(3'200), Stored(100)}), ElementsAre(0, 2));
  EXPECT_THAT(pick({Stored(3'300), Stored(100)}), ElementsAre());
  EXPECT_THAT(pick({Stored(3'300), Stored(50), Stored(50)}), ElementsAre(1, 3));
  // But not one that is much larger than the newest alone.
  EXPECT_THAT(pick({Stored(2'000), Stored(1'000), Stored(1)}), ElementsAre(0, 3));
  EXPECT_THAT(pick({Stored(4'500), Stored(500), Stored(500)}), ElementsAre(1, 3)) << "largest";
  EXPECT_THAT(pick({Stored(200), Stored(100)}, 1), ElementsAre());
}

}  // namespace
}  // namespace annals::forest
