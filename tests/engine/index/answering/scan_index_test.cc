#include "engine/index/answering/scan_index.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engine/index/index_keys.h"
#include "engine/index/index_row.h"
#include "engine/index/lists/contribution_block.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/followed_timeline.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: the fixture and its events.
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr WorldKind kCertain = WorldKind::kCertain;
constexpr WorldKind kPossible = WorldKind::kPossible;

Slice SliceOf(WorldKind world, int64_t valid, int64_t known, Position position = Position::Max()) {
  return {.world = world, .valid = {valid}, .known = {known}, .position = position};
}

class ScanIndexTest : public FollowedTimeline {
 protected:
  // "" if there is no row; else the sum as text.
  std::string Sum(const std::string& group, const Slice& slice) {
    const auto rows = index().Tallies(kCount, {group}, slice);
    EXPECT_THAT(rows, IsOk());
    if (!rows.ok() || rows->empty()) return "";
    return ToString(rows->front().sum);
  }

  std::string Latest(const Slice& slice) {
    const auto rows = index().Registers(kStatus, {"north", "door"}, slice);
    EXPECT_THAT(rows, IsOk());
    if (!rows.ok() || rows->empty()) return "";
    return rows->front().value.text();
  }

  std::vector<std::string> Members(const Slice& slice, const std::string& after = "",
                                   size_t limit = 100) {
    const auto members = index().Members(kPeople, {"IS"}, slice, after, limit);
    EXPECT_THAT(members, IsOk());
    return members.ok() ? *members : std::vector<std::string>();
  }

  std::vector<uint64_t> Contributors(const MeasureRef& measure, const Key& prefix,
                                     const Slice& slice, Position after = {}, size_t limit = 100) {
    const auto positions = index().Contributors(measure, prefix, slice, after, limit);
    EXPECT_THAT(positions, IsOk());
    std::vector<uint64_t> values;
    if (!positions.ok()) return values;
    for (const Position position : *positions) values.push_back(position.value);
    return values;
  }
};

TEST_F(ScanIndexTest, VagueEventsEnterTheTwoWorldsAtTheirBounds) {
  Add(Stating(Between(10, 20), Between(30, 40), {Count("IS", Quantity::Exactly(3))}));
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 20, 40)), "3");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 19, 40)), "");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 20, 39)), "");
  EXPECT_EQ(Sum("IS", SliceOf(kPossible, 10, 30)), "3");
  EXPECT_EQ(Sum("IS", SliceOf(kPossible, 9, 30)), "");
  EXPECT_EQ(Sum("IS", SliceOf(kPossible, 10, 29)), "");
}

TEST_F(ScanIndexTest, OpenDatesAreInFromTheBeginningInThePossibleWorld) {
  Add(Stating({Instant::Beginning(), At(20)}, {Instant::Beginning(), At(20)},
              {Count("IS", Quantity::Exactly(3))}));
  Slice slice = {.world = kPossible, .valid = Instant::Beginning(), .known = Instant::Beginning()};
  EXPECT_EQ(Sum("IS", slice), "3");
  slice.world = kCertain;
  EXPECT_EQ(Sum("IS", slice), "");
  EXPECT_EQ(Sum("IS", Slice()), "3");
}

TEST_F(ScanIndexTest, TalliesAddUpEachGroupInOrderOfKey) {
  Add(Stating(
      Exactly(1), Exactly(1),
      {Count("NO", Quantity::Exactly(3)), Count("IS", {4, 9}), Count("IS", Quantity::Exactly(1))}));
  Add(Stating(Exactly(2), Exactly(2), {Count("IS", Quantity::AtLeast(2))}));
  ASSERT_OK_AND_ASSIGN(const std::vector<TallyRow> rows, index().Tallies(kCount, {}, {}));
  ASSERT_EQ(rows.size(), 2);
  EXPECT_THAT(rows[0].key, ElementsAre("IS"));
  EXPECT_EQ(rows[0].sum, Quantity::AtLeast(7));
  EXPECT_THAT(rows[1].key, ElementsAre("NO"));
  EXPECT_EQ(rows[1].sum, Quantity::Exactly(3));
  EXPECT_EQ(Sum("IS", {.position = {1}}), "5–10");
}

