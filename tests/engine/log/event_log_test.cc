#include "engine/log/event_log.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/position.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::kDay;
using ::annals::testing::kNoon;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeSource;
using ::annals::testing::MakeTimeline;
using ::annals::testing::Note;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

using absl::StatusCode;

class EventLogTest : public LogFixture {};

// --- Timelines -----------------------------------------------------------------

TEST_F(EventLogTest, FirstEventCreatesTheTimeline) {
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeTimeline("created", "America/Caracas")}));
  ASSERT_EQ(receipts.size(), 1);
  EXPECT_EQ(receipts[0].position, Position{1});
  EXPECT_EQ(receipts[0].revision, 1);
  EXPECT_EQ(receipts[0].recorded_at, kNoon);
  EXPECT_FALSE(receipts[0].duplicate);
  EXPECT_THAT(log().Timelines(), ElementsAre("t"));
  ASSERT_OK_AND_ASSIGN(const TimelineSettings settings, log().Settings("t"));
  EXPECT_EQ(settings.name, "t");
  EXPECT_EQ(settings.number, 1);
  EXPECT_EQ(settings.title, "A test");
  EXPECT_EQ(settings.domain, "test");
  EXPECT_EQ(settings.home_zone.name(), "America/Caracas");
  EXPECT_EQ(settings.widths.uncertain_and_approximate, 2);
}

TEST_F(EventLogTest, UnknownTimelineIsNotFoundAndTheOthersAreNamed) {
  EXPECT_THAT(Append({MakeNote("a", "s")}),
              StatusIs(StatusCode::kNotFound,
                       AllOf(HasSubstr("no timeline \"t\""), HasSubstr("has none yet"),
                             HasSubstr("annals.v1.TimelineCreated"))));
  CreateTimeline();
  EXPECT_THAT(log().Append({.timeline = "u", .events = {MakeNote("a", "s")}}),
              StatusIs(StatusCode::kNotFound, HasSubstr("the store has \"t\"")));
  EXPECT_THAT(log().GetHead("u"), StatusIs(StatusCode::kNotFound, HasSubstr("\"t\"")));
  EXPECT_THAT(log().Settings("u"), StatusIs(StatusCode::kNotFound, HasSubstr("\"t\"")));
}

TEST_F(EventLogTest, TimelineIsCreatedOnlyOnce) {
  CreateTimeline();
  EXPECT_THAT(Append({MakeTimeline("again")}),
              StatusIs(StatusCode::kAlreadyExists,
                       AllOf(StartsWith("event 1 \"again\""), HasSubstr("timeline \"t\" exists"))));
  EXPECT_THAT(Append({MakeNote("a", "s"), MakeTimeline("again")}),
              StatusIs(StatusCode::kInvalidArgument, StartsWith("event 2 \"again\"")));
}

TEST_F(EventLogTest, TimelineNeedsItsStreamItsZoneItsTitleAndAKnownDomain) {
  v1::Event event = MakeTimeline();
  event.set_stream("s");
  EXPECT_THAT(Append({event}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("\"timeline\"")));
  EXPECT_THAT(Append({MakeTimeline("id", "Europe/Atlantis")}),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(StartsWith("event 1 \"id\""), HasSubstr("Europe/Atlantis"))));
  v1::TimelineCreated created;
  created.set_home_zone("UTC");
  event = MakeTimeline();
  event.mutable_payload()->PackFrom(created);
  EXPECT_THAT(Append({event}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("title")));
  created.set_title("A");
  created.set_domain("nowhere");
  event.mutable_payload()->PackFrom(created);
  EXPECT_THAT(Append({event}),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("no domain \"nowhere\""), HasSubstr("\"test\""))));
  EXPECT_THAT(log().Timelines(), IsEmpty());
}

TEST_F(EventLogTest, TimelineNamesHaveAForm) {
  for (const std::string& name : {std::string(), std::string("Upper"), std::string("-a"),
                                  std::string("a b"), std::string("é")}) {
    EXPECT_THAT(log().Append({.timeline = name, .events = {MakeTimeline()}}),
                StatusIs(StatusCode::kInvalidArgument, StartsWith("timeline")))
        << name;
  }
  EXPECT_THAT(log().Append({.timeline = std::string(101, 'a'), .events = {MakeTimeline()}}),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("101 bytes")));
  EXPECT_THAT(log().Append({.timeline = std::string(100, 'a'), .events = {MakeTimeline()}}),
              IsOk());
  EXPECT_THAT(log().Append({.timeline = "0.a_b-c", .events = {MakeTimeline()}}), IsOk());
}

