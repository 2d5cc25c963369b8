#include "engine/query/verbs/as_of.h"

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::CrewListed;
using ::annals::testing::Retraction;
using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::annals::testing::Superseding;
using ::annals::testing::WithId;
using ::annals::testing::WreckFound;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AsOfTest : public annals::testing::SeaTest {
 protected:
  v1::ViewResult Ask(const std::string& view, const AsOfQuestion& question) {
    const absl::StatusOr<v1::ViewResult> result = engine_.AsOf("sea", view, Pin(question));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : v1::ViewResult();
  }

  // A view made of `evaluate` alone, with one key column and one quantity.
  void AddView(const std::string& name,
               std::function<absl::StatusOr<std::vector<WorldRow>>(const World&)> evaluate) {
    domains_[0].views.push_back(View{.name = name,
                                     .columns = {KeyColumn("k"), QuantityColumn("q", "")},
                                     .evaluate = std::move(evaluate)});
  }
};

// "world:position", in the order of the answer.
std::vector<std::string> Places(const v1::Cell& cell) {
  std::vector<std::string> places;
  for (const v1::Evidence& evidence : cell.evidence()) {
    places.push_back((evidence.world() == v1::CERTAIN ? "certain:" : "possible:") +
                     std::to_string(evidence.position()));
  }
  return places;
}

TEST_F(AsOfTest, JoinsTheRowsOfBothWorlds) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  Record(ShipSunk("sun", "baltic", 2, 4, {"[2031-01-05..2031-03-01]", "2031-03-02"}));
  Record(ShipSunk("star", "north", 8, 8, {"[2031-01-05..2031-03-01]", "2031-03-02"}));

  const v1::ViewResult result = Ask("losses", {.valid = "2031-02-01"});
  ASSERT_EQ(result.rows_size(), 2);
  EXPECT_EQ(result.rows(0).key().at("sea"), "baltic");
  const v1::Cell& baltic = result.rows(0).cells().at("lost");
  EXPECT_EQ(baltic.certain().quantity().lower(), 3);
  EXPECT_EQ(baltic.certain().quantity().upper(), 3);
  EXPECT_EQ(baltic.possible().quantity().lower(), 5);
  EXPECT_EQ(baltic.possible().quantity().upper(), 7);
  EXPECT_THAT(Places(baltic), ElementsAre("certain:1", "possible:1", "possible:2"));

  EXPECT_EQ(result.rows(1).key().at("sea"), "north");
  const v1::Cell& north = result.rows(1).cells().at("lost");
  EXPECT_FALSE(north.has_certain()) << "nothing recorded is no zero";
  EXPECT_EQ(north.possible().quantity().lower(), 8);
  EXPECT_THAT(Places(north), ElementsAre("possible:3"));
}

TEST_F(AsOfTest, ACellWithoutAValueIsAbsentInEitherWorld) {
  Record(CrewListed("rose", {"ann", "bo"}, {"2031-01-02", "2031-01-03"}));
  const v1::ViewResult result = Ask("ships", {});
  ASSERT_EQ(result.rows_size(), 1);
  EXPECT_EQ(result.rows(0).cells().size(), 4);
  const v1::Cell& sunk = result.rows(0).cells().at("sunk");
  EXPECT_FALSE(sunk.has_certain());
  EXPECT_FALSE(sunk.has_possible());
  EXPECT_THAT(sunk.evidence(), IsEmpty());
  EXPECT_EQ(result.rows(0).cells().at("crew").certain().quantity().lower(), 2);
}

TEST_F(AsOfTest, ARowMayStandInTheCertainWorldAlone) {
  // The correction may have been known in March already, and was for certain in
  // May: in between, only the possible world is without the event.
  Record(WithId(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}), "a"));
  Record(Retraction({"a"}, {"2031-01-02", "[2031-03-01..2031-05-01]"}));
  const v1::ViewResult result = Ask("losses", {.known = "2031-04-01"});
  ASSERT_EQ(result.rows_size(), 1);
  const v1::Cell& lost = result.rows(0).cells().at("lost");
  EXPECT_TRUE(lost.has_certain());
  EXPECT_FALSE(lost.has_possible());
  EXPECT_THAT(Places(lost), ElementsAre("certain:1"));
  EXPECT_THAT(Ask("losses", {.known = "2031-05-01"}).rows(), IsEmpty());
}