TEST_F(ScanIndexTest, ARefinementReplacesWhatItRefinesFromWhenItIsKnown) {
  Add(Stating(Between(1, 8), Exactly(8), {Count("IS", Quantity::AtLeast(2))}));
  Add(Superseding(Stating(Exactly(3), Exactly(20), {Count("IS", Quantity::Exactly(5))}), {1}));
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 7)), "");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 8)), "at least 2");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 19)), "at least 2");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 20)), "5");
  // The correction counts from when it is known, wherever `valid` is.
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 2, 20)), "");
  EXPECT_EQ(Sum("IS", SliceOf(kPossible, 2, 20)), "");
  EXPECT_EQ(Sum("IS", SliceOf(kPossible, 2, 19)), "at least 2");
  // At position 1 nobody has corrected anything.
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 20, {1})), "at least 2");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 20, {0})), "");
}

TEST_F(ScanIndexTest, RetractingTheCorrectionBringsTheFirstBack) {
  Add(Stating(Exactly(1), Exactly(1), {Count("IS", Quantity::Exactly(2))}));
  Add(Superseding(Stating(Exactly(1), Exactly(10), {Count("IS", Quantity::Exactly(5))}), {1}));
  Add(Retracting(Between(20, 25), {2}));
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 9)), "2");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 10)), "5");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 24)), "5");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 25)), "2");
  EXPECT_EQ(Sum("IS", SliceOf(kPossible, 100, 20)), "2");
  EXPECT_EQ(Sum("IS", SliceOf(kCertain, 100, 25, {2})), "5");
}

TEST_F(ScanIndexTest, ASumBeyond64BitsNamesMeasureAndGroup) {
  const int64_t greatest = std::numeric_limits<int64_t>::max();
  Add(Stating(Exactly(1), Exactly(1), {Count("IS", Quantity::Exactly(greatest))}));
  Add(Stating(Exactly(2), Exactly(2), {Count("IS", Quantity::Exactly(1))}));
  EXPECT_THAT(index().Tallies(kCount, {"IS"}, {}),
              StatusIs(absl::StatusCode::kOutOfRange,
                       AllOf(HasSubstr("measure \"count\""), HasSubstr("group (IS)"))));
  EXPECT_EQ(Sum("IS", {.position = {1}}), std::to_string(greatest));
}

TEST_F(ScanIndexTest, RegistersHoldTheLatestInTheWorldsOwnCoordinates) {
  // Certainly later, but possibly earlier.
  Add(Stating(Between(10, 90), Exactly(90), {Status("north", "door", "vague")}));
  Add(Stating(Exactly(50), Exactly(90), {Status("north", "door", "exact")}));
  EXPECT_EQ(Latest(SliceOf(kCertain, 100, 100)), "vague");
  EXPECT_EQ(Latest(SliceOf(kPossible, 100, 100)), "exact");
  EXPECT_EQ(Latest(SliceOf(kCertain, 89, 100)), "exact");
  EXPECT_EQ(Latest(SliceOf(kPossible, 49, 100)), "vague");
  ASSERT_OK_AND_ASSIGN(const std::vector<RegisterRow> rows,
                       index().Registers(kStatus, {"north"}, SliceOf(kCertain, 100, 100)));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_THAT(rows[0].key, ElementsAre("north", "door"));
  EXPECT_EQ(rows[0].position, Position{1});
  EXPECT_EQ(rows[0].occurred, At(90));
  EXPECT_EQ(rows[0].known, At(90));
}