TEST_F(EventLogTest, TimelinesAreIndependent) {
  for (const std::string name : {"b", "a"}) {
    ASSERT_THAT(log().Append({.timeline = name, .events = {MakeTimeline(), MakeNote("x", "s")}}),
                IsOk());
  }
  EXPECT_THAT(log().Timelines(), ElementsAre("a", "b"));
  for (const std::string name : {"a", "b"}) {
    ASSERT_OK_AND_ASSIGN(const EventLog::Head head, log().GetHead(name));
    EXPECT_EQ(head.position, Position{2});
    ASSERT_OK_AND_ASSIGN(const v1::Event event, log().Find(name, "x"));
    EXPECT_EQ(event.timeline(), name);
    EXPECT_EQ(event.revision(), 1);
  }
}

TEST_F(EventLogTest, EventMayNameItsTimelineButNoOther) {
  CreateTimeline();
  v1::Event event = MakeNote("a", "s");
  event.set_timeline("t");
  EXPECT_THAT(Append({event}), IsOk());
  event.set_id("b");
  event.set_timeline("u");
  EXPECT_THAT(Append({event}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("\"u\"")));
}

// --- What the store assigns --------------------------------------------------------

TEST_F(EventLogTest, PositionsAndRevisionsAreDense) {
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Append({MakeNote("a", "s"), MakeNote("b", "r"), MakeNote("c", "s")}));
  ASSERT_OK_AND_ASSIGN(const auto second, Append({MakeNote("d", "s")}));
  EXPECT_EQ(first[0].position, Position{2});
  EXPECT_EQ(first[1].position, Position{3});
  EXPECT_EQ(first[2].position, Position{4});
  EXPECT_EQ(second[0].position, Position{5});
  EXPECT_EQ(first[0].revision, 1);
  EXPECT_EQ(first[1].revision, 1);
  EXPECT_EQ(first[2].revision, 2);
  EXPECT_EQ(second[0].revision, 3);
}

TEST_F(EventLogTest, RecordedAtGrowsEvenWhenTheClockGoesBack) {
  CreateTimeline();
  clock_.Advance(-kDay);
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("a", "s"), MakeNote("b", "s")}));
  EXPECT_EQ(receipts[0].recorded_at.micros, kNoon.micros + 1);
  EXPECT_EQ(receipts[1].recorded_at.micros, kNoon.micros + 2);
  clock_.Set({kNoon.micros + kDay});
  ASSERT_OK_AND_ASSIGN(const auto later, Append({MakeNote("c", "s")}));
  EXPECT_EQ(later[0].recorded_at.micros, kNoon.micros + kDay);
  ASSERT_OK_AND_ASSIGN(const v1::Event stored, log().Find("t", "c"));
  EXPECT_EQ(stored.recorded_at().seconds(), (kNoon.micros + kDay) / 1'000'000);
}

TEST_F(EventLogTest, IdIsDrawnWhenThereIsNone) {
  draw_id_ = [] { return "drawn"; };
  ASSERT_OK(Reopen());
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("", "s")}));
  EXPECT_EQ(receipts[0].id, "drawn");
  ASSERT_OK_AND_ASSIGN(const v1::Event event, log().Find("t", "drawn"));
  EXPECT_EQ(event.position(), 2);
}

TEST_F(EventLogTest, DrawnIdsDifferByDefault) {
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("", "s"), MakeNote("", "s")}));
  EXPECT_NE(receipts[0].id, receipts[1].id);
  EXPECT_THAT(receipts[0].id,
              ::testing::MatchesRegex(
                  "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST_F(EventLogTest, StatedEventMustLeaveAssignedFieldsOut) {
  CreateTimeline();
  v1::Event event = MakeNote("a", "s");
  event.set_position(2);
  EXPECT_THAT(Append({event}),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(StartsWith("event 1 \"a\": position"), HasSubstr("annals load"))));
}

// --- Corrections ----------------------------------------------------------------------

