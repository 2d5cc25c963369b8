#include "engine/index/answering/planned_index.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/followed_timeline.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: the fixture and its events.
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr Slice kHead;
const Key kMain = {"place", "main"};

auto IsPlan(Strategy strategy, const std::string& reason) {
  return IsOkAndHolds(
      AllOf(Field(&Plan::strategy, strategy), Field(&Plan::reason, HasSubstr(reason))));
}

auto IsOf(size_t groups, uint64_t contributions) {
  return IsOkAndHolds(
      AllOf(Field(&Plan::groups, groups), Field(&Plan::contributions, contributions)));
}

class PlannedIndexTest : public FollowedTimeline {
 protected:
  Position AddStatus(const std::string& text, int64_t day, const std::string& topic = "main") {
    return Add(Stating(Exactly(day), Exactly(day), {Status("place", topic, text)}));
  }

  // What the register says at `slice`, and who says so.
  std::string Latest(const Slice& slice) {
    auto rows = index().Registers(kStatus, kMain, slice);
    EXPECT_OK(rows.status());
    if (!rows.ok() || rows->empty()) return "nothing";
    return rows->front().value.text() + " by " + std::to_string(rows->front().position.value);
  }

  auto RegisterPlan(const Slice& slice) {
    return index().PlanFor(ReadKind::kRegisters, kStatus, kMain, slice);
  }
};

TEST_F(PlannedIndexTest, SumsAreOfManyContributionsAndLatePositions) {
  Add(Stating(Exactly(1), Exactly(1), {Count("a", Quantity::AtLeast(1))}));
  EXPECT_THAT(index().PlanFor(ReadKind::kTallies, kCount, {"a"}, kHead),
              IsPlan(Strategy::kSmallScan, "few contributions"));
  for (int64_t day = 2; day < 40; ++day) {
    Add(Stating(Exactly(day), Exactly(day),
                {Count("a", Quantity::AtLeast(1)), Person("b", std::to_string(day))}));
  }
  EXPECT_THAT(index().PlanFor(ReadKind::kTallies, kCount, {}, kHead),
              AllOf(IsPlan(Strategy::kSums, "one of the latest"), IsOf(1, 39)));
  EXPECT_THAT(index().PlanFor(ReadKind::kTallies, kCount, {"a"}, {.position = {1}}),
              IsPlan(Strategy::kFullScan, "below those that sums are kept for"));
  EXPECT_THAT(index().PlanFor(ReadKind::kSets, kPeople, {"b"}, kHead),
              AllOf(IsPlan(Strategy::kSums, "one of the latest"), IsOf(1, 38)));
}

TEST_F(PlannedIndexTest, ManyGroupsSummedAtOnceAreThoseThatAreAskedForOneByOne) {
  constexpr int64_t kGroups = 150;
  for (int64_t group = 0; group < kGroups; ++group) {
    const std::string name = std::to_string(group);
    Add(Stating(Exactly(1 + group % 20), Exactly(30 + group % 7),
                {Count(name, Quantity::AtLeast(group)), Count(name, Quantity{1, 3})}));
  }
  const Slice slice = {.valid = {15}, .known = {34}};
  EXPECT_THAT(index().PlanFor(ReadKind::kTallies, kCount, {}, slice),
              IsPlan(Strategy::kSums, "one of the latest"));
  const auto all = index().Tallies(kCount, {}, slice);
  ASSERT_OK(all);
  size_t next = 0;
  for (const TallyRow& row : *all) {
    const auto one = index().Tallies(kCount, row.key, slice);
    ASSERT_OK(one);
    ASSERT_EQ(one->size(), 1);
    EXPECT_EQ(one->front().sum, row.sum) << row.key.front();
    ++next;
  }
  size_t there = 0;
  for (int64_t group = 0; group < kGroups; ++group) {
    there += group % 20 < 15 && group % 7 < 5 ? 1 : 0;
  }
  EXPECT_EQ(next, there);
}

