// What the bundled timeline answers, worked out by hand from the articles: every
// view, as of many (valid, known) pairs, in both worlds, with its evidence.
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "proto/venezuela/v1/release.pb.h"
#include "tests/testing/status_matchers.h"
#include "tests/timelines/answer_file.h"
#include "tests/timelines/bundled_timeline.h"

namespace annals {
namespace {

using ::annals::testing::BundledTimeline;
using ::annals::testing::ExpectedAnswer;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::ReadAnswerFile;
using ::annals::testing::Rows;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class VenezuelaTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(timeline_, BundledTimeline::Load()); }

  Rows Ask(const std::string& view, WorldKind world, const std::string& valid,
           const std::string& known) const {
    absl::StatusOr<Rows> rows = timeline_->Ask(view, world, valid, known);
    EXPECT_OK(rows);
    return rows.value_or(Rows());
  }

  // The row of the capture in the summary; "" if there is none.
  std::string Capture(WorldKind world, const std::string& valid, const std::string& known) const {
    return Ask("summary", world, valid, known)["maduro-captured"];
  }

  std::unique_ptr<BundledTimeline> timeline_;
};

TEST_F(VenezuelaTest, AnswersAsWorkedOutByHand) {
  ASSERT_OK_AND_ASSIGN(const std::vector<ExpectedAnswer> answers,
                       ReadAnswerFile("tests/timelines/venezuela_answers.txt"));
  EXPECT_GT(answers.size(), 40);
  for (const ExpectedAnswer& answer : answers) {
    SCOPED_TRACE(absl::StrCat(answer.view, ", valid ", answer.valid, ", known ", answer.known));
    EXPECT_EQ(Ask(answer.view, WorldKind::kCertain, answer.valid, answer.known), answer.certain);
    EXPECT_EQ(Ask(answer.view, WorldKind::kPossible, answer.valid, answer.known), answer.possible);
  }
}

// The refinement is certain only once S3 was public for certain, and possible
// from the first day on which it may have been.
TEST_F(VenezuelaTest, TheCaptureIsRefinedWhenTheRefinementIsKnown) {
  const std::string vague =
      "occurred=[..2026-01-08] [maduro-captured] asserter=reporters "
      "[maduro-captured]";
  const std::string exact =
      "occurred=2026-01-03 [maduro-captured-refined] asserter=reporters "
      "[maduro-captured-refined]";
  struct Case {
    std::string valid, known, certain, possible;
  };
  const std::vector<Case> cases = {
      {"", "2026-01-07", "", ""},
      {"", "2026-01-08", vague, vague},
      {"", "2026-01-12", vague, vague},
      {"", "2026-01-13", vague, exact},
      {"", "2026-01-20", vague, exact},
      {"", "2026-01-30", vague, exact},
      {"", "2026-01-31", exact, exact},
      {"", "", exact, exact},
      {"2026-01-02", "", "", ""},
      {"2026-01-03", "", exact, exact},
      {"2026-01-05", "", exact, exact},
      {"2026-01-02", "2026-01-08", "", vague},
      {"2026-01-05", "2026-01-12", "", vague},
      {"2026-01-08", "2026-01-08", vague, vague},
      {"2026-01-05", "2026-01-20", "", exact},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat("valid ", c.valid, ", known ", c.known));
    EXPECT_EQ(Capture(WorldKind::kCertain, c.valid, c.known), c.certain);
    EXPECT_EQ(Capture(WorldKind::kPossible, c.valid, c.known), c.possible);
  }
}