v1::Event Retract(const std::string& id, const std::vector<std::string>& targets) {
  v1::Event event;
  event.set_id(id);
  event.set_stream("corrections");
  event.mutable_correction()->set_kind(v1::Correction::RETRACTS);
  event.mutable_correction()->set_reason("mistaken");
  event.mutable_correction()->set_editor("the-editor");
  for (const std::string& target : targets) event.mutable_correction()->add_targets(target);
  return event;
}

TEST_F(EventLogTest, CorrectionGetsItsTargetsPositions) {
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "s")}));
  ASSERT_OK(Append({MakeNote("c", "s"), Retract("r", {"c", "a"})}));
  ASSERT_OK_AND_ASSIGN(const v1::Event event, log().Find("t", "r"));
  EXPECT_THAT(event.correction().target_positions(), ElementsAre(4, 2));
  EXPECT_THAT(Ids(log().ReadType("t", "", Position{})), ElementsAre("r"));
}

TEST_F(EventLogTest, CorrectionOfWhatIsNotThereYetIsNotFound) {
  CreateTimeline();
  EXPECT_THAT(Append({Retract("r", {"a"}), MakeNote("a", "s")}),
              StatusIs(StatusCode::kNotFound,
                       AllOf(StartsWith("event 1 \"r\": correction"), HasSubstr("target \"a\""))));
  EXPECT_THAT(log().Find("t", "a"), StatusIs(StatusCode::kNotFound, HasSubstr("\"a\"")));
}

// --- Idempotency ---------------------------------------------------------------------

TEST_F(EventLogTest, SameEventGetsItsFirstReceipt) {
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto first, Append({MakeNote("a", "s")}));
  ASSERT_OK(Append({MakeNote("b", "s")}));
  clock_.Advance(kDay);
  ASSERT_OK_AND_ASSIGN(const auto again, Append({MakeNote("a", "s")}));
  EXPECT_TRUE(again[0].duplicate);
  EXPECT_EQ(again[0].position, first[0].position);
  EXPECT_EQ(again[0].revision, first[0].revision);
  EXPECT_EQ(again[0].recorded_at, first[0].recorded_at);
  ASSERT_OK(Reopen());
  ASSERT_OK_AND_ASSIGN(const auto reopened, Append({MakeNote("a", "s")}));
  EXPECT_TRUE(reopened[0].duplicate);
  ASSERT_OK_AND_ASSIGN(const EventLog::Head head, log().GetHead("t"));
  EXPECT_EQ(head.position, Position{3});
}

TEST_F(EventLogTest, SameIdWithOtherContentsAlreadyExists) {
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s", "one")}));
  EXPECT_THAT(Append({MakeNote("a", "s", "two")}),
              StatusIs(StatusCode::kAlreadyExists,
                       AllOf(StartsWith("event 1 \"a\""), HasSubstr("position 2"))));
  EXPECT_THAT(Append({MakeNote("b", "s", "one"), MakeNote("b", "s", "two")}),
              StatusIs(StatusCode::kAlreadyExists, StartsWith("event 2 \"b\"")));
  EXPECT_THAT(log().Find("t", "b"), StatusIs(StatusCode::kNotFound, HasSubstr("\"b\"")));
}

TEST_F(EventLogTest, DuplicateWithinABatchIsRecordedOnce) {
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("a", "s"), MakeNote("a", "s")}));
  EXPECT_FALSE(receipts[0].duplicate);
  EXPECT_TRUE(receipts[1].duplicate);
  EXPECT_EQ(receipts[0].position, receipts[1].position);
}

TEST_F(EventLogTest, ResentBatchSucceedsThoughItsExpectedRevisionIsPast) {
  CreateTimeline();
  const std::vector<v1::Event> batch = {MakeNote("a", "s"), MakeNote("b", "s")};
  ASSERT_OK(Append(batch, ExpectedRevision::None()));
  ASSERT_OK_AND_ASSIGN(const auto again, Append(batch, ExpectedRevision::None()));
  EXPECT_TRUE(again[0].duplicate);
  EXPECT_TRUE(again[1].duplicate);
}

TEST_F(EventLogTest, BatchOfDuplicatesAndNewEventsRecordsTheNewOnes) {
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s")}));
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("a", "s"), MakeNote("b", "s")}));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_FALSE(receipts[1].duplicate);
  EXPECT_EQ(receipts[1].position, Position{3});
}

