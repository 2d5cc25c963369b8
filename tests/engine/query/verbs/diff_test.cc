#include "engine/query/verbs/diff.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::Retraction;
using ::annals::testing::ShipSunk;
using ::annals::testing::StatusIs;
using ::annals::testing::Superseding;
using ::annals::testing::WithId;
using ::annals::testing::WreckFound;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Text(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kQuantity:
      return absl::StrCat(value.quantity().lower());
    case v1::Value::kText:
      return value.text();
    case v1::Value::kDate:
      return value.date().edtf();
    case v1::Value::kFlag:
      return value.flag() ? "yes" : "no";
    default:
      return "-";
  }
}

// "WORLD_CHANGED baltic lost CERTAIN - → 3 [1]"
std::vector<std::string> Changes(const v1::DiffResult& result) {
  std::vector<std::string> lines;
  for (const v1::Change& change : result.changes()) {
    std::string line =
        absl::StrCat(v1::Change::Cause_Name(change.cause()), " ", change.key().begin()->second, " ",
                     change.column(), " ", v1::World_Name(change.world()), " ",
                     Text(change.before()), " → ", Text(change.after()), " [");
    for (const v1::Evidence& evidence : change.evidence()) {
      absl::StrAppend(&line, line.back() == '[' ? "" : " ", evidence.position());
    }
    lines.push_back(line + "]");
  }
  return lines;
}

class DiffTest : public annals::testing::SeaTest {
 protected:
  v1::DiffResult Ask(const std::string& view, const AsOfQuestion& from, const AsOfQuestion& to) {
    const absl::StatusOr<v1::DiffResult> result = engine_.Diff("sea", view, Pin(from), Pin(to));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : v1::DiffResult();
  }
};

TEST_F(DiffTest, WhatHappenedSinceIsTheWorldsChange) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-02-10", "2031-02-10"}));
  EXPECT_THAT(Changes(Ask("losses", {.valid = "2031-02-01"}, {.valid = "2031-03-01"})),
              ElementsAre("WORLD_CHANGED baltic lost CERTAIN - → 3 [1]",
                          "WORLD_CHANGED baltic lost POSSIBLE - → 3 [1]"));
}

TEST_F(DiffTest, WhatBecameKnownSinceIsLearned) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-02-10"}));
  EXPECT_THAT(Changes(Ask("losses", {.known = "2031-02-01"}, {.known = "2031-03-01"})),
              ElementsAre("LEARNED baltic lost CERTAIN - → 3 [1]",
                          "LEARNED baltic lost POSSIBLE - → 3 [1]"));
}

TEST_F(DiffTest, WhatWasRecordedSinceIsLearned) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-02"}));
  Record(ShipSunk("sun", "baltic", 2, 2, {"2031-01-02", "2031-01-02"}));
  EXPECT_THAT(Changes(Ask("losses", {.position = 1}, {.position = 2})),
              ElementsAre("LEARNED baltic lost CERTAIN 3 → 5 [1 2]",
                          "LEARNED baltic lost POSSIBLE 3 → 5 [1 2]"));
}

TEST_F(DiffTest, ACellThatChangesInBothStepsIsListedTwice) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-02-10", "2031-02-10"}));
  Record(ShipSunk("sun", "baltic", 2, 2, {"2031-02-11", "2031-03-10"}));
  const AsOfQuestion from = {.valid = "2031-02-01", .known = "2031-02-28"};
  const AsOfQuestion to = {.valid = "2031-03-01", .known = "2031-03-31"};
  const v1::DiffResult result = Ask("losses", from, to);
  EXPECT_THAT(Changes(result), ElementsAre("WORLD_CHANGED baltic lost CERTAIN - → 3 [1]",
                                           "WORLD_CHANGED baltic lost POSSIBLE - → 3 [1]",
                                           "LEARNED baltic lost CERTAIN 3 → 5 [1 2]",
                                           "LEARNED baltic lost POSSIBLE 3 → 5 [1 2]"));
  EXPECT_EQ(result.from().valid(), "2031-02-01T23:59:59.999999Z");
  EXPECT_EQ(result.to().known(), "2031-03-31T23:59:59.999999Z");
  EXPECT_EQ(result.columns_size(), 2);
}

