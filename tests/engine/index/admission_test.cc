#include "engine/index/admission.h"

#include <algorithm>
#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Position kHead = Position::Max();

class ListedGraph final : public CorrectionGraph {
 public:
  // The next event; its position.
  Position Add(TimeBounds known, const std::vector<Position>& targets = {}) {
    const Position position = {nodes_.size() + 1};
    nodes_.push_back({.known = known, .targets = targets});
    for (const Position target : targets) correctors_[target].push_back({position, known});
    return position;
  }
  Position Add(int64_t known, const std::vector<Position>& targets = {}) {
    return Add({{known}, {known}}, targets);
  }

  absl::StatusOr<Node> Find(Position event) const override {
    if (event.value == 0 || event.value > nodes_.size()) {
      return absl::OutOfRangeError("no such event");
    }
    return nodes_[event.value - 1];
  }

  absl::StatusOr<std::vector<Corrector>> Correctors(Position event, Position up_to) const override {
    std::vector<Corrector> correctors;
    const auto found = correctors_.find(event);
    if (found == correctors_.end()) return correctors;
    for (const Corrector& corrector : found->second) {
      if (corrector.position <= up_to) correctors.push_back(corrector);
    }
    return correctors;
  }

 private:
  std::vector<Node> nodes_;
  std::map<Position, std::vector<Corrector>> correctors_;
};

KnownSteps Steps(std::vector<std::pair<int64_t, int>> steps) {
  KnownSteps made;
  for (const auto& [known, change] : steps) made.push_back({{known}, change});
  return made;
}

WorldSteps InBoth(const KnownSteps& steps) { return {steps, steps}; }

WorldSteps PresenceOf(const ListedGraph& graph, Position event, Position up_to = kHead) {
  auto presence = Presence(graph, event, up_to);
  EXPECT_THAT(presence, IsOk());
  return presence.ok() ? *presence : WorldSteps();
}

// "Captured, some time by 8 January", known on the 8th; "captured on 3 January",
// known on the 20th: the refinement.
class RefinementTest : public ::testing::Test {
 protected:
  ListedGraph graph_;
  const Position vague_ = graph_.Add({{3}, {8}});
  const Position refined_ = graph_.Add({{15}, {20}}, {vague_});
};

TEST_F(RefinementTest, TheFirstIsInUntilTheSecondIsKnown) {
  EXPECT_EQ(PresenceOf(graph_, vague_),
            (WorldSteps{Steps({{8, 1}, {20, -1}}), Steps({{3, 1}, {15, -1}})}));
  EXPECT_EQ(PresenceOf(graph_, refined_), (WorldSteps{Steps({{20, 1}}), Steps({{15, 1}})}));
}

TEST_F(RefinementTest, TruthTable) {
  struct Row {
    int64_t known;
    bool vague_certain, refined_certain, vague_possible, refined_possible;
  };
  const std::vector<Row> table = {
      {2, false, false, false, false}, {3, false, false, true, false},
      {7, false, false, true, false},  {8, true, false, true, false},
      {14, true, false, true, false},  {15, true, false, false, true},
      {19, true, false, false, true},  {20, false, true, false, true},
      {99, false, true, false, true},
  };
  const WorldSteps vague = PresenceOf(graph_, vague_);
  const WorldSteps refined = PresenceOf(graph_, refined_);
  for (const Row& row : table) {
    EXPECT_EQ(ValueAt(vague.certain, {row.known}), row.vague_certain) << row.known;
    EXPECT_EQ(ValueAt(refined.certain, {row.known}), row.refined_certain) << row.known;
    EXPECT_EQ(ValueAt(vague.possible, {row.known}), row.vague_possible) << row.known;
    EXPECT_EQ(ValueAt(refined.possible, {row.known}), row.refined_possible) << row.known;
  }
}

TEST_F(RefinementTest, BeforeTheSecondArrivedTheFirstIsInForGood) {
  EXPECT_EQ(PresenceOf(graph_, vague_, vague_), (WorldSteps{Steps({{8, 1}}), Steps({{3, 1}})}));
}

TEST_F(RefinementTest, RetractingTheSecondBringsTheFirstBack) {
  const Position retraction = graph_.Add({{30}, {32}}, {refined_});
  EXPECT_EQ(PresenceOf(graph_, vague_),
            (WorldSteps{Steps({{8, 1}, {20, -1}, {32, 1}}), Steps({{3, 1}, {15, -1}, {30, 1}})}));
  EXPECT_EQ(PresenceOf(graph_, refined_),
            (WorldSteps{Steps({{20, 1}, {32, -1}}), Steps({{15, 1}, {30, -1}})}));
  EXPECT_EQ(PresenceOf(graph_, retraction), (WorldSteps{Steps({{32, 1}}), Steps({{30, 1}})}));
}

