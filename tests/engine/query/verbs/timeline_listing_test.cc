#include "engine/query/verbs/timeline_listing.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::CrewListed;
using ::annals::testing::Dates;
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

class TimelineListingTest : public annals::testing::SeaTest {
 protected:
  v1::EventList Ask(const EventFilter& filter, const AsOfQuestion& question = {}) {
    const auto list = engine_.Timeline("sea", filter, Pin(question));
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() ? *list : v1::EventList();
  }

  std::vector<std::string> Ids(const EventFilter& filter, const AsOfQuestion& question = {}) {
    const v1::EventList list = Ask(filter, question);
    std::vector<std::string> ids;
    for (const v1::ListedEvent& listed : list.events()) ids.push_back(listed.event().id());
    return ids;
  }

  void Rose(const std::string& id, const Dates& dates) {
    Record(WithId(WreckFound("rose", true, dates), id));
  }
};

TEST_F(TimelineListingTest, IsOrderedByWhenItHappened) {
  Rose("late", {"2031-05", ""});
  Rose("month", {"2031-01", ""});
  Rose("first-day", {"2031-01-01", ""});
  Rose("again", {"2031-01-01", ""});
  Rose("open", {"", "2031-03-01"});  // At any time up to 1 March: its latest bound places it.
  Rose("spring", {"2031-02-28", ""});
  EXPECT_THAT(Ids({}), ElementsAre("first-day", "again", "month", "spring", "open", "late"));
}

TEST_F(TimelineListingTest, TimeFiltersKeepWhatMayHaveHappenedWithin) {
  Rose("january", {"2031-01", ""});
  Rose("tenth", {"2031-01-10", ""});
  Rose("february", {"2031-02", ""});
  EXPECT_THAT(Ids({.from = At("2031-01-11T00:00:00Z")}), ElementsAre("january", "february"));
  EXPECT_THAT(Ids({.to = At("2031-01-09T23:59:59Z")}), ElementsAre("january"));
  EXPECT_THAT(Ids({.from = At("2031-01-10T23:59:59.999999Z"), .to = At("2031-02-01T00:00:00Z")}),
              ElementsAre("january", "tenth", "february"))
      << "both limits are included";
  EXPECT_THAT(Ids({.from = At("2031-03-01T00:00:00Z")}), IsEmpty());
}

TEST_F(TimelineListingTest, TypeIsAFullOrALastNameAndReadsThatTypeAlone) {
  Record(WithId(ShipSunk("rose", "baltic", 1, 1, {"2031-01-01", ""}), "sunk"));
  Record(WithId(WreckFound("rose", true, {"2031-01-02", ""}), "found"));
  EXPECT_THAT(Ids({.type = "WreckFound"}), ElementsAre("found"));
  EXPECT_THAT(Ids({.type = "shipwrecks.v1.ShipSunk"}), ElementsAre("sunk"));
  EXPECT_THAT(Ids({.type = "CrewListed"}), IsEmpty());
  EXPECT_THAT(timeline_.reads(),
              ElementsAre("type shipwrecks.v1.WreckFound", "type shipwrecks.v1.ShipSunk",
                          "type shipwrecks.v1.CrewListed"));
  EXPECT_THAT(engine_.Timeline("sea", {.type = "ReleaseVerified"}, Pin({})),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("timeline \"sea\""), HasSubstr("\"ReleaseVerified\""),
                             HasSubstr("\"shipwrecks.v1.CrewListed\""))));
}

TEST_F(TimelineListingTest, StreamIsExactOrAPrefixThatEndsInASlash) {
  Record(WithId(WreckFound("rose", true, {"2031-01-01", ""}), "rose"));
  Record(WithId(WreckFound("rosebud", true, {"2031-01-02", ""}), "rosebud"));
  Record(WithId(Retraction({"rosebud"}, {"2031-01-03", ""}), "retraction"));
  EXPECT_THAT(Ids({.stream = "ship/rose"}), ElementsAre("rose"));
  EXPECT_THAT(Ids({.stream = "ship/"}), ElementsAre("rose", "rosebud"));
  EXPECT_THAT(Ids({.stream = "ship"}), IsEmpty());
  EXPECT_THAT(Ids({.type = "WreckFound", .stream = "ship/rosebud"}), ElementsAre("rosebud"));
  EXPECT_THAT(Ids({.type = "ShipSunk", .stream = "ship/rosebud"}), IsEmpty());
  EXPECT_THAT(timeline_.reads(), ElementsAre("stream ship/rose", "all", "stream ship",
                                             "stream ship/rosebud", "stream ship/rosebud"));
}

TEST_F(TimelineListingTest, AsserterAndSourceAreExact) {
  v1::Event event = WithId(WreckFound("rose", true, {"2031-01-01", ""}), "cited");
  event.add_citations()->set_source("times");
  event.add_citations()->set_source("herald");
  Record(event);
  event = WithId(WreckFound("rose", true, {"2031-01-02", ""}), "navy");
  event.set_asserter("navy");
  Record(event);
  EXPECT_THAT(Ids({.asserter = "navy"}), ElementsAre("navy"));
  EXPECT_THAT(Ids({.asserter = "nav"}), IsEmpty());
  EXPECT_THAT(Ids({.source = "herald"}), ElementsAre("cited"));
  EXPECT_THAT(Ids({.source = "her"}), IsEmpty());
  EXPECT_THAT(Ids({.asserter = "navy", .source = "herald"}), IsEmpty());
}

