#include "engine/query/verbs/history.h"

#include <algorithm>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/query/verbs/counting_index.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HistoryTest : public annals::testing::SeaTest {
 protected:
  HistoryTest() {
    Record(ShipSunk("rose", "baltic", 3, 3, {"2031-02-10", "2031-02-10"}));
    Record(ShipSunk("sun", "baltic", 2, 2, {"[2031-03-01..2031-03-20]", "2031-03-20"}));
  }
};

TEST_F(HistoryTest, GivesTheViewAtEachStepInTheGivenOrder) {
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult result,
                       engine_.History("sea", "losses",
                                       {Pin({.valid = "2031-03-10"}), Pin({.valid = "2031-02-01"}),
                                        Pin({.valid = "2031-03-31", .position = 1}), Pin({})}));
  EXPECT_EQ(result.timeline(), "sea");
  EXPECT_EQ(result.view(), "losses");
  EXPECT_EQ(result.columns_size(), 2);
  ASSERT_EQ(result.points_size(), 4);
  EXPECT_EQ(result.points(0).as_of().valid(), "2031-03-10T23:59:59.999999Z");
  const v1::Cell& first = result.points(0).rows(0).cells().at("lost");
  EXPECT_EQ(first.certain().quantity().lower(), 3);
  EXPECT_EQ(first.possible().quantity().lower(), 5);
  EXPECT_THAT(first.evidence(), IsEmpty());
  EXPECT_THAT(result.points(1).rows(), IsEmpty());
  EXPECT_EQ(result.points(2).as_of().position(), 1);
  EXPECT_EQ(result.points(2).rows(0).cells().at("lost").possible().quantity().lower(), 3);
  EXPECT_EQ(result.points(3).rows(0).cells().at("lost").certain().quantity().lower(), 5);
  EXPECT_EQ(timeline_.waited_for(), Position{2});
}

TEST_F(HistoryTest, AStepBeyondTheHeadIsRefused) {
  const PinnedAsOf beyond = {Instant::End(), Instant::End(), Position{3}};
  EXPECT_THAT(engine_.History("sea", "losses", {Pin({}), beyond}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 3")));
}

TEST_F(HistoryTest, AThousandStepsCostOneSweepAWorld) {
  const annals::testing::CountingIndex counted(&timeline_.index());
  ASSERT_OK_AND_ASSIGN(const TimelineSettings settings, timeline_.log()->Settings("sea"));
  ASSERT_OK_AND_ASSIGN(const std::vector<const View*> views, engine_.Views("sea"));
  const auto losses = std::find_if(views.begin(), views.end(),
                                   [](const View* view) { return view->name == "losses"; });
  ASSERT_NE(losses, views.end());
  PinnedAsOf step = Pin({.valid = "2031-02-01"});
  std::vector<PinnedAsOf> steps;
  for (; steps.size() < 1000; step.valid.micros += 3'600'000'000) steps.push_back(step);
  ASSERT_OK_AND_ASSIGN(
      const v1::HistoryResult result,
      AnswerHistory(
          {.timeline = settings, .view = *losses, .log = timeline_.log(), .index = &counted},
          steps));
  ASSERT_EQ(result.points_size(), 1000);
  EXPECT_THAT(result.points(0).rows(), IsEmpty());
  EXPECT_EQ(result.points(999).rows(0).cells().at("lost").possible().quantity().lower(), 5);
  EXPECT_EQ(counted.sweeps(), 2);
  EXPECT_EQ(counted.questions(), 2) << "how many rows an answer has is asked once a world";
}

TEST_F(HistoryTest, NoStepsAreNoPoints) {
  ASSERT_OK_AND_ASSIGN(const v1::HistoryResult result, engine_.History("sea", "losses", {}));
  EXPECT_THAT(result.points(), IsEmpty());
}

}  // namespace
}  // namespace annals