TEST_F(ScanIndexTest, TiesInRegistersGoToTheLaterKnownThenPositionThenContribution) {
  Add(Stating(Exactly(10), Exactly(30), {Status("north", "door", "known late")}));
  Add(Stating(Exactly(10), Exactly(20), {Status("north", "door", "known early")}));
  EXPECT_EQ(Latest({}), "known late");
  Add(Stating(Exactly(10), Exactly(30), {Status("north", "door", "recorded later")}));
  EXPECT_EQ(Latest({}), "recorded later");
  Add(Stating(Exactly(10), Exactly(30),
              {Status("north", "door", "first"), Status("north", "door", "last")}));
  EXPECT_EQ(Latest({}), "last");
  EXPECT_EQ(Latest({.position = {3}}), "recorded later");
  EXPECT_EQ(Latest(SliceOf(kCertain, 100, 20)), "known early");
}

TEST_F(ScanIndexTest, ARetractedRegisterFallsBackToTheOneBefore) {
  Add(Stating(Exactly(10), Exactly(10), {Status("north", "door", "shut")}));
  Add(Stating(Exactly(20), Exactly(20), {Status("north", "door", "open")}));
  Add(Retracting(Exactly(30), {2}));
  EXPECT_EQ(Latest(SliceOf(kCertain, 100, 29)), "open");
  EXPECT_EQ(Latest(SliceOf(kCertain, 100, 30)), "shut");
}

TEST_F(ScanIndexTest, AMemberStatedTwiceCountsOnceAndStaysWhenOneIsRetracted) {
  Add(Stating(Exactly(10), Exactly(10), {Person("IS", "ann"), Person("IS", "bob")}));
  Add(Stating(Exactly(20), Exactly(20), {Person("IS", "ann")}));
  Add(Retracting(Exactly(30), {1}));
  const auto count = [&](int64_t known) {
    const auto rows = index().Sets(kPeople, {"IS"}, SliceOf(kCertain, 100, known));
    return rows.ok() && rows->size() == 1 ? rows->front().members : 0;
  };
  EXPECT_EQ(count(10), 2);
  EXPECT_EQ(count(20), 2);
  EXPECT_EQ(count(30), 1);
  EXPECT_THAT(Members(SliceOf(kCertain, 100, 30)), ElementsAre("ann"));
  EXPECT_THAT(Members(SliceOf(kCertain, 100, 20)), ElementsAre("ann", "bob"));
  Add(Retracting(Exactly(40), {2}));
  EXPECT_THAT(index().Sets(kPeople, {}, SliceOf(kCertain, 100, 40)), IsOkAndHolds(IsEmpty()));
}

TEST_F(ScanIndexTest, SetsCountEachGroup) {
  Add(Stating(
      Exactly(1), Exactly(1),
      {Person("NO", "ann"), Person("IS", "cid"), Person("IS", "ann"), Person("IS", "bob")}));
  ASSERT_OK_AND_ASSIGN(const std::vector<SetRow> rows, index().Sets(kPeople, {}, {}));
  ASSERT_EQ(rows.size(), 2);
  EXPECT_THAT(rows[0], AllOf(Field(&SetRow::key, Key{"IS"}), Field(&SetRow::members, 3)));
  EXPECT_THAT(rows[1], AllOf(Field(&SetRow::key, Key{"NO"}), Field(&SetRow::members, 1)));
}

TEST_F(ScanIndexTest, MembersArePagedInOrder) {
  const std::string odd("b\0", 2);
  Add(Stating(Exactly(1), Exactly(1),
              {Person("IS", "c"), Person("IS", odd), Person("IS", "b"), Person("IS", "a"),
               Person("IS", "ba"), Person("ISX", "z")}));
  EXPECT_THAT(Members({}), ElementsAre("a", "b", odd, "ba", "c"));
  EXPECT_THAT(Members({}, "", 2), ElementsAre("a", "b"));
  EXPECT_THAT(Members({}, "b", 2), ElementsAre(odd, "ba"));
  EXPECT_THAT(Members({}, "ba", 2), ElementsAre("c"));
  EXPECT_THAT(Members({}, "bb", 2), ElementsAre("c"));
  EXPECT_THAT(Members({}, "c", 2), IsEmpty());
  EXPECT_THAT(Members({}, "", 0), IsEmpty());
}