TEST_F(EventLogTest, ResentCreationOfATimelineIsADuplicate) {
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeTimeline(), MakeNote("a", "s")}));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_EQ(receipts[1].position, Position{2});
}

TEST_F(EventLogTest, EqualPayloadsInOtherBytesAreTheSameEvent) {
  CreateTimeline();
  Note note;
  (*note.mutable_labels())["a"] = "1";
  (*note.mutable_labels())["b"] = "2";
  v1::Event event = MakeNote("n", "s");
  event.mutable_payload()->PackFrom(note);
  ASSERT_OK(Append({event}));
  // The same map, its entries the other way round.
  event.mutable_payload()->set_value(std::string("\x1a\x06\x0a\x01") + "b\x12\x01" + "2" +
                                     "\x1a\x06\x0a\x01" + "a\x12\x01" + "1");
  ASSERT_OK_AND_ASSIGN(const auto again, Append({event}));
  EXPECT_TRUE(again[0].duplicate);
}

// --- Expected revisions ------------------------------------------------------------

TEST_F(EventLogTest, AppendRejectsStaleRevision) {
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s")}, ExpectedRevision::None()));
  EXPECT_THAT(
      Append({MakeNote("b", "s")}, ExpectedRevision::None()),
      StatusIs(StatusCode::kAborted, AllOf(StartsWith("event 1 \"b\""), HasSubstr("stream \"s\""),
                                           HasSubstr("revision 1"), HasSubstr("\"none\""))));
  EXPECT_THAT(Append({MakeNote("b", "s")}, ExpectedRevision::Exactly(1)), IsOk());
  EXPECT_THAT(Append({MakeNote("c", "r")}, ExpectedRevision::Exists()),
              StatusIs(StatusCode::kAborted, HasSubstr("stream \"r\"")));
}

TEST_F(EventLogTest, ExpectedRevisionIsThatBeforeTheBatchForEveryStream) {
  CreateTimeline();
  EXPECT_THAT(Append({MakeNote("a", "s"), MakeNote("b", "s"), MakeNote("c", "r")},
                     ExpectedRevision::None()),
              IsOk());
  EXPECT_THAT(Append({MakeNote("d", "q"), MakeNote("e", "s")}, ExpectedRevision::None()),
              StatusIs(StatusCode::kAborted, StartsWith("event 2 \"e\"")));
  EXPECT_THAT(log().Find("t", "d"), StatusIs(StatusCode::kNotFound, HasSubstr("\"d\"")));
}

// --- Batches ---------------------------------------------------------------------------

TEST_F(EventLogTest, RefusedBatchLeavesNothingBehind) {
  CreateTimeline();
  EXPECT_THAT(Append({MakeNote("a", "s"), MakeSource("p", "x"), MakeNote("b", "")}),
              StatusIs(StatusCode::kInvalidArgument, StartsWith("event 3 \"b\": stream")));
  v1::Event citing = MakeNote("c", "s");
  citing.add_citations()->set_source("y");
  EXPECT_THAT(Append({MakeNote("a", "s"), MakeSource("p", "x"), citing}),
              StatusIs(StatusCode::kNotFound, HasSubstr("\"y\"")));
  ASSERT_OK_AND_ASSIGN(const EventLog::Head head, log().GetHead("t"));
  EXPECT_EQ(head.position, Position{1});
  citing.mutable_citations(0)->set_source("x");
  EXPECT_THAT(Append({citing}), StatusIs(StatusCode::kNotFound, HasSubstr("\"x\"")));
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("a", "s")}));
  EXPECT_EQ(receipts[0].position, Position{2});
  EXPECT_EQ(receipts[0].revision, 1);
}

// A batch of many events is prepared by several threads.
TEST_F(EventLogTest, FirstRefusedEventOfALongBatchIsNamed) {
  CreateTimeline();
  constexpr size_t kEvents = 1'000;
  for (const size_t first : {0, 63, 64, 500, 997}) {
    std::vector<v1::Event> events;
    for (size_t i = 0; i < kEvents; ++i) {
      events.push_back(MakeNote(absl::StrCat("n", i), "s"));
      if (i == first || i == first + 1 || i == kEvents - 1) events.back().clear_stream();
    }
    EXPECT_THAT(Append(std::move(events)),
                StatusIs(StatusCode::kInvalidArgument,
                         StartsWith(absl::StrCat("event ", first + 1, " \"n", first, "\""))));
  }
  EXPECT_EQ(log().GetHead("t")->position, Position{1});
}

