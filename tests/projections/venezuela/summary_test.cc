#include "projections/venezuela/summary.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/venezuela/venezuela_domain.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/projections/scenario.h"
#include "tests/projections/venezuela/event_text.h"
#include "tests/testing/status_matchers.h"

namespace annals::venezuela {
namespace {

using ::annals::testing::At;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Said;
using ::annals::testing::Scenario;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SummaryTest, WithoutEventsThereAreNoRows) {
  const Scenario scenario(VenezuelaDomain());
  EXPECT_THAT(scenario.Ask("summary", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(SummaryTest, NamesFactsAfterTheirTypes) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(3), At(8), Said("reporters", "MaduroCaptured", "", "2026-01-03")));
  ASSERT_OK(scenario.Add(At(8), At(8), Said("jorge", "ReleaseAnnounced", "", "2026-01-08")));
  ASSERT_OK(scenario.Add(At(8), At(8), Said("trump", "StrikeWaveCancelled", "", "2026-01-08")));
  EXPECT_THAT(
      scenario.Ask("summary", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("maduro-captured: occurred=2026-01-03@1 asserter=reporters@1",
                               "release-announced: occurred=2026-01-08@2 asserter=jorge@2",
                               "strike-wave-cancelled: occurred=2026-01-08@3 asserter=trump@3")));
}

TEST(SummaryTest, TheStagesOfAClosureAreOneFactButForTheDemand) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(4), At(8), Said("S1", "PrisonClosureOrdered", "", "2026-01-04")));
  ASSERT_OK(scenario.Add(At(9), At(9), Said("critics", "PrisonClosureDemanded", "", "2026-01-09")));
  ASSERT_OK(scenario.Add(At(9), At(9), Said("trump", "PrisonClosureAgreed", "", "2026-01-09")));
  EXPECT_THAT(scenario.Ask("summary", WorldKind::kCertain, 8),
              IsOkAndHolds(ElementsAre("closure-claimed: occurred=2026-01-04@1 asserter=S1@1")));
  EXPECT_THAT(
      scenario.Ask("summary", WorldKind::kCertain, 9),
      IsOkAndHolds(ElementsAre("closure-claimed: occurred=2026-01-09@3 asserter=trump@3",
                               "closure-demanded: occurred=2026-01-09@2 asserter=critics@2")));
}

TEST(SummaryTest, ALaterUnattributedFactDoesNotKeepTheFormerAsserter) {
  Scenario scenario(VenezuelaDomain());
  ASSERT_OK(scenario.Add(At(8), At(8), Said("reporters", "ReleaseReported", "", "2026-01-08")));
  ASSERT_OK(scenario.Add(At(9), At(9), Said("", "ReleaseReported", "")));
  EXPECT_THAT(
      scenario.Ask("summary", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("release-reported: occurred=undated@2 asserter=unattributed@2")));
}

TEST(SummaryTest, TheEnginesOwnEventsAreNoFacts) {
  Scenario scenario(VenezuelaDomain());
  v1::Event registration;
  registration.mutable_payload()->PackFrom(v1::SourceRegistered());
  ASSERT_OK(scenario.Add(At(1), At(1), registration.ShortDebugString()));
  ASSERT_OK(scenario.Add(At(1), At(1), R"(correction { kind: RETRACTS targets: "x" })"));
  EXPECT_THAT(scenario.Ask("summary", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals::venezuela
