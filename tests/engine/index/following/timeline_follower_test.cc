#include "engine/index/following/timeline_follower.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/index/following/generation.h"
#include "engine/index/index_keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/followed_timeline.h"

namespace annals {
namespace {

using namespace ::annals::testing;  // NOLINT: the fixture and its events.
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr int64_t kManyEvents = 5'000;  // More than two batches.

v1::Event Counting(int64_t count) {
  return Stating(Exactly(count), Exactly(count), {Count("IS", Quantity::Exactly(count))});
}

class TimelineFollowerTest : public FollowedTimeline {
 protected:
  const IndexKeys keys_{1};

  std::map<std::string, std::string> Rows(const KeyRange& range) {
    std::map<std::string, std::string> rows;
    storage::Cursor cursor =
        database_->Scan(storage::Family::kContributions, range.begin, range.end);
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      rows.emplace(std::string(cursor.key()), std::string(cursor.value()));
    }
    EXPECT_OK(cursor.status());
    return rows;
  }

  // A generation's rows, without the number of the generation.
  std::map<std::string, std::string> Contents(uint32_t generation) {
    std::map<std::string, std::string> contents;
    for (const auto& [key, value] : Rows(keys_.Rows(generation))) {
      contents[key.substr(keys_.Rows(generation).begin.size())] = value;
    }
    return contents;
  }

  // Its blocks of contributions alone.
  std::map<std::string, std::string> Blocks(uint32_t generation) {
    return Rows(RangeOfPrefix(keys_.ListsPrefix(generation, 0, ListKind::kByKey)));
  }

  std::vector<Generation> Generations() {
    auto generations = ReadGenerations(*database_, keys_);
    EXPECT_OK(generations.status());
    return generations.ok() ? *std::move(generations) : std::vector<Generation>();
  }

  std::string Sum(const std::string& projection) {
    const auto rows = index().Tallies({projection, "count"}, {"IS"}, {});
    if (!rows.ok()) return std::string(rows.status().message());
    return rows->empty() ? "" : ToString(rows->front().sum);
  }

  // All there is, as of each of the history's positions and known times.
  std::vector<std::string> Answers() {
    std::vector<std::string> answers;
    for (int64_t i = 0; i <= 60; ++i) {
      for (const WorldKind world : kWorlds) {
        for (const Position position : {Position{static_cast<uint64_t>(i)}, Position::Max()}) {
          const Slice slice = {
              .world = world, .valid = At(60 - i / 2), .known = At(i), .position = position};
          answers.push_back(AnswerTo(slice));
        }
      }
    }
    return answers;
  }

  std::string AnswerTo(const Slice& slice) {
    std::string answer;
    const auto tallies = index().Tallies(kCount, {}, slice);
    const auto registers = index().Registers(kStatus, {}, slice);
    const auto sets = index().Sets(kPeople, {}, slice);
    EXPECT_THAT(tallies, IsOk());
    EXPECT_THAT(registers, IsOk());
    EXPECT_THAT(sets, IsOk());
    if (!tallies.ok() || !registers.ok() || !sets.ok()) return "";
    for (const TallyRow& row : *tallies) answer += row.key[0] + " " + ToString(row.sum) + "\n";
    for (const RegisterRow& row : *registers) {
      answer += row.value.text() + " of " + std::to_string(row.position.value) + "\n";
    }
    for (const SetRow& row : *sets) {
      answer += row.key[0] + " " + std::to_string(row.members) + "\n";
    }
    return answer;
  }

  absl::Status Rebuild() {
    const std::shared_ptr<RebuildTicket> ticket = follower_->RequestRebuild();
    CatchUp();
    return ticket->Wait(nullptr);
  }