TEST_F(EventLogTest, LongBatchIsRecordedInItsOrder) {
  CreateTimeline();
  int drawn = 0;
  draw_id_ = [&drawn] { return absl::StrCat("drawn-", ++drawn); };
  ASSERT_OK(Reopen());
  std::vector<v1::Event> events;
  for (size_t i = 0; i < 1'000; ++i) {
    events.push_back(MakeNote(i % 2 == 0 ? absl::StrCat("n", i) : "", absl::StrCat("s", i % 7)));
  }
  ASSERT_OK(Append(events));
  ASSERT_OK_AND_ASSIGN(const auto reader, log().ReadAfter("t", {1}));
  for (size_t i = 0; i < events.size(); ++i) {
    ASSERT_TRUE(reader->Next());
    EXPECT_EQ(reader->event().position(), i + 2);
    EXPECT_EQ(reader->event().revision(), i / 7 + 1);
    EXPECT_EQ(reader->event().id(),
              i % 2 == 0 ? events[i].id() : absl::StrCat("drawn-", i / 2 + 1));
  }
  EXPECT_FALSE(reader->Next());
  EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
}

TEST_F(EventLogTest, BatchesAreBounded) {
  CreateTimeline();
  EXPECT_THAT(Append({}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("no events")));
  std::vector<v1::Event> events(10'001, MakeNote("", "s"));
  EXPECT_THAT(Append(events), StatusIs(StatusCode::kResourceExhausted, HasSubstr("10000")));
  events.pop_back();
  EXPECT_THAT(Append(events), IsOk());
  ASSERT_OK_AND_ASSIGN(const EventLog::Head head, log().GetHead("t"));
  EXPECT_EQ(head.position, Position{10'001});
}

// --- Reading -----------------------------------------------------------------------------

TEST_F(EventLogTest, ReadsBackWhatWasStated) {
  CreateTimeline();
  v1::Event note = MakeNote("a", "s", "ñandú");
  note.set_occurred("2026-01-03?");
  note.set_asserter("foro-penal");
  note.add_attribution("a-newspaper");
  note.set_correlation_id("talk 1");
  (*note.mutable_metadata())["k"] = "v";
  ASSERT_OK(Append({note}));
  ASSERT_OK_AND_ASSIGN(v1::Event stored, log().Read("t", Position{2}));
  EXPECT_EQ(stored.position(), 2);
  stored.clear_position();
  stored.clear_revision();
  stored.clear_recorded_at();
  stored.clear_occurred_bounds();
  stored.clear_known_bounds();
  stored.clear_payload_salt();
  note.set_timeline("t");
  EXPECT_EQ(stored.DebugString(), note.DebugString());
}

TEST_F(EventLogTest, ReadsOnlyWithinTheTimeline) {
  CreateTimeline();
  for (const uint64_t position : {uint64_t{0}, uint64_t{2}, ~uint64_t{0}}) {
    EXPECT_THAT(log().Read("t", Position{position}),
                StatusIs(StatusCode::kOutOfRange, HasSubstr("1 to 1")));
  }
  EXPECT_THAT(log().Find("t", "nobody"), StatusIs(StatusCode::kNotFound, HasSubstr("\"nobody\"")));
}

TEST_F(EventLogTest, ReadersResumeAfterAPosition) {
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s"), MakeSource("p", "x"), MakeNote("b", "r"),
                    MakeNote("c", "s"), MakeNote("d", "s")}));
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{})),
              ElementsAre("created", "a", "p", "b", "c", "d"));
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{4})), ElementsAre("c", "d"));
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{6})), IsEmpty());
  EXPECT_THAT(Ids(log().ReadAfter("t", Position::Max())), IsEmpty());
  EXPECT_THAT(Ids(log().ReadStream("t", "s", Position{})), ElementsAre("a", "c", "d"));
  EXPECT_THAT(Ids(log().ReadStream("t", "s", Position{2})), ElementsAre("c", "d"));
  EXPECT_THAT(Ids(log().ReadStream("t", "s", Position{5})), ElementsAre("d"));
  EXPECT_THAT(Ids(log().ReadStream("t", "s", Position{6})), IsEmpty());
  EXPECT_THAT(Ids(log().ReadStream("t", "nothing", Position{})), IsEmpty());
  EXPECT_THAT(Ids(log().ReadType("t", "annals.testing.Note", Position{})),
              ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Ids(log().ReadType("t", "annals.testing.Note", Position{4})), ElementsAre("c", "d"));
  EXPECT_THAT(Ids(log().ReadType("t", "annals.testing.Note", Position::Max())), IsEmpty());
  EXPECT_THAT(Ids(log().ReadType("t", "annals.testing.Nothing", Position{})), IsEmpty());
}