TEST_F(DiffTest, WhatIsGoneHasTheEvidenceOfWhatWas) {
  Record(WithId(ShipSunk("rose", "baltic", 3, 3, {"2031-01-02", "2031-01-03"}), "a"));
  Record(Retraction({"a"}, {"2031-01-02", "2031-02-10"}));
  EXPECT_THAT(Changes(Ask("losses", {.known = "2031-02-01"}, {.known = "2031-03-01"})),
              ElementsAre("LEARNED baltic lost CERTAIN 3 → - [1]",
                          "LEARNED baltic lost POSSIBLE 3 → - [1]"));
}

TEST_F(DiffTest, OneWorldMayChangeAlone) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"[2031-02-10..2031-04-10]", "2031-04-10"}));
  EXPECT_THAT(Changes(Ask("losses", {.valid = "2031-02-01"}, {.valid = "2031-03-01"})),
              ElementsAre("WORLD_CHANGED baltic lost POSSIBLE - → 3 [1]"));
}

TEST_F(DiffTest, ADateChangesWhenItsTextOrItsBoundsDo) {
  Record(WithId(ShipSunk("rose", "baltic", 3, 3, {"2031-01", "2031-02-01"}), "vague"));
  Record(Superseding(ShipSunk("rose", "baltic", 3, 3, {"2031-01-09", "2031-03-01"}), "vague"));
  EXPECT_THAT(Changes(Ask("ships", {.known = "2031-02-15"}, {.known = "2031-03-15"})),
              ElementsAre("LEARNED rose sunk CERTAIN 2031-01 → 2031-01-09 [2]",
                          "LEARNED rose sunk POSSIBLE 2031-01 → 2031-01-09 [2]"))
      << "the sea is the same text of another event, which is no change";
}

TEST_F(DiffTest, ChangesAreOrderedByKeyThenColumn) {
  Record(WreckFound("star", true, {"2031-02-10", "2031-02-10"}));
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-02-10", "2031-02-10"}));
  EXPECT_THAT(Changes(Ask("ships", {.valid = "2031-02-01"}, {.valid = "2031-03-01"})),
              ElementsAre("WORLD_CHANGED rose sunk CERTAIN - → 2031-02-10 [2]",
                          "WORLD_CHANGED rose sunk POSSIBLE - → 2031-02-10 [2]",
                          "WORLD_CHANGED rose sea CERTAIN - → baltic [2]",
                          "WORLD_CHANGED rose sea POSSIBLE - → baltic [2]",
                          "WORLD_CHANGED star intact CERTAIN - → yes [1]",
                          "WORLD_CHANGED star intact POSSIBLE - → yes [1]"));
}

TEST_F(DiffTest, BackwardsWorksAsWell) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-02-10", "2031-02-10"}));
  EXPECT_THAT(Changes(Ask("losses", {.valid = "2031-03-01"}, {.valid = "2031-02-01"})),
              ElementsAre("WORLD_CHANGED baltic lost CERTAIN 3 → - [1]",
                          "WORLD_CHANGED baltic lost POSSIBLE 3 → - [1]"));
}

TEST_F(DiffTest, NothingChangesBetweenAQuestionAndItself) {
  Record(ShipSunk("rose", "baltic", 3, 3, {"2031-02-10", "2031-02-10"}));
  EXPECT_THAT(Ask("ships", {}, {}).changes(), IsEmpty());
}

TEST_F(DiffTest, EitherEndBeyondTheHeadIsRefused) {
  const PinnedAsOf beyond = {Instant::End(), Instant::End(), Position{1}};
  EXPECT_THAT(engine_.Diff("sea", "losses", beyond, Pin({})),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 1")));
  EXPECT_THAT(engine_.Diff("sea", "losses", Pin({}), beyond),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("position 1")));
}

}  // namespace
}  // namespace annals
