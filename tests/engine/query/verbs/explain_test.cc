#include "engine/query/verbs/explain.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/clock.h"
#include "engine/index/temporal_index.h"
#include "engine/query/verbs/explaining_index.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/query/verbs/counting_index.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::CountingIndex;
using ::annals::testing::CrewListed;
using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const MeasureRef kLost = {"shipwrecks.sinkings", "lost"};

// Steps on whenever it is read.
class SteppingClock final : public Clock {
 public:
  explicit SteppingClock(int64_t micros) : step_micros_(micros) {}
  Instant Now() const override { return {now_micros_ += step_micros_}; }

 private:
  const int64_t step_micros_;
  mutable int64_t now_micros_ = 0;
};

// "CERTAIN tallies shipwrecks.sinkings.lost(baltic): 1".
std::string InWords(const v1::IndexRead& read) {
  return absl::StrCat(v1::World_Name(read.world()), " ", read.read(), " ", read.measure(), "(",
                      absl::StrJoin(read.prefix(), ", "), "): ", read.rows());
}

std::vector<std::string> InWords(const v1::ExplainResult& result) {
  std::vector<std::string> reads;
  for (const v1::IndexRead& read : result.reads()) reads.push_back(InWords(read));
  return reads;
}

class ExplainTest : public annals::testing::SeaTest {
 protected:
  ExplainTest() {
    Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
    Record(ShipSunk("star", "north", 2, 2, {"[2031-01-04..2031-01-25]", "2031-01-25"}));
    Record(CrewListed("rose", {"ann", "bo"}, {"2031-01-02", "2031-01-03"}));
  }
};

TEST_F(ExplainTest, ListsEveryReadOfBothWorlds) {
  ASSERT_OK_AND_ASSIGN(const v1::ExplainResult result,
                       engine_.Explain("sea", "ships", {}, Pin({.valid = "2031-01-10"})));
  EXPECT_EQ(result.timeline(), "sea");
  EXPECT_EQ(result.view(), "ships");
  EXPECT_EQ(result.as_of().valid(), "2031-01-10T23:59:59.999999Z");
  EXPECT_THAT(result.key(), IsEmpty());
  EXPECT_THAT(InWords(result), ElementsAre("CERTAIN registers shipwrecks.sinkings.sunk(): 1",
                                           "CERTAIN registers shipwrecks.sinkings.sea(): 1",
                                           "CERTAIN registers shipwrecks.wrecks.intact(): 0",
                                           "CERTAIN sets shipwrecks.crews.crew(): 1",
                                           "POSSIBLE registers shipwrecks.sinkings.sunk(): 2",
                                           "POSSIBLE registers shipwrecks.sinkings.sea(): 2",
                                           "POSSIBLE registers shipwrecks.wrecks.intact(): 0",
                                           "POSSIBLE sets shipwrecks.crews.crew(): 1"));
}

TEST_F(ExplainTest, WithAKeyAlsoReadsTheEvidenceOfItsRows) {
  ASSERT_OK_AND_ASSIGN(const v1::ExplainResult result,
                       engine_.Explain("sea", "losses", {"baltic"}, Pin({})));
  EXPECT_THAT(result.key(), ElementsAre("baltic"));
  EXPECT_THAT(InWords(result),
              Contains("CERTAIN contributors shipwrecks.sinkings.lost(baltic): 1"));
  EXPECT_THAT(engine_.Explain("sea", "losses", {"dead"}, Pin({})),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("dead")));
}

TEST_F(ExplainTest, UnknownViewsAndPositionsAreRefused) {
  EXPECT_THAT(engine_.Explain("sea", "loses", {}, Pin({})),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("losses")));
  const PinnedAsOf beyond = {Instant::End(), Instant::End(), Position{4}};
  EXPECT_THAT(engine_.Explain("sea", "losses", {}, beyond),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 4")));
}

TEST_F(ExplainTest, EachReadHasThePlanAndTheTimeThatItTook) {
  CountingIndex planned(&timeline_.index());
  planned.SetPlan({.strategy = Strategy::kSmallScan,
                   .reason = "there are few contributions",
                   .groups = 2,
                   .contributions = 17});
  const SteppingClock clock(250);
  const ExplainingIndex index(&planned, &clock);
  ASSERT_OK_AND_ASSIGN(const auto rows, index.Tallies(kLost, {}, Slice{}));
  EXPECT_THAT(rows, SizeIs(2));
  ASSERT_THAT(index.reads(), SizeIs(1));
  const v1::IndexRead read = index.reads()[0];
  EXPECT_EQ(read.strategy(), "small scan");
  EXPECT_EQ(read.reason(), "there are few contributions");
  EXPECT_EQ(read.groups(), 2);
  EXPECT_EQ(read.contributions(), 17);
  EXPECT_EQ(read.rows(), 2);
  EXPECT_EQ(read.elapsed_micros(), 250);
}

TEST_F(ExplainTest, AClockThatGoesBackMakesNoReadTakeLessThanNothing) {
  const SteppingClock clock(-250);
  const ExplainingIndex index(&timeline_.index(), &clock);
  ASSERT_OK(index.Tallies(kLost, {}, Slice{}).status());
  ASSERT_THAT(index.reads(), SizeIs(1));
  EXPECT_EQ(index.reads()[0].elapsed_micros(), 0);
}

TEST_F(ExplainTest, AReadThatFailsIsNotListed) {
  timeline_.Stop("shipwrecks.sinkings", absl::FailedPreconditionError("stopped"));
  const ExplainingIndex index(&timeline_.index(), &clock_);
  EXPECT_THAT(index.Tallies(kLost, {}, Slice{}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("stopped")));
  EXPECT_THAT(index.reads(), IsEmpty());
}

}  // namespace
}  // namespace annals