TEST_F(EventLogTest, ReaderSeesWhatWasDurableWhenItWasMade) {
  CreateTimeline();
  ASSERT_OK_AND_ASSIGN(const auto reader, log().ReadAfter("t", Position{}));
  ASSERT_OK_AND_ASSIGN(const auto of_type, log().ReadType("t", "annals.testing.Note", Position{}));
  ASSERT_OK(Append({MakeNote("a", "s")}));
  EXPECT_TRUE(reader->Next());
  EXPECT_FALSE(reader->Next());
  EXPECT_OK(reader->status());
  EXPECT_FALSE(of_type->Next());
  EXPECT_OK(of_type->status());
}

TEST_F(EventLogTest, LongStreamsAreReadWhole) {
  CreateTimeline();
  std::vector<v1::Event> events;
  for (int i = 0; i < 500; ++i) events.push_back(MakeNote(absl::StrCat("e", i), i % 3 ? "s" : "r"));
  ASSERT_OK(Append(events));
  EXPECT_EQ(Ids(log().ReadStream("t", "r", Position{})).size(), 167);
  EXPECT_EQ(Ids(log().ReadStream("t", "r", Position{401})).size(), 33);
  EXPECT_EQ(Ids(log().ReadType("t", "annals.testing.Note", Position{301})).size(), 200);
}

TEST_F(EventLogTest, CensusCountsTypesAndStreams) {
  CreateTimeline();
  ASSERT_OK(
      Append({MakeNote("a", "s"), MakeSource("p", "x"), MakeNote("b", "r"), Retract("q", {"a"})}));
  ASSERT_OK_AND_ASSIGN(const EventLog::Census census, log().TakeCensus("t"));
  EXPECT_THAT(census.events_by_type, ElementsAre(Pair("", 1), Pair("annals.testing.Note", 2),
                                                 Pair("annals.v1.SourceRegistered", 1),
                                                 Pair("annals.v1.TimelineCreated", 1)));
  EXPECT_EQ(census.streams, 5);
}

TEST_F(EventLogTest, ListenersHearOfEveryCommitThatChangesSomething) {
  int commits = 0;
  uint64_t head_seen = 0;
  log().AddCommitListener([&] {
    ++commits;
    head_seen = log().GetHead("t")->position.value;
  });
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "s")}));
  EXPECT_EQ(commits, 2);
  EXPECT_EQ(head_seen, 3);
  ASSERT_OK(Append({MakeNote("a", "s")}));
  EXPECT_FALSE(Append({MakeNote("c", "")}).ok());
  EXPECT_EQ(commits, 2);
}

TEST_F(EventLogTest, EverythingIsThereAfterReopening) {
  CreateTimeline();
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "r")}));
  ASSERT_OK_AND_ASSIGN(const EventLog::Head before, log().GetHead("t"));
  ASSERT_OK(Reopen());
  ASSERT_OK_AND_ASSIGN(const EventLog::Head after, log().GetHead("t"));
  EXPECT_EQ(after.position, before.position);
  EXPECT_EQ(after.recorded_at, before.recorded_at);
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), ElementsAre("created", "a", "b"));
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("c", "s")}));
  EXPECT_EQ(receipts[0].position, Position{4});
  EXPECT_EQ(receipts[0].revision, 2);
  EXPECT_EQ(receipts[0].recorded_at.micros, before.recorded_at.micros + 1);
}

}  // namespace
}  // namespace annals
