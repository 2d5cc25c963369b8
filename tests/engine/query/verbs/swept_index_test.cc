#include "engine/query/verbs/swept_index.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/quantity.h"
#include "engine/index/temporal_index.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/query/verbs/counting_index.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::CountingIndex;
using ::annals::testing::CrewListed;
using ::annals::testing::Retraction;
using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::annals::testing::WithId;
using ::testing::HasSubstr;

const MeasureRef kLost = {"shipwrecks.sinkings", "lost"};
const MeasureRef kSea = {"shipwrecks.sinkings", "sea"};
const MeasureRef kCrew = {"shipwrecks.crews", "crew"};

std::string InWords(const TallyRow& row) {
  return absl::StrCat(absl::StrJoin(row.key, "/"), ": ", ToString(row.sum));
}
std::string InWords(const RegisterRow& row) {
  return absl::StrCat(absl::StrJoin(row.key, "/"), ": ", row.value.text(), " by ",
                      row.position.value, " at ", row.occurred.micros, ", ", row.known.micros);
}
std::string InWords(const SetRow& row) {
  return absl::StrCat(absl::StrJoin(row.key, "/"), ": ", row.members);
}

template <typename Row>
std::string InWords(const absl::StatusOr<std::vector<Row>>& rows) {
  if (!rows.ok()) return rows.status().ToString();
  return absl::StrJoin(*rows, "\n",
                       [](std::string* out, const Row& row) { out->append(InWords(row)); });
}

// Every tally, register and set, of all keys and of one.
std::string ReadAll(const TemporalIndex& index, const Slice& slice) {
  return absl::StrJoin(
      {InWords(index.Tallies(kLost, {}, slice)), InWords(index.Tallies(kLost, {"north"}, slice)),
       InWords(index.Registers(kSea, {}, slice)), InWords(index.Registers(kSea, {"rose"}, slice)),
       InWords(index.Sets(kCrew, {}, slice)), InWords(index.Sets(kCrew, {"star"}, slice))},
      "\n");
}

class SweptIndexTest : public annals::testing::SeaTest {
 protected:
  SweptIndexTest() : counted_(&timeline_.index()) {
    Record(ShipSunk("rose", "baltic", 3, 5, {"2031-01-02", "2031-01-03"}));
    Record(WithId(ShipSunk("star", "north", 8, 8, {"2031-01-05", "2031-01-20"}), "mistaken"));
    Record(ShipSunk("star", "south", 2, 2, {"[2031-01-04..2031-01-25]", "2031-02-01"}));
    Record(CrewListed("rose", {"bo", "ann"}, {"2031-01-02", "2031-01-03"}));
    Record(CrewListed("star", {"cy"}, {"2031-01-10", "2031-01-11"}));
    Record(Retraction({"mistaken"}, {"2031-01-15", "2031-01-28"}));
  }

  // `count` steps along valid time, six hours each.
  std::vector<PinnedAsOf> Walk(int count) const {
    std::vector<PinnedAsOf> steps;
    for (int64_t i = 0; i < count; ++i) {
      steps.push_back({.valid = {At("2031-01-01T00:00:00Z").micros + i * 21'600'000'000},
                       .known = Instant::End(),
                       .position = Position{6}});
    }
    return steps;
  }

  // Expects that `swept` answers each step in both worlds as the timeline's index.
  void ExpectSameAnswers(const TemporalIndex& swept, const std::vector<PinnedAsOf>& steps) const {
    for (const PinnedAsOf& step : steps) {
      for (const WorldKind world : kWorlds) {
        const Slice slice = SliceOf(world, step);
        EXPECT_EQ(ReadAll(swept, slice), ReadAll(timeline_.index(), slice))
            << "valid " << step.valid.micros << ", known " << step.known.micros << ", position "
            << step.position.value;
      }
    }
  }

  CountingIndex counted_;
};

TEST_F(SweptIndexTest, AThousandStepsCostOneSweepAWorld) {
  const std::vector<PinnedAsOf> steps = Walk(1000);
  const SweptIndex swept(&counted_, steps);
  for (const PinnedAsOf& step : steps) {
    for (const WorldKind world : kWorlds) {
      ASSERT_OK(swept.Tallies(kLost, {"baltic"}, SliceOf(world, step)).status());
    }
  }
  EXPECT_EQ(counted_.sweeps(), 2);
  EXPECT_EQ(counted_.questions(), 2) << "how many rows an answer has is asked once a world";
}

TEST_F(SweptIndexTest, AnswersAsTheIndexDoes) {
  std::vector<PinnedAsOf> steps;
  for (const uint64_t position : {6, 4, 5}) {
    for (const char* known : {"2031-01-30T00:00:00Z", "2031-01-22T00:00:00Z",
                              "2031-03-01T00:00:00Z", "2031-01-03T12:00:00Z"}) {
      for (PinnedAsOf step : Walk(100)) {
        step.known = At(known);
        step.position = Position{position};
        steps.push_back(step);
      }
    }
  }
  const SweptIndex swept(&counted_, steps);
  ExpectSameAnswers(swept, steps);
  ExpectSameAnswers(swept, steps);
  EXPECT_EQ(counted_.sweeps(), 6 * 2 * 3) << "reads, worlds, positions";
  EXPECT_EQ(counted_.questions(), counted_.sweeps());
}

TEST_F(SweptIndexTest, WhatIsTooMuchToKeepIsPassedOn) {
  const std::vector<PinnedAsOf> steps = Walk(100);
  const SweptIndex none(&counted_, steps, 99);
  ExpectSameAnswers(none, steps);
  EXPECT_EQ(counted_.sweeps(), 0);
  const SweptIndex some(&counted_, steps, 250);
  ExpectSameAnswers(some, steps);
  EXPECT_EQ(counted_.sweeps(), 2) << "all together are bounded";
}

TEST_F(SweptIndexTest, WhereASweepFailsTheStepsAreAskedOneByOne) {
  const std::vector<PinnedAsOf> steps = Walk(10);
  counted_.RefuseSweeps();
  const SweptIndex swept(&counted_, steps);
  ExpectSameAnswers(swept, steps);
  EXPECT_EQ(counted_.sweeps(), 6 * 2) << "each is tried once";
}

TEST_F(SweptIndexTest, AnErrorIsTheIndexsOwn) {
  const std::vector<PinnedAsOf> steps = Walk(10);
  const SweptIndex swept(&counted_, steps);
  timeline_.Stop("shipwrecks.crews", absl::FailedPreconditionError("stopped at 4"));
  EXPECT_THAT(swept.Sets(kCrew, {}, SliceOf(WorldKind::kCertain, steps[3])),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("stopped at 4")));
}

TEST_F(SweptIndexTest, FewStepsAndOtherSlicesAreAskedOneByOne) {
  const std::vector<PinnedAsOf> few = Walk(2);
  ExpectSameAnswers(SweptIndex(&counted_, few), few);
  const SweptIndex swept(&counted_, Walk(10));
  ExpectSameAnswers(swept, {{Instant::End(), Instant::End(), Position{6}},
                            {At("2031-01-01T00:00:00Z"), Instant::End(), Position{5}}});
  EXPECT_EQ(counted_.sweeps(), 0);
}

}  // namespace
}  // namespace annals