TEST(PresenceTest, OfAnEventThatNothingCorrects) {
  ListedGraph graph;
  const Position event = graph.Add({{1}, {5}});
  EXPECT_EQ(PresenceOf(graph, event), (WorldSteps{Steps({{5, 1}}), Steps({{1, 1}})}));
}

TEST(PresenceTest, ACorrectionKnownBeforeItsTargetLeavesNoTimeForIt) {
  ListedGraph graph;
  const Position event = graph.Add(10);
  graph.Add(10, {event});
  EXPECT_EQ(PresenceOf(graph, event), WorldSteps());
  const Position other = graph.Add(10);
  graph.Add(4, {other});
  EXPECT_EQ(PresenceOf(graph, other), WorldSteps());
}

TEST(PresenceTest, ARetractedCorrectionKnownEarlierHasNeverHeld) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  const Position correction = graph.Add(10, {event});
  graph.Add(5, {correction});
  EXPECT_EQ(PresenceOf(graph, event), InBoth(Steps({{1, 1}})));
}

TEST(PresenceTest, EitherOfTwoCorrectorsIsEnough) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  const Position late = graph.Add(20, {event});
  const Position early = graph.Add(10, {event});
  EXPECT_EQ(PresenceOf(graph, event), InBoth(Steps({{1, 1}, {10, -1}})));
  graph.Add(15, {early});
  EXPECT_EQ(PresenceOf(graph, event), InBoth(Steps({{1, 1}, {10, -1}, {15, 1}, {20, -1}})));
  graph.Add(30, {late});
  EXPECT_EQ(PresenceOf(graph, event),
            InBoth(Steps({{1, 1}, {10, -1}, {15, 1}, {20, -1}, {30, 1}})));
}

TEST(PresenceTest, OneCorrectorOfTwoTargets) {
  ListedGraph graph;
  const Position a = graph.Add(1);
  const Position b = graph.Add(2);
  graph.Add(7, {a, b});
  EXPECT_EQ(PresenceOf(graph, a), InBoth(Steps({{1, 1}, {7, -1}})));
  EXPECT_EQ(PresenceOf(graph, b), InBoth(Steps({{2, 1}, {7, -1}})));
}

TEST(PresenceTest, ACorrectionThatIsOnlyPossiblyKnownActsInThatWorldAlone) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  graph.Add({{10}, {100}}, {event});
  const WorldSteps presence = PresenceOf(graph, event);
  EXPECT_EQ(ValueAt(presence.certain, {50}), 1);
  EXPECT_EQ(ValueAt(presence.possible, {50}), 0);
  EXPECT_EQ(ValueAt(presence.certain, {100}), 0);
}

TEST(PresenceTest, OpenBoundsCount) {
  ListedGraph graph;
  const Position event = graph.Add({Instant::Beginning(), {5}});
  const WorldSteps presence = PresenceOf(graph, event);
  EXPECT_EQ(ValueAt(presence.possible, Instant::Beginning()), 1);
  EXPECT_EQ(ValueAt(presence.certain, {4}), 0);
}

TEST(PresenceTest, AnErrorOfTheGraphIsPassedOn) {
  ListedGraph graph;
  EXPECT_THAT(Presence(graph, {1}, kHead),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("no such event")));
}

// Correcting a correction alternates what it corrects, literally.
TEST(PresenceTest, CorrectingCorrectionsAlternates) {
  ListedGraph graph;
  Position last = graph.Add(10);
  KnownSteps expected = Steps({{10, 1}});
  for (int64_t i = 2; i <= 20; ++i) {
    last = graph.Add(10 * i, {last});
    expected.push_back({{10 * i}, i % 2 == 0 ? -1 : 1});
    EXPECT_EQ(PresenceOf(graph, {1}), InBoth(expected)) << i;
  }
}

TEST(PresenceTest, AChainOfTenThousandIsNoTrouble) {
  ListedGraph graph;
  constexpr int64_t kLength = 10'000;
  Position last = graph.Add(1);
  for (int64_t i = 2; i <= kLength; ++i) last = graph.Add(i, {last});
  const WorldSteps presence = PresenceOf(graph, {1});
  ASSERT_EQ(presence.certain.size(), kLength);
  for (int64_t i = 0; i < kLength; ++i) {
    ASSERT_EQ(presence.certain[i], (KnownStep{{i + 1}, i % 2 == 0 ? 1 : -1}));
  }
  EXPECT_EQ(presence.possible, presence.certain);
}

// Every event corrects the ten before it: paths, but not work, grow
// exponentially.
TEST(PresenceTest, ADenseGraphIsNoTrouble) {
  ListedGraph graph;
  for (int64_t i = 1; i <= 500; ++i) {
    std::vector<Position> targets;
    for (int64_t t = std::max<int64_t>(1, i - 10); t < i; ++t) {
      targets.push_back({static_cast<uint64_t>(t)});
    }
    graph.Add(i, targets);
  }
  // Only every eleventh from the end is in, once all is known.
  for (uint64_t i = 1; i <= 500; ++i) {
    EXPECT_EQ(ValueAt(PresenceOf(graph, {i}).certain, {500}), (500 - i) % 11 == 0) << i;
  }
}

