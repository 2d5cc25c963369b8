// When an event happened and could be known, and the sources that say so.
#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/log/event_log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::January;
using ::annals::testing::kNoon;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeSource;
using ::annals::testing::MakeTimeline;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using absl::StatusCode;

class EventTimesTest : public LogFixture {
 protected:
  // Records the event and returns it as stored.
  v1::Event Record(v1::Event event) {
    const std::string id = event.id();
    EXPECT_OK(Append({std::move(event)}));
    const auto stored = log().Find("t", id);
    EXPECT_OK(stored);
    return stored.ok() ? *stored : v1::Event();
  }

  static v1::Event Citing(v1::Event event, const std::vector<std::string>& sources) {
    for (const std::string& source : sources) event.add_citations()->set_source(source);
    return event;
  }
};

TEST_F(EventTimesTest, UnstatedTimesAreOpenUpToTheRecording) {
  CreateTimeline();
  clock_.Advance(5);
  const v1::Event event = Record(MakeNote("a", "s"));
  EXPECT_EQ(event.occurred_bounds().earliest(), Instant::Beginning().micros);
  EXPECT_EQ(event.occurred_bounds().latest(), kNoon.micros + 5);
  EXPECT_EQ(event.known_bounds().earliest(), kNoon.micros + 5);
  EXPECT_EQ(event.known_bounds().latest(), kNoon.micros + 5);
}

TEST_F(EventTimesTest, StatedDatesAreResolvedInTheHomeZoneAndTightened) {
  ASSERT_OK(Append({MakeTimeline("created", "America/Caracas")}));  // UTC-4
  v1::Event note = MakeNote("a", "s");
  note.set_occurred("2026-01-03");
  note.set_published("[2026-01-02..2026-01-08]");
  const v1::Event event = Record(note);
  const int64_t offset = 4 * 3'600 * ::annals::testing::kSecond;
  EXPECT_EQ(event.occurred_bounds().earliest(), January(3).micros + offset);
  EXPECT_EQ(event.occurred_bounds().latest(), January(4).micros + offset - 1);
  // Not known before it happened.
  EXPECT_EQ(event.known_bounds().earliest(), January(3).micros + offset);
  EXPECT_EQ(event.known_bounds().latest(), January(9).micros + offset - 1);
}

TEST_F(EventTimesTest, EarliestPublicationOfTheCitedSourcesCounts) {
  CreateTimeline();
  ASSERT_OK(Append({MakeSource("p", "vague", "[2026-01-02..2026-01-10]"),
                    MakeSource("q", "exact", "2026-01-05"), MakeSource("r", "undated")}));
  const v1::Event event = Record(Citing(MakeNote("a", "s"), {"undated", "vague", "exact"}));
  EXPECT_EQ(event.known_bounds().earliest(), January(2).micros);
  EXPECT_EQ(event.known_bounds().latest(), January(6).micros - 1);
  const v1::Event undated = Record(Citing(MakeNote("b", "s"), {"undated"}));
  EXPECT_EQ(undated.known_bounds().earliest(), undated.known_bounds().latest());
}

TEST_F(EventTimesTest, StatedPublicationOutdoesTheSources) {
  CreateTimeline();
  ASSERT_OK(Append({MakeSource("p", "x", "2026-01-02")}));
  v1::Event note = Citing(MakeNote("a", "s"), {"x"});
  note.set_published("2026-01-07");
  const v1::Event event = Record(note);
  EXPECT_EQ(event.known_bounds().earliest(), January(7).micros);
}

TEST_F(EventTimesTest, SourceIsKnownFromItsOwnPublication) {
  CreateTimeline();
  const v1::Event dated = Record(MakeSource("p", "x", "2026-01-02"));
  EXPECT_EQ(dated.known_bounds().earliest(), January(2).micros);
  EXPECT_EQ(dated.known_bounds().latest(), January(3).micros - 1);
  const v1::Event undated = Record(MakeSource("q", "y"));
  EXPECT_EQ(undated.known_bounds().earliest(), undated.known_bounds().latest());
}