TEST_F(VenezuelaTest, TheSummaryHasEveryKindOfFact) {
  const Rows rows = Ask("summary", WorldKind::kCertain, "", "");
  std::set<std::string> facts;
  for (const auto& [fact, cells] : rows) facts.insert(fact);
  EXPECT_EQ(facts,
            (std::set<std::string>{
                "casualties-claimed",   "closure-claimed",          "closure-demanded",
                "concern-raised",       "conditions-reported",      "denial-issued",
                "description-stated",   "detainee-estimate-stated", "facility-population-stated",
                "gathering-reported",   "leadership-changed",       "maduro-captured",
                "meeting-held",         "meeting-planned",          "person-detained",
                "person-transferred",   "release-announced",        "release-count-claimed",
                "release-reported",     "release-verified",         "statement-made",
                "strike-wave-cancelled"}));
  EXPECT_THAT(rows, Contains(Pair("release-announced",
                                  "occurred=2026-01-08 [release-announced] "
                                  "asserter=jorge-rodriguez [release-announced]")));
  EXPECT_THAT(rows, Contains(Pair("strike-wave-cancelled",
                                  "occurred=[2026-01-08..] [strike-wave-cancelled] "
                                  "asserter=donald-trump [strike-wave-cancelled]")));
  EXPECT_THAT(rows, Contains(Pair("closure-claimed",
                                  "occurred=[2026-01-03..2026-01-08] "
                                  "[el-helicoide-closure-agreed] asserter=donald-trump "
                                  "[el-helicoide-closure-agreed]")));
  EXPECT_THAT(rows, Contains(Pair("closure-demanded",
                                  "occurred=[2026-01-08..2026-01-31] "
                                  "[el-helicoide-closure-demanded] asserter=critics "
                                  "[el-helicoide-closure-demanded]")));
  EXPECT_THAT(rows, Contains(Pair("facility-population-stated",
                                  "occurred=undated [el-helicoide-population] "
                                  "asserter=reporters [el-helicoide-population]")));
}

TEST_F(VenezuelaTest, SourcesAreCountedByEventsAndByOrigins) {
  const auto counts = [&](const std::string& known) {
    return timeline_->AskValues("sources", WorldKind::kCertain, "", known);
  };
  // The first word of the capture is out: the refinement took its place.
  EXPECT_THAT(counts(""), IsOkAndHolds(ElementsAre(
                              Pair("S0", "published=[2026-01-08..] events=15 origins=9"),
                              Pair("S1", "published=2026-01-08 events=14 origins=7"),
                              Pair("S2", "published=[2026-01-08..] events=13 origins=6"),
                              Pair("S3", "published=[2026-01-13..2026-01-31] events=24 origins=11"),
                              Pair("S4", "published=[2026-01-08..] events=25 origins=11"))));
  // On the first day it stood, and S1 alone was public for certain.
  EXPECT_THAT(counts("2026-01-08"),
              IsOkAndHolds(ElementsAre(Pair("S1", "published=2026-01-08 events=15 origins=7"))));
}

TEST_F(VenezuelaTest, BeforeAnythingWasKnownEveryViewIsEmpty) {
  for (const char* view : {"summary", "remaining-prisoners", "nationals-freed", "releases",
                           "verification-gap", "facilities", "conflicts", "sources"}) {
    for (const WorldKind world : {WorldKind::kCertain, WorldKind::kPossible}) {
      EXPECT_THAT(timeline_->Ask(view, world, "", "2026-01-07"), IsOkAndHolds(IsEmpty())) << view;
    }
  }
}

// Recorded, a quantity like this could not be taken back, and no view that reads
// it would answer again.
TEST_F(VenezuelaTest, AMalformedQuantityIsRefusedBeforeItIsRecorded) {
  ::venezuela::v1::ReleaseVerified verified;
  verified.mutable_count()->set_lower(73);
  verified.mutable_count()->set_upper(49);
  v1::Event event;
  event.set_stream("releases");
  event.mutable_payload()->PackFrom(verified);
  EXPECT_THAT(timeline_->store().log().Append({.timeline = "venezuela-2026", .events = {event}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("count"), HasSubstr("73"), HasSubstr("49"))));
  EXPECT_OK(timeline_->Ask("releases", WorldKind::kCertain, "", ""));
}

// What a curator adds counts at once, from its date on.
TEST_F(VenezuelaTest, AnEventThatIsAddedIsInTheNextAnswer) {
  ::venezuela::v1::ReleaseVerified verified;
  verified.mutable_count()->set_lower(7);
  verified.mutable_count()->set_upper(7);
  verified.set_scope("ES");
  verified.set_cumulative(true);
  v1::Event event;
  event.set_id("seven-spaniards-verified");
  event.set_stream("releases");
  event.set_occurred("2026-01-15");
  event.set_asserter("spain-foreign-ministry");
  event.mutable_payload()->PackFrom(verified);
  ASSERT_OK(timeline_->store().log().Append({.timeline = "venezuela-2026", .events = {event}}));
  EXPECT_EQ(Ask("nationals-freed", WorldKind::kCertain, "", "")["ES"],
            "freed=7 [seven-spaniards-verified]");
  EXPECT_EQ(Ask("nationals-freed", WorldKind::kCertain, "2026-01-14", "")["ES"],
            "freed=5 [five-spaniards-verified]");
}

}  // namespace
}  // namespace annals