  void AppendHistory() {
    for (int64_t i = 1; i <= 40; ++i) {
      v1::Event event =
          Stating(Between(i, i + 5), Between(i + 3, i + 9),
                  {Count("IS", Quantity::Exactly(i)), Person("IS", std::to_string(i % 7)),
                   Status("north", "door", std::to_string(i))});
      if (i % 4 == 0) event = Superseding(std::move(event), {static_cast<uint64_t>(i - 1)});
      if (i % 8 == 1 && i > 1) event = Retracting(Exactly(i + 9), {static_cast<uint64_t>(i - 1)});
      Append(std::move(event));
    }
  }
};

TEST_F(TimelineFollowerTest, TakesInWhatIsThereInBatches) {
  for (int64_t i = 1; i <= kManyEvents; ++i) Append(Counting(1));
  int batches = 1;
  while (follower_->Advance()) ++batches;
  EXPECT_GT(batches, 2);
  EXPECT_EQ(Sum("claims"), std::to_string(kManyEvents));
  ASSERT_THAT(Generations(), SizeIs(1));
  EXPECT_EQ(Generations()[0].state, GenerationState::kLive);
  EXPECT_EQ(Generations()[0].position, Position{kManyEvents});
}

TEST_F(TimelineFollowerTest, GoesOnWhereItWasAfterACrashBetweenTwoBatches) {
  for (int64_t i = 1; i <= kManyEvents; ++i) Append(Counting(1));
  ASSERT_TRUE(follower_->Advance());
  Reopen();
  const Position reached = Generations()[0].position;
  EXPECT_GT(reached, Position{0});
  EXPECT_LT(reached, Position{kManyEvents});
  CatchUp();
  EXPECT_EQ(Sum("claims"), std::to_string(kManyEvents));
}

TEST_F(TimelineFollowerTest, ACorrectionInALaterBatchFindsItsTarget) {
  Append(Counting(7));
  for (int64_t i = 1; i <= kManyEvents; ++i) Append(Counting(0));
  Append(Retracting(Exactly(9), {1}));
  CatchUp();
  EXPECT_EQ(Sum("claims"), "0");
}

TEST_F(TimelineFollowerTest, AFailingProjectionStopsAlone) {
  projections_ = {ClaimsProjection(), ClaimsProjection("careful")};
  projections_[1].project = [](const ProjectedEvent& event, Contributions* contributions) {
    if (event.event.position() == 2) return absl::InternalError("I can't count that far");
    contributions->Tally("count", {"IS"}, Quantity::Exactly(1));
    return absl::OkStatus();
  };
  Reopen();
  for (int64_t i = 1; i <= 3; ++i) Add(Counting(i));
  EXPECT_EQ(Sum("claims"), "6");
  const std::vector<ServedProjections::State> states = follower_->served().States();
  EXPECT_EQ(states[0].position, Position{3});
  EXPECT_OK(states[0].status);
  EXPECT_EQ(states[1].position, Position{1});
  EXPECT_THAT(states[1].status,
              StatusIs(kFailedPrecondition,
                       AllOf(HasSubstr("timeline \"t\", event 2 (e-2)"),
                             HasSubstr("projection \"careful\" version 1 stopped here"),
                             HasSubstr("I can't count that far"), HasSubstr("annals rebuild"))));
  EXPECT_THAT(index().Tallies({"careful", "count"}, {}, {}),
              StatusIs(kFailedPrecondition, HasSubstr("I can't count that far")));
  EXPECT_OK(follower_->served().WaitFor({3}));
}

TEST_F(TimelineFollowerTest, AWrongContributionStopsTheProjectionWithoutATrace) {
  Add(Counting(1));
  Statement wrong = Count("IS", Quantity::Exactly(5));
  wrong.set_measure("counts");
  Add(Stating(Exactly(2), Exactly(2), {Count("IS", Quantity::Exactly(9)), wrong}));
  Add(Counting(3));
  EXPECT_THAT(Sum("claims"),
              AllOf(HasSubstr("event 2 (e-2)"), HasSubstr("there is no measure \"counts\"")));
  EXPECT_THAT(Blocks(1), SizeIs(1));
  EXPECT_EQ(Generations()[0].position, Position{1});
}

TEST_F(TimelineFollowerTest, AStoppedProjectionIsTriedAgainAtTheNextStart) {
  projections_[0].project = [](const ProjectedEvent&, Contributions*) {
    return absl::InternalError("not yet");
  };
  Reopen();
  Add(Counting(4));
  EXPECT_THAT(Sum("claims"), HasSubstr("not yet"));
  Reopen();
  CatchUp();
  EXPECT_THAT(Sum("claims"), HasSubstr("not yet"));
  projections_[0] = ClaimsProjection();
  Reopen();
  CatchUp();
  EXPECT_EQ(Sum("claims"), "4");
}

TEST_F(TimelineFollowerTest, AnImpureProjectionIsToldFromACorrection) {
  bool refuses = false;
  projections_[0].project = [&](const ProjectedEvent&, Contributions* contributions) {
    if (refuses) return absl::InternalError("changed my mind");
    contributions->Tally("count", {"IS"}, Quantity::Exactly(1));
    return absl::OkStatus();
  };
  Reopen();
  Add(Counting(1));
  refuses = true;
  Add(Retracting(Exactly(9), {1}));
  EXPECT_THAT(Sum("claims"), HasSubstr("event 2 (e-2)"));
}

TEST_F(TimelineFollowerTest, ANewVersionIsBuiltBesideAndSwappedInWhole) {
  for (int64_t i = 1; i <= kManyEvents; ++i) Append(Counting(1));
  CatchUp();
  projections_[0] = ClaimsProjection("claims", 2);
  projections_[0].project = [](const ProjectedEvent&, Contributions* contributions) {
    contributions->Tally("count", {"IS"}, Quantity::Exactly(2));
    return absl::OkStatus();
  };
  Reopen();
  ASSERT_TRUE(follower_->Advance());
  // Halfway nobody sees either, and the old rows are still there.
  EXPECT_THAT(Sum("claims"), HasSubstr("is being built"));
  EXPECT_THAT(Blocks(1), Not(IsEmpty()));
  EXPECT_THAT(Blocks(2), Not(IsEmpty()));
  Reopen();  // A crash in the middle of it.
  CatchUp();
  EXPECT_EQ(Sum("claims"), std::to_string(2 * kManyEvents));
  EXPECT_THAT(Contents(1), IsEmpty());
  ASSERT_THAT(Generations(), SizeIs(1));
  EXPECT_EQ(Generations()[0].version, 2);
  EXPECT_EQ(Generations()[0].state, GenerationState::kLive);
}

TEST_F(TimelineFollowerTest, GoingBackBeforeTheSwapFindsTheOldRows) {
  for (int64_t i = 1; i <= kManyEvents; ++i) Append(Counting(1));
  CatchUp();
  projections_[0] = ClaimsProjection("claims", 2);
  Reopen();
  ASSERT_TRUE(follower_->Advance());
  projections_[0] = ClaimsProjection("claims", 1);
  Reopen();
  EXPECT_FALSE(follower_->Advance());
  EXPECT_EQ(Sum("claims"), std::to_string(kManyEvents));
  EXPECT_THAT(Contents(2), IsEmpty());
}

TEST_F(TimelineFollowerTest, AProjectionThatIsGoneLeavesNoRows) {
  projections_ = {ClaimsProjection(), ClaimsProjection("other")};
  Reopen();
  Add(Counting(1));
  EXPECT_THAT(Generations(), SizeIs(2));
  projections_.pop_back();
  Reopen();
  CatchUp();
  ASSERT_THAT(Generations(), SizeIs(1));
  EXPECT_EQ(Generations()[0].projection, "claims");
  EXPECT_THAT(Contents(2), IsEmpty());
  EXPECT_EQ(Sum("claims"), "1");
}

TEST_F(TimelineFollowerTest, RebuildingGivesTheAnswersOfFollowing) {
  AppendHistory();
  for (int i = 0; i < 3; ++i) {
    CatchUp();
    Reopen();
  }
  CatchUp();
  const std::vector<std::string> followed = Answers();
  EXPECT_OK(Rebuild());
  ASSERT_THAT(Generations(), SizeIs(1));
  EXPECT_EQ(Generations()[0].number, 2);
  EXPECT_EQ(Answers(), followed);
  EXPECT_THAT(Contents(1), IsEmpty());
}

TEST_F(TimelineFollowerTest, OneByOneGivesTheAnswersOfABatch) {
  AppendHistory();
  CatchUp();
  const std::vector<std::string> in_a_batch = Answers();
  std::vector<v1::Event> events;
  for (uint64_t i = 1; i <= 40; ++i) {
    ASSERT_OK_AND_ASSIGN(v1::Event event, log_.Read("t", {i}));
    events.push_back(std::move(event));
  }
  Close();
  log_.Truncate("t", {0});
  Open();
  for (v1::Event& event : events) Add(std::move(event));
  ASSERT_THAT(Generations(), SizeIs(1));
  EXPECT_EQ(Answers(), in_a_batch);
}

TEST_F(TimelineFollowerTest, WhileItIsRebuiltTheOldRowsAreReadAndKeptUp) {
  for (int64_t i = 1; i <= kManyEvents; ++i) Append(Counting(1));
  CatchUp();
  const std::shared_ptr<RebuildTicket> ticket = follower_->RequestRebuild();
  ASSERT_TRUE(follower_->Advance());
  EXPECT_EQ(Sum("claims"), std::to_string(kManyEvents));
  Append(Counting(5));
  ASSERT_TRUE(follower_->Advance());
  EXPECT_EQ(Sum("claims"), std::to_string(kManyEvents + 5));
  EXPECT_THAT(Generations(), SizeIs(2));
  CatchUp();
  Position done;
  EXPECT_OK(ticket->Wait([&](Position reached, Position) { done = reached; }));
  EXPECT_EQ(done, Position{kManyEvents + 1});
  EXPECT_EQ(Sum("claims"), std::to_string(kManyEvents + 5));
  EXPECT_THAT(Generations(), SizeIs(1));
}

TEST_F(TimelineFollowerTest, ARebuildStartsAStoppedProjectionAgain) {
  bool fails = true;
  projections_[0].project = [&](const ProjectedEvent&, Contributions* contributions) {
    if (fails) return absl::InternalError("not yet");
    contributions->Tally("count", {"IS"}, Quantity::Exactly(1));
    return absl::OkStatus();
  };
  Reopen();
  Add(Counting(1));
  EXPECT_THAT(Rebuild(), StatusIs(kFailedPrecondition, HasSubstr("not yet")));
  fails = false;
  EXPECT_OK(Rebuild());
  EXPECT_EQ(Sum("claims"), "1");
}

TEST_F(TimelineFollowerTest, ARebuildThatFailsKeepsTheOldRows) {
  bool fails = false;
  projections_[0].project = [&](const ProjectedEvent&, Contributions* contributions) {
    if (fails) return absl::InternalError("broken since");
    contributions->Tally("count", {"IS"}, Quantity::Exactly(1));
    return absl::OkStatus();
  };
  Reopen();
  Add(Counting(1));
  fails = true;
  EXPECT_THAT(Rebuild(), StatusIs(kFailedPrecondition, HasSubstr("broken since")));
  EXPECT_EQ(Sum("claims"), "1");
  EXPECT_THAT(Generations(), SizeIs(1));
}

TEST_F(TimelineFollowerTest, ARebuildRepairsDamagedRowsAndCorrections) {
  AppendHistory();
  CatchUp();
  const std::vector<std::string> right = Answers();
  storage::Batch damage;
  for (const auto& [key, value] : Rows(keys_.Corrections())) {
    damage.Put(storage::Family::kContributions, key, "");
  }
  for (const auto& [key, value] : Rows(keys_.Rows(1))) {
    damage.Put(storage::Family::kContributions, key, "");
  }
  ASSERT_OK(database_->Write(std::move(damage), storage::Durability::kBuffered));
  Reopen();
  CatchUp();
  EXPECT_THAT(Sum("claims"), HasSubstr("run annals verify, then annals rebuild"));
  EXPECT_OK(Rebuild());
  EXPECT_EQ(Answers(), right);
}

TEST_F(TimelineFollowerTest, AFailureToReadTheLogStopsTheTimelineUntilARebuild) {
  Add(Counting(1));
  log_.SetReadStatus(absl::DataLossError("block 7 is damaged"));
  Add(Counting(2));
  EXPECT_THAT(follower_->served().WaitFor({2}),
              StatusIs(kFailedPrecondition,
                       AllOf(HasSubstr("timeline \"t\""), HasSubstr("block 7 is damaged"))));
  EXPECT_THAT(Sum("claims"), HasSubstr("block 7 is damaged"));
  EXPECT_THAT(Rebuild(), StatusIs(kFailedPrecondition, HasSubstr("block 7 is damaged")));
  log_.SetReadStatus(absl::OkStatus());
  EXPECT_OK(Rebuild());
  EXPECT_EQ(Sum("claims"), "3");
}

TEST_F(TimelineFollowerTest, APayloadThatTheProgramDoesNotKnowIsNamed) {
  Add(Counting(1));
  v1::Event event = Counting(2);
  event.mutable_payload()->set_type_url("type.googleapis.com/nowhere.Unknown");
  Add(std::move(event));
  EXPECT_THAT(follower_->served().WaitFor({2}),
              StatusIs(kFailedPrecondition,
                       AllOf(HasSubstr("event 2 (e-2)"), HasSubstr("nowhere.Unknown"))));
}

TEST_F(TimelineFollowerTest, DamagedRecordsStopTheTimelineAndARebuildBeginsAnew) {
  Add(Counting(1));
  storage::Batch damage;
  damage.Put(storage::Family::kContributions, keys_.GenerationRecord(1), "x");
  ASSERT_OK(database_->Write(std::move(damage), storage::Durability::kBuffered));
  Reopen();
  CatchUp();
  EXPECT_THAT(follower_->served().WaitFor({1}),
              StatusIs(kFailedPrecondition, HasSubstr("inside a number")));
  EXPECT_OK(Rebuild());
  EXPECT_EQ(Sum("claims"), "1");
}

TEST_F(TimelineFollowerTest, RowsOfALongerLogAreDropped) {
  Add(Counting(1));
  Add(Retracting(Exactly(9), {1}));
  Close();
  log_.Truncate("t", {1});
  Open();
  CatchUp();
  EXPECT_EQ(Sum("claims"), "1");
  Add(Counting(5));
  EXPECT_EQ(Sum("claims"), "6");
}

TEST_F(TimelineFollowerTest, AnIndexOfAnotherFormatIsBuiltAnew) {
  for (int64_t i = 1; i <= 20; ++i) Add(Counting(i));
  const std::vector<std::string> answers = Answers();
  const std::map<std::string, std::string> rows = Rows(keys_.All());
  Close();
  Open();
  storage::Batch batch;
  for (const auto& [key, value] : rows) {
    batch.Put(storage::Family::kContributions, key, "of another program");
  }
  ASSERT_OK(database_->Write(std::move(batch), storage::Durability::kBuffered));
  Reopen();
  CatchUp();
  EXPECT_EQ(Answers(), answers);
  EXPECT_EQ(Rows(keys_.All()).at(keys_.Format()), rows.at(keys_.Format()));
}

TEST_F(TimelineFollowerTest, ClosingTellsWhoWaits) {
  Add(Counting(1));
  const std::shared_ptr<RebuildTicket> ticket = follower_->RequestRebuild();
  follower_->Close();
  EXPECT_THAT(ticket->Wait(nullptr), StatusIs(kFailedPrecondition, HasSubstr("being closed")));
  EXPECT_THAT(follower_->served().WaitFor({2}),
              StatusIs(kFailedPrecondition, HasSubstr("being closed")));
}

TEST_F(TimelineFollowerTest, AReaderKeepsTheRowsThatItOpened) {
  Add(Counting(1));
  ASSERT_OK_AND_ASSIGN(std::optional<ServedMeasure> opened,
                       follower_->served().Open(kCount, std::nullopt, {}));
  EXPECT_OK(Rebuild());
  EXPECT_THAT(Contents(1), Not(IsEmpty()));
  ListCursor rows = opened->index->by_key().Open(ListRange::WithPrefix(""), Position::Max());
  EXPECT_TRUE(rows.Next());
  EXPECT_THAT(Generations(), SizeIs(2));
  opened.reset();
  CatchUp();
  EXPECT_THAT(Contents(1), IsEmpty());
  EXPECT_THAT(Generations(), SizeIs(1));
}

TEST_F(TimelineFollowerTest, AChainOfCorrectionsAlternates) {
  Add(Counting(1));
  for (uint64_t i = 2; i <= 200; ++i) {
    Append(Retracting(Exactly(static_cast<int64_t>(i)), {i - 1}));
  }
  CatchUp();
  for (uint64_t i = 1; i <= 200; ++i) {
    const Slice known = {.known = At(static_cast<int64_t>(i))};
    const Slice recorded = {.position = {i}};
    for (const Slice& slice : {known, recorded}) {
      ASSERT_OK_AND_ASSIGN(const std::vector<TallyRow> rows, index().Tallies(kCount, {}, slice));
      EXPECT_EQ(rows.size(), i % 2) << i;
    }
  }
}

}  // namespace
}  // namespace annals