TEST_F(EventTimesTest, LatestEditionOfASourceCountsAlsoAfterReopening) {
  CreateTimeline();
  ASSERT_OK(Append({MakeSource("p", "x", "2026-01-02"), MakeSource("q", "x", "2026-01-04")}));
  EXPECT_EQ(Record(Citing(MakeNote("a", "s"), {"x"})).known_bounds().earliest(), January(4).micros);
  ASSERT_OK(Reopen());
  EXPECT_EQ(Record(Citing(MakeNote("b", "s"), {"x"})).known_bounds().earliest(), January(4).micros);
  // What was recorded before an edition keeps its dates.
  ASSERT_OK(Append({MakeSource("r", "x", "2026-01-06")}));
  ASSERT_OK_AND_ASSIGN(const v1::Event before, log().Find("t", "a"));
  EXPECT_EQ(before.known_bounds().earliest(), January(4).micros);
  EXPECT_EQ(Record(Citing(MakeNote("c", "s"), {"x"})).known_bounds().earliest(), January(6).micros);
}

TEST_F(EventTimesTest, CrossingDatesAreRefusedNamingBoth) {
  CreateTimeline();
  v1::Event note = MakeNote("a", "s");
  note.set_occurred("2026-01-10");
  note.set_published("2026-01-08");
  EXPECT_THAT(Append({note}), StatusIs(StatusCode::kInvalidArgument,
                                       AllOf(StartsWith("event 1 \"a\""), HasSubstr("2026-01-10"),
                                             HasSubstr("2026-01-08"))));
}

TEST_F(EventTimesTest, MalformedDatesAreRefusedNamingTheField) {
  CreateTimeline();
  v1::Event note = MakeNote("a", "s");
  note.set_occurred("2026-13");
  EXPECT_THAT(Append({note}),
              StatusIs(StatusCode::kInvalidArgument, StartsWith("event 1 \"a\": occurred")));
  note.clear_occurred();
  note.set_published("soon");
  EXPECT_THAT(Append({note}),
              StatusIs(StatusCode::kInvalidArgument, StartsWith("event 1 \"a\": published")));
  EXPECT_THAT(Append({MakeSource("p", "x", "soon")}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("the source's published")));
  note.set_published("Y999999999");
  EXPECT_THAT(Append({note}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("published")));
}

// --- Sources -----------------------------------------------------------

TEST_F(EventTimesTest, CitedSourceMustBeRegisteredBefore) {
  CreateTimeline();
  v1::Event note = MakeNote("a", "s");
  note.add_citations()->set_source("x");
  EXPECT_THAT(Append({note}), StatusIs(StatusCode::kNotFound,
                                       AllOf(StartsWith("event 1 \"a\": citation 1: source \"x\""),
                                             HasSubstr("\"source/x\""))));
  EXPECT_THAT(Append({note, MakeSource("p", "x")}),
              StatusIs(StatusCode::kNotFound, HasSubstr("x")));
  EXPECT_THAT(Append({MakeSource("p", "x"), note}), IsOk());
}

TEST_F(EventTimesTest, CitedHashMustBeOneOfTheSource) {
  CreateTimeline();
  const std::string first(64, 'a');
  const std::string second(64, 'b');
  ASSERT_OK(Append({MakeSource("p", "x", "", first), MakeSource("q", "x", "", second)}));
  for (const std::string& hash : {first, second}) {
    v1::Event note = MakeNote("a" + hash.substr(0, 1), "s");
    note.add_citations()->set_source("x");
    note.mutable_citations(0)->set_sha256(hash);
    EXPECT_THAT(Append({note}), IsOk());
  }
  v1::Event note = MakeNote("c", "s");
  note.add_citations()->set_source("x");
  note.mutable_citations(0)->set_sha256(std::string(64, 'c'));
  EXPECT_THAT(Append({note}), StatusIs(StatusCode::kNotFound, HasSubstr("SHA-256 cccc")));
}

TEST_F(EventTimesTest, SourceIsRegisteredInItsOwnStream) {
  CreateTimeline();
  v1::Event source = MakeSource("p", "x");
  source.set_stream("source/y");
  EXPECT_THAT(Append({source}), StatusIs(StatusCode::kInvalidArgument,
                                         AllOf(HasSubstr("source/y"), HasSubstr("source/x"))));
}

}  // namespace
}  // namespace annals