TEST_F(AsOfTest, EachWorldHasItsOwnEvidenceForARegister) {
  Record(WithId(ShipSunk("rose", "baltic", 3, 3, {"2031-01", "2031-02-01"}), "vague"));
  Record(Superseding(ShipSunk("rose", "north", 3, 3, {"2031-01-09", "[2031-03-01..2031-05-01]"}),
                     "vague"));
  const v1::Cell sea = Ask("ships", {.known = "2031-04-01"}).rows(0).cells().at("sea");
  EXPECT_EQ(sea.certain().text(), "baltic");
  EXPECT_EQ(sea.possible().text(), "north");
  EXPECT_THAT(Places(sea), ElementsAre("certain:1", "possible:2"));
}

TEST_F(AsOfTest, EvidenceSaysWhoClaimsItAndWhere) {
  v1::Event event = WithId(WreckFound("rose", false, {"2031-01-02", "2031-01-03"}), "dive-7");
  v1::Citation* const citation = event.add_citations();
  citation->set_source("dive-log");
  citation->set_locator("page 3");
  Record(event);
  const v1::ViewResult result = Ask("ships", {});
  const v1::Cell& intact = result.rows(0).cells().at("intact");
  EXPECT_EQ(intact.certain().kind_case(), v1::Value::kFlag) << "false is a value";
  ASSERT_EQ(intact.evidence_size(), 2);
  EXPECT_EQ(intact.evidence(0).event(), "dive-7");
  EXPECT_EQ(intact.evidence(0).asserter(), "lloyds");
  ASSERT_EQ(intact.evidence(0).citations_size(), 1);
  EXPECT_EQ(intact.evidence(0).citations(0).locator(), "page 3");
}

TEST_F(AsOfTest, AnEventCountsOnceAWorldHoweverManySourcesNameIt) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  const MeasureRef lost = {"shipwrecks.sinkings", "lost"};
  AddView("twice", [lost](const World&) -> absl::StatusOr<std::vector<WorldRow>> {
    return std::vector<WorldRow>{
        {{"all"},
         {{QuantityValue(Quantity::Exactly(1)), {Position{1}, ContributionsOf{lost, {}}}}}}};
  });
  EXPECT_THAT(Places(Ask("twice", {}).rows(0).cells().at("q")),
              ElementsAre("certain:1", "possible:1"));
}

TEST_F(AsOfTest, EvidenceIsLimitedToTheFirstOfEachWorld) {
  for (int i = 0; i < 5; ++i) {
    Record(ShipSunk("rose", "baltic", 1, 1, {"2031-01-02", "2031-01-03"}));
  }
  ASSERT_OK_AND_ASSIGN(const v1::ViewResult two, engine_.AsOf("sea", "losses", Pin({}), 2));
  EXPECT_THAT(Places(two.rows(0).cells().at("lost")),
              ElementsAre("certain:1", "certain:2", "possible:1", "possible:2"));
  ASSERT_OK_AND_ASSIGN(const v1::ViewResult none, engine_.AsOf("sea", "losses", Pin({}), 0));
  EXPECT_THAT(none.rows(0).cells().at("lost").evidence(), IsEmpty());
  EXPECT_TRUE(none.rows(0).cells().at("lost").has_certain());
}

TEST_F(AsOfTest, TheAnswerEchoesTheQuestionPinned) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  Record(ShipSunk("sun", "baltic", 2, 2, {"2031-01-02", "2031-01-03"}));
  const v1::ViewResult result = Ask("losses", {.valid = "2031-01-12", .position = 1});
  EXPECT_EQ(result.timeline(), "sea");
  EXPECT_EQ(result.view(), "losses");
  EXPECT_EQ(result.as_of().valid(), "2031-01-12T23:59:59.999999Z");
  EXPECT_EQ(result.as_of().known(), "2032-01-01T00:00:00Z");
  EXPECT_EQ(result.as_of().position(), 1);
  ASSERT_EQ(result.columns_size(), 2);
  EXPECT_EQ(result.columns(1).unit(), "persons");
  EXPECT_EQ(result.rows(0).cells().at("lost").certain().quantity().lower(), 3);
  EXPECT_EQ(timeline_.waited_for(), Position{1});
}

TEST_F(AsOfTest, WhatWasJustRecordedIsKnownThoughTheClockWentBack) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"", ""}));
  clock_.Set(At("2031-12-01T00:00:00Z"));
  EXPECT_EQ(Ask("losses", {}).rows_size(), 1);
}

TEST_F(AsOfTest, PositionZeroIsAnEmptyTimeline) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  EXPECT_THAT(Ask("losses", {.position = 0}).rows(), IsEmpty());
}