TEST_F(ScanIndexTest, ContributorsAreDistinctAscendingAndPaged) {
  Add(Stating(Exactly(1), Exactly(1), {Count("NO", Quantity::Exactly(1))}));
  Add(Stating(Exactly(1), Exactly(1),
              {Count("IS", Quantity::Exactly(1)), Count("IS", Quantity::Exactly(2))}));
  Add(Stating(Exactly(1), Exactly(1),
              {Count("NO", Quantity::Exactly(1)), Count("IS", Quantity::Exactly(2))}));
  EXPECT_THAT(Contributors(kCount, {}, {}), ElementsAre(1, 2, 3));
  EXPECT_THAT(Contributors(kCount, {"IS"}, {}), ElementsAre(2, 3));
  EXPECT_THAT(Contributors(kCount, {}, {}, {}, 2), ElementsAre(1, 2));
  EXPECT_THAT(Contributors(kCount, {}, {}, {2}, 2), ElementsAre(3));
  EXPECT_THAT(Contributors(kCount, {}, {}, {3}, 2), IsEmpty());
  EXPECT_THAT(Contributors(kCount, {}, {}, {}, 0), IsEmpty());
  EXPECT_THAT(Contributors(kCount, {}, {.position = {1}}), ElementsAre(1));
}

TEST_F(ScanIndexTest, ContributorsOfOneMember) {
  Add(Stating(Exactly(1), Exactly(1), {Person("IS", "ann"), Person("IS", "annika")}));
  Add(Stating(Exactly(1), Exactly(1), {Person("IS", "annika")}));
  EXPECT_THAT(Contributors(kPeople, {"IS", "ann"}, {}), ElementsAre(1));
  EXPECT_THAT(Contributors(kPeople, {"IS", "annika"}, {}), ElementsAre(1, 2));
  EXPECT_THAT(Contributors(kPeople, {"IS"}, {}), ElementsAre(1, 2));
}

TEST_F(ScanIndexTest, APrefixMatchesWholeElementsOnly) {
  Add(Stating(
      Exactly(1), Exactly(1),
      {Count("I", Quantity::Exactly(1)), Count("IS", Quantity::Exactly(2)),
       Status("north", "door", "a"), Status("northern", "door", "b"), Status("nor", "th", "c")}));
  EXPECT_EQ(Sum("I", {}), "1");
  ASSERT_OK_AND_ASSIGN(const std::vector<RegisterRow> rows,
                       index().Registers(kStatus, {"north"}, {}));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].value.text(), "a");
}

TEST_F(ScanIndexTest, UnknownMeasuresAreNotFoundAndNameThoseThereAre) {
  CatchUp();
  EXPECT_THAT(index().Tallies({"claim", "count"}, {}, {}),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("\"t\" has no projection \"claim\"; it has: claims")));
  EXPECT_THAT(index().Tallies({"claims", "counts"}, {}, {}),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("no measure \"counts\"; it has: count, status, people")));
}

TEST_F(ScanIndexTest, AnotherKindOrALongerPrefixIsInvalid) {
  CatchUp();
  EXPECT_THAT(index().Tallies(kStatus, {}, {}),
              StatusIs(kInvalid, HasSubstr("\"status\" of projection \"claims\" is a register, "
                                           "and was asked for as a tally")));
  EXPECT_THAT(index().Registers(kPeople, {}, {}), StatusIs(kInvalid, HasSubstr("is a set")));
  EXPECT_THAT(index().Sets(kCount, {}, {}), StatusIs(kInvalid, HasSubstr("is a tally")));
  EXPECT_THAT(index().Members(kCount, {"IS"}, {}, "", 1), StatusIs(kInvalid, HasSubstr("tally")));
  EXPECT_THAT(index().Tallies(kCount, {"IS", "x"}, {}),
              StatusIs(kInvalid, HasSubstr("keys of (group), and was asked for a prefix of 2")));
  EXPECT_THAT(index().Sets(kPeople, {"IS", "ann"}, {}), StatusIs(kInvalid, HasSubstr("prefix")));
  EXPECT_THAT(index().Contributors(kCount, {"IS", "x"}, {}, {}, 1),
              StatusIs(kInvalid, HasSubstr("prefix of 2")));
  EXPECT_THAT(index().Contributors(kPeople, {"IS", "ann", "x"}, {}, {}, 1),
              StatusIs(kInvalid, HasSubstr("(group; member)")));
  EXPECT_THAT(index().Members(kPeople, {}, {}, "", 1),
              StatusIs(kInvalid, HasSubstr("a group of 0 elements")));
}