TEST_F(RefinementTest, ArrivalOfTheSecondTakesTheFirstOut) {
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes,
                       PresenceChanges(graph_, refined_));
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].event, vague_);
  EXPECT_EQ(changes[0].steps, (WorldSteps{Steps({{20, -1}}), Steps({{15, -1}})}));
}

TEST_F(RefinementTest, ArrivalOfARetractionChangesBoth) {
  const Position retraction = graph_.Add(32, {refined_});
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes,
                       PresenceChanges(graph_, retraction));
  ASSERT_EQ(changes.size(), 2);
  EXPECT_EQ(changes[0].event, vague_);
  EXPECT_EQ(changes[0].steps, InBoth(Steps({{32, 1}})));
  EXPECT_EQ(changes[1].event, refined_);
  EXPECT_EQ(changes[1].steps, InBoth(Steps({{32, -1}})));
}

TEST(PresenceChangesTest, ASecondCorrectionKnownLaterChangesNothing) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  graph.Add(10, {event});
  const Position second = graph.Add(20, {event});
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes, PresenceChanges(graph, second));
  EXPECT_THAT(changes, IsEmpty());
}

TEST(PresenceChangesTest, ASecondCorrectionKnownEarlierMovesTheEnd) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  graph.Add(10, {event});
  const Position second = graph.Add(5, {event});
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes, PresenceChanges(graph, second));
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].steps, InBoth(Steps({{5, -1}, {10, 1}})));
}

TEST(PresenceChangesTest, OfAnEventThatCorrectsNothing) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes, PresenceChanges(graph, event));
  EXPECT_THAT(changes, IsEmpty());
}

TEST(PresenceChangesTest, LaterCorrectionsPlayNoPart) {
  ListedGraph graph;
  const Position event = graph.Add(1);
  const Position correction = graph.Add(10, {event});
  graph.Add(12, {correction});
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes,
                       PresenceChanges(graph, correction));
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].steps, InBoth(Steps({{10, -1}})));
}

TEST(PresenceChangesTest, AreTheDifferencesOfPresence) {
  ListedGraph graph;
  // Known times go to and fro; every event corrects up to three others.
  for (uint64_t i = 1; i <= 200; ++i) {
    std::vector<Position> targets;
    if (i % 3 != 0) {
      for (const uint64_t back : {uint64_t{1}, i % 7 + 2, i % 13 + 9}) {
        if (back < i) targets.push_back({i - back});
      }
    }
    const auto known = static_cast<int64_t>(i * 37 % 101);
    const Position arrived = graph.Add({{known}, {known + static_cast<int64_t>(i % 5)}}, targets);
    ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes,
                         PresenceChanges(graph, arrived));
    std::map<Position, WorldSteps> by_event;
    for (const PresenceChange& change : changes) by_event[change.event] = change.steps;
    ASSERT_EQ(by_event.size(), changes.size());
    for (Position event = {1}; event < arrived; event = event.Next()) {
      const WorldSteps before = PresenceOf(graph, event, {arrived.value - 1});
      const WorldSteps after = PresenceOf(graph, event, arrived);
      for (int64_t at = 0; at <= 106; ++at) {
        ASSERT_EQ(ValueAt(after.certain, {at}),
                  ValueAt(before.certain, {at}) + ValueAt(by_event[event].certain, {at}))
            << "event " << event.value << " after " << arrived.value << " at " << at;
        ASSERT_EQ(ValueAt(after.possible, {at}),
                  ValueAt(before.possible, {at}) + ValueAt(by_event[event].possible, {at}))
            << "event " << event.value << " after " << arrived.value << " at " << at;
      }
      EXPECT_EQ(by_event[event] != WorldSteps(), before != after);
    }
  }
}

TEST(PresenceChangesTest, InAChainOfTenThousandEachIsOneStep) {
  ListedGraph graph;
  constexpr uint64_t kLength = 10'000;
  Position last = graph.Add(1);
  for (uint64_t i = 2; i <= kLength; ++i) last = graph.Add(static_cast<int64_t>(i), {last});
  ASSERT_OK_AND_ASSIGN(const std::vector<PresenceChange> changes, PresenceChanges(graph, last));
  ASSERT_EQ(changes.size(), kLength - 1);
  for (uint64_t i = 0; i < changes.size(); ++i) {
    ASSERT_EQ(changes[i].event, Position{i + 1});
    const int change = (kLength - 1 - i) % 2 == 0 ? 1 : -1;
    ASSERT_EQ(changes[i].steps, InBoth(Steps({{kLength, change}})));
  }
}

}  // namespace
}  // namespace annals