TEST_F(AsOfTest, APositionBeyondTheHeadIsRefusedNotWaitedFor) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  const PinnedAsOf as_of = {Instant::End(), Instant::End(), Position{2}};
  EXPECT_THAT(engine_.AsOf("sea", "losses", as_of),
              StatusIs(absl::StatusCode::kOutOfRange,
                       AllOf(HasSubstr("timeline \"sea\""), HasSubstr("position 2"),
                             HasSubstr("the last event has position 1"))));
}

TEST_F(AsOfTest, AnUnknownTimelineOrViewIsAnsweredWithThoseThereAre) {
  EXPECT_THAT(engine_.AsOf("see", "losses", PinnedAsOf()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("there is \"sea\"")));
  EXPECT_THAT(engine_.Pin("see", {}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"see\"")));
  EXPECT_THAT(engine_.Views("see"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"see\"")));
  EXPECT_THAT(engine_.AsOf("sea", "loses", PinnedAsOf()),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("timeline \"sea\": there is no view \"loses\""),
                             HasSubstr("\"ships\", \"losses\""))));
}

TEST_F(AsOfTest, AStoppedProjectionFailsOnlyTheViewsThatReadIt) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  timeline_.Stop("shipwrecks.crews", absl::FailedPreconditionError("stopped at position 1"));
  EXPECT_THAT(engine_.AsOf("sea", "ships", Pin({})),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("timeline \"sea\", view \"ships\""),
                             HasSubstr("stopped at position 1"))));
  EXPECT_EQ(Ask("losses", {}).rows_size(), 1);
}

TEST_F(AsOfTest, ASumBeyond64BitsIsAnError) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}));
  AddView("huge", [](const World&) -> absl::StatusOr<std::vector<WorldRow>> {
    ANNALS_ASSIGN_OR_RETURN(
        const Quantity sum,
        Add(Quantity::Exactly(std::numeric_limits<int64_t>::max()), Quantity::Exactly(1)));
    return std::vector<WorldRow>{{{"all"}, {{QuantityValue(sum), {Position{1}}}}}};
  });
  EXPECT_THAT(engine_.AsOf("sea", "huge", Pin({})),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("view \"huge\"")));
}

// What a view may get wrong.
struct Bug {
  std::string name;
  std::vector<WorldRow> rows;
  std::string message;
};

class ViewBugTest : public AsOfTest, public ::testing::WithParamInterface<Bug> {};

TEST_P(ViewBugTest, IsNamedWithTheViewAndTheKey) {
  Record(CrewListed("rose", {"ann"}, {"2031-01-02", "2031-01-03"}));
  const std::vector<WorldRow> rows = GetParam().rows;
  AddView("bad", [rows](const World&) { return absl::StatusOr<std::vector<WorldRow>>(rows); });
  EXPECT_THAT(
      engine_.AsOf("sea", "bad", Pin({})),
      StatusIs(absl::StatusCode::kInternal, AllOf(HasSubstr("view \"bad\""), HasSubstr("key \"x\""),
                                                  HasSubstr(GetParam().message))));
}

WorldCell One(std::vector<EvidenceSource> evidence) {
  return {QuantityValue(Quantity::Exactly(1)), std::move(evidence)};
}

INSTANTIATE_TEST_SUITE_P(
    Views, ViewBugTest,
    ::testing::Values(
        Bug{"NoEvidence", {{{"x"}, {One({})}}}, "column \"q\" has a value without evidence"},
        Bug{"NoKind", {{{"x"}, {{v1::Value(), {Position{1}}}}}}, "has a value of no kind"},
        Bug{"TooFewCells", {{{"x"}, {}}}, "1 columns that aren't keys, and the row has 0 cells"},
        Bug{"LongKey",
            {{{"x", "y"}, {One({Position{1}})}}},
            "1 key columns, and the key has 2 elements"},
        Bug{"KeyTwice",
            {{{"x"}, {One({Position{1}})}}, {{"x"}, {One({Position{1}})}}},
            "returns this key twice"},
        Bug{"PositionBeyond", {{{"x"}, {One({Position{2}})}}}, "the evidence names position 2"},
        Bug{"PositionZero", {{{"x"}, {One({Position{0}})}}}, "the evidence names position 0"},
        Bug{"EmptyEvidence",
            {{{"x"}, {One({ContributionsOf{{"shipwrecks.crews", "crew"}, {"star"}}})}}},
            "evidence holds no event"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace annals