TEST_F(ScanIndexTest, BeforeItIsBuiltNothingIsRead) {
  Append(Stating(Exactly(1), Exactly(1), {Count("IS", Quantity::Exactly(1))}));
  EXPECT_THAT(index().Tallies(kCount, {}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("\"claims\" of timeline \"t\" is being built")));
}

class DamagedRowsTest : public ScanIndexTest {
 protected:
  void SetUp() override {
    ScanIndexTest::SetUp();
    Add(Stating(Exactly(1), Exactly(1),
                {Count("IS", Quantity::Exactly(1)), Status("north", "door", "shut")}));
  }

  void PutBlock(uint32_t measure, const Key& key, const std::string& value) {
    std::string bytes = IndexKeys(1).ListsPrefix(1, measure, ListKind::kByKey) + EncodeKey(key);
    AppendBlockSuffix(&bytes, {1});
    PutRow(bytes, value);
  }

  void PutChange(const Key& key, const std::string& value) {
    std::string bytes = IndexKeys(1).ListsPrefix(1, 0, ListKind::kByKey) + EncodeKey(key);
    AppendChangeSuffix(&bytes, {1}, 0, {1});
    PutRow(bytes, value);
    Reopen();
    CatchUp();
  }

  void PutRow(const std::string& key, const std::string& value) {
    storage::Batch batch;
    batch.Put(storage::Family::kContributions, key, value);
    ASSERT_OK(database_->Write(std::move(batch), storage::Durability::kBuffered));
  }

  void ExpectDataLoss(const std::string& message) {
    EXPECT_THAT(index().Tallies(kCount, {}, {}),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr("measure \"count\" of projection \"claims\""),
                               HasSubstr(message))));
    EXPECT_THAT(index().Contributors(kCount, {}, {}, {}, 9),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(message)));
  }
};

TEST_F(DamagedRowsTest, ABlockThatIsNoneIsDataLoss) {
  PutBlock(0, {"IS"}, "nonsense");
  ExpectDataLoss("contributions");
}

TEST_F(DamagedRowsTest, ACorrectionOfNothingIsDataLoss) {
  PutChange({"IS"}, EncodeChangedRow({}));
  PutBlock(0, {"IS"},
           EncodeContributionBlock({StatedContribution{.event = {2}, .content = "\x08"}}));
  ExpectDataLoss("a contribution of event 1 is missing");
}

TEST_F(DamagedRowsTest, ACorrectionThatIsNoneIsDataLoss) {
  PutChange({"IS"}, "nonsense");
  ExpectDataLoss("inside a number");
}

TEST_F(DamagedRowsTest, CorrectionsThatDoNotAddUpAreDataLoss) {
  const KnownSteps twice = {{{1}, -2}};
  PutChange({"IS"}, EncodeChangedRow({twice, twice}));
  ExpectDataLoss("event 1 don't add up: it would be there -1 times");
}

TEST_F(DamagedRowsTest, AValueOfARegisterThatIsNoneIsDataLoss) {
  PutBlock(1, {"north", "door"},
           EncodeContributionBlock({StatedContribution{.event = {1}, .content = "\xff\xff"}}));
  Slice all;
  EXPECT_THAT(index().Registers(kStatus, {}, all),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("event 1 states is damaged")));
}

}  // namespace
}  // namespace annals