TEST_F(PlannedIndexTest, GroupsBeyondTheMostAreScanned) {
  Close();
  options_.most_groups = 1;
  Open();
  for (const std::string group : {"a", "b", "b"}) {
    Add(Stating(Exactly(1), Exactly(1), {Count(group, Quantity::AtLeast(1))}));
  }
  EXPECT_THAT(index().PlanFor(ReadKind::kTallies, kCount, {}, kHead),
              IsPlan(Strategy::kFullScan, "more groups than may be kept"));
}

TEST_F(PlannedIndexTest, MembersArePaged) {
  Add(Stating(Exactly(1), Exactly(1), {Person("a", "x"), Person("a", "y"), Person("b", "x")}));
  EXPECT_THAT(index().PlanFor(ReadKind::kMembers, kPeople, {"a"}, kHead),
              AllOf(IsPlan(Strategy::kPagedScan, "in order"), IsOf(1, 2)));
  EXPECT_THAT(index().PlanFor(ReadKind::kMembers, kPeople, {}, kHead),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a group of 0 elements")));
}

TEST_F(PlannedIndexTest, ContributorsArePagedUnlessThereAreManyKeys) {
  Add(Stating(Exactly(1), Exactly(1), {Count("a", Quantity::AtLeast(1)), Person("a", "x")}));
  EXPECT_THAT(index().PlanFor(ReadKind::kContributors, kCount, {"a"}, kHead),
              AllOf(IsPlan(Strategy::kPagedScan, "in order"), IsOf(1, 1)));
  EXPECT_THAT(index().PlanFor(ReadKind::kContributors, kCount, {}, kHead),
              IsPlan(Strategy::kPagedScan, "in order"));
  EXPECT_THAT(index().PlanFor(ReadKind::kContributors, kPeople, {"a", "x"}, kHead),
              IsPlan(Strategy::kPagedScan, "in order"));
  std::vector<Statement> statements;
  for (int i = 0; i < 300; ++i) {
    statements.push_back(Count(std::to_string(i), Quantity::AtLeast(1)));
  }
  Add(Stating(Exactly(1), Exactly(1), statements));
  EXPECT_THAT(index().PlanFor(ReadKind::kContributors, kCount, {}, kHead),
              AllOf(IsPlan(Strategy::kFullScan, "more keys under the prefix"), IsOf(301, 301)));
}

TEST_F(PlannedIndexTest, PlansHaveTheErrorsOfTheQuestions) {
  EXPECT_THAT(index().PlanFor(ReadKind::kTallies, kStatus, {}, kHead),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is a register")));
  EXPECT_THAT(index().PlanFor(ReadKind::kRegisters, {"claims", "nonesuch"}, {}, kHead),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nonesuch")));
  EXPECT_THAT(index().PlanFor(ReadKind::kRegisters, kStatus, {"a", "b", "c"}, kHead),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3 elements")));
}

TEST_F(PlannedIndexTest, ARegisterOfManyContributionsHasALadderThatFollows) {
  AddStatus("one", 1);
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kSmallScan, "few contributions"));
  AddStatus("two", 2);
  EXPECT_THAT(RegisterPlan(kHead), AllOf(IsPlan(Strategy::kLadder, "will be sorted"), IsOf(1, 2)));
  EXPECT_EQ(Latest(kHead), "two by 2");
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kLadder, "are sorted"));
  AddStatus("three", 3);
  AddStatus("elsewhere", 4, "other");
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kLadder, "are sorted"));
  EXPECT_EQ(Latest(kHead), "three by 3");
  EXPECT_EQ(Latest({.valid = At(2)}), "two by 2");
  // It can still tell about where it began.
  EXPECT_THAT(RegisterPlan({.position = {2}}), IsPlan(Strategy::kLadder, "are sorted"));
  EXPECT_EQ(Latest({.position = {2}}), "two by 2");
}