TEST_F(TimelineListingTest, SearchGoesWithoutCaseAndAccents) {
  Record(WithId(CrewListed("rose", {"Gabriel García Márquez"}, {"2031-01-01", ""}), "gabo"));
  Record(WithId(CrewListed("star", {"María\u00A0Corina"}, {"2031-01-02", ""}), "maria"));
  EXPECT_THAT(Ids({.text = "marquez"}), ElementsAre("gabo"));
  EXPECT_THAT(Ids({.text = "MÁRQUEZ"}), ElementsAre("gabo"));
  EXPECT_THAT(Ids({.text = "maria corina"}), ElementsAre("maria"));
  EXPECT_THAT(Ids({.text = "corina\u00A0MARIA"}), ElementsAre("maria")) << "in any order";
  EXPECT_THAT(Ids({.text = "maria marquez"}), IsEmpty()) << "every word must be there";
  EXPECT_THAT(Ids({.text = "  "}), ElementsAre("gabo", "maria"));
}

TEST_F(TimelineListingTest, SearchLooksIntoEveryText) {
  v1::Event event = WithId(ShipSunk("rose", "baltic", 1, 1, {"2031-01-01", ""}), "event-id");
  event.set_stream("ship/stream-name");
  event.set_asserter("asserter-name");
  event.add_attribution("attribution-name");
  v1::Citation* const citation = event.add_citations();
  citation->set_source("source-name");
  citation->set_locator("page forty");
  citation->set_paraphrase("in her own words");
  (*event.mutable_metadata())["desk"] = "night-shift";
  Record(event);
  Record(WithId(Retraction({"event-id"}, {"2031-01-02", ""}), "retraction"));
  for (const char* word :
       {"event-id", "stream-name", "asserter-name", "attribution-name", "source-name", "forty",
        "own words", "desk", "night-shift", "ShipSunk", "baltic"}) {
    EXPECT_THAT(Ids({.text = word}), ElementsAre("event-id")) << word;
  }
  EXPECT_THAT(Ids({.text = "mistake board"}), ElementsAre("retraction"));
}

TEST_F(TimelineListingTest, EndsAtThePositionAsked) {
  Rose("one", {"2031-01-02", ""});
  Rose("two", {"2031-01-01", ""});
  EXPECT_THAT(Ids({}, {.position = 1}), ElementsAre("one"));
  EXPECT_THAT(Ids({}, {.position = 0}), IsEmpty());
  EXPECT_EQ(Ask({}, {.position = 1}).as_of().position(), 1);
}

TEST_F(TimelineListingTest, TellsWhichCorrectionsStandAsKnownThen) {
  Rose("claim", {"2031-01-02", "2031-01-03"});
  Record(WithId(Superseding(WreckFound("rose", false, {"2031-01-02", "2031-03-01"}), "claim"),
                "correction"));
  Record(WithId(Retraction({"correction"}, {"2031-01-02", "2031-05-01"}), "retraction"));
  Record(WithId(Retraction({"claim"}, {"2031-01-02", "2031-07-01"}), "second"));
  const auto corrections = [&](const AsOfQuestion& question) {
    std::vector<std::vector<uint64_t>> all;
    const v1::EventList list = Ask({}, question);
    for (const v1::ListedEvent& listed : list.events()) {
      all.emplace_back(listed.corrected_by().begin(), listed.corrected_by().end());
    }
    return all;
  };
  using Positions = std::vector<uint64_t>;
  EXPECT_THAT(corrections({.known = "2031-02-01"}),
              ElementsAre(Positions{}, Positions{}, Positions{}, Positions{}));
  EXPECT_THAT(corrections({.known = "2031-04-01"}),
              ElementsAre(Positions{2}, Positions{}, Positions{}, Positions{}));
  EXPECT_THAT(corrections({.known = "2031-06-01"}),
              ElementsAre(Positions{}, Positions{3}, Positions{}, Positions{}))
      << "a correction that was retracted corrects nothing";
  EXPECT_THAT(corrections({}), ElementsAre(Positions{4}, Positions{3}, Positions{}, Positions{}));
  EXPECT_THAT(corrections({.position = 2}), ElementsAre(Positions{2}, Positions{}));
  EXPECT_THAT(corrections({.valid = "2030"}),
              ElementsAre(Positions{4}, Positions{3}, Positions{}, Positions{}))
      << "valid time plays no part";
}

TEST_F(TimelineListingTest, PayloadsThatCannotBeReadAreNamed) {
  Rose("readable", {"2031-01-02", ""});
  v1::Event event = WreckFound("rose", true, {"2031-01-02", ""});
  event.mutable_payload()->set_type_url("type.googleapis.com/venus.v1.Landing");
  Record(event);
  EXPECT_EQ(Ask({}).events_size(), 2);
  EXPECT_THAT(engine_.Timeline("sea", {.text = "x"}, Pin({})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("position 2"), HasSubstr("venus.v1.Landing"))));
}

TEST_F(TimelineListingTest, BeyondTheHeadIsRefused) {
  EXPECT_THAT(engine_.Timeline("sea", {}, {Instant::End(), Instant::End(), Position{1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 1")));
}

}  // namespace
}  // namespace annals