TEST_F(PlannedIndexTest, ALadderIsLostToACorrectionAndSortedAnewWhenThatPaysOff) {
  AddStatus("one", 1);
  AddStatus("two", 2);
  EXPECT_EQ(Latest(kHead), "two by 2");
  Add(Superseding(Stating(Exactly(1), Exactly(3), {Status("place", "main", "right")}), {2}));
  for (int scans = 0; scans < 2; ++scans) {
    EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kFullScan, "")) << scans;
    EXPECT_EQ(Latest(kHead), "right by 3");
  }
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kLadder, "will be sorted"));
  EXPECT_EQ(Latest(kHead), "right by 3");
  EXPECT_EQ(Latest({.known = At(2)}), "two by 2");
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kLadder, "are sorted"));
}

TEST_F(PlannedIndexTest, ACorrectionOfAnotherRegisterLeavesALadderAlone) {
  AddStatus("one", 1);
  AddStatus("two", 2);
  AddStatus("elsewhere", 3, "other");
  EXPECT_EQ(Latest(kHead), "two by 2");
  Add(Retracting(Exactly(4), {3}));
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kLadder, "are sorted"));
  EXPECT_EQ(Latest(kHead), "two by 2");
}

TEST_F(PlannedIndexTest, APositionBeforeTheLadderIsScannedUntilALadderPaysOff) {
  for (int64_t day = 1; day < 6; ++day) AddStatus(std::to_string(day), day);
  EXPECT_EQ(Latest(kHead), "5 by 5");
  const Slice pinned = {.position = {3}};
  for (int scans = 0; scans < 2; ++scans) {
    EXPECT_THAT(RegisterPlan(pinned), IsPlan(Strategy::kFullScan, "position is below"));
    EXPECT_EQ(Latest(pinned), "3 by 3");
  }
  EXPECT_EQ(Latest(pinned), "3 by 3");
  EXPECT_THAT(RegisterPlan(pinned), IsPlan(Strategy::kLadder, "are sorted"));
  EXPECT_EQ(Latest(pinned), "3 by 3");
  EXPECT_EQ(Latest(kHead), "5 by 5");
}

TEST_F(PlannedIndexTest, ARegisterThatTakesTooMuchMemoryIsScanned) {
  Close();
  options_.ladder_cache_bytes = 2'000;
  Open();
  for (int64_t day = 1; day < 40; ++day) AddStatus(std::to_string(day), day);
  EXPECT_EQ(Latest(kHead), "39 by 39");
  EXPECT_THAT(RegisterPlan(kHead), IsPlan(Strategy::kFullScan, "too much memory"));
  EXPECT_EQ(Latest(kHead), "39 by 39");
}

TEST_F(PlannedIndexTest, ManyRegistersAreScannedTogether) {
  for (int i = 0; i < 20; ++i) AddStatus("x", 1, std::to_string(i));
  EXPECT_THAT(index().PlanFor(ReadKind::kRegisters, kStatus, {"place"}, kHead),
              AllOf(IsPlan(Strategy::kFullScan, "more keys"), IsOf(20, 20)));
}

TEST_F(PlannedIndexTest, FewRegistersEachHaveTheirWay) {
  AddStatus("small", 1, "other");
  for (int64_t day = 1; day < 6; ++day) AddStatus(std::to_string(day), day);
  EXPECT_THAT(index().PlanFor(ReadKind::kRegisters, kStatus, {"place"}, kHead),
              AllOf(IsPlan(Strategy::kLadder, "will be sorted"), IsOf(2, 6)));
  ASSERT_OK_AND_ASSIGN(const auto rows, index().Registers(kStatus, {"place"}, kHead));
  std::vector<std::string> texts;
  for (const RegisterRow& row : rows) texts.push_back(row.value.text());
  EXPECT_THAT(texts, ElementsAre("5", "small"));
}

}  // namespace
}  // namespace annals
