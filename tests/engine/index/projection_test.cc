#include "engine/index/projection.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class ContributionsTest : public ::testing::Test {
 protected:
  const std::vector<Measure> measures_ = {{"freed", MeasureKind::kTally, {"country", "year"}},
                                          {"status", MeasureKind::kRegister, {"prison"}},
                                          {"people", MeasureKind::kSet, {}}};
  Contributions contributions_{&measures_};
};

TEST_F(ContributionsTest, KeepsWhatEachKindStates) {
  contributions_.Tally("freed", {"IS", "2031"}, Quantity::AtLeast(3));
  contributions_.Register("status", {"north"}, TextValue("open"));
  contributions_.Member("people", {}, "ann");
  ASSERT_THAT(contributions_.status(), IsOk());
  ASSERT_THAT(contributions_.all(), SizeIs(3));
  const Contribution& tally = contributions_.all()[0];
  EXPECT_EQ(tally.measure, 0);
  EXPECT_THAT(tally.key, ElementsAre("IS", "2031"));
  EXPECT_EQ(tally.quantity, Quantity::AtLeast(3));
  EXPECT_EQ(contributions_.all()[1].measure, 1);
  EXPECT_EQ(contributions_.all()[1].value.text(), "open");
  EXPECT_EQ(contributions_.all()[2].member, "ann");
  contributions_.Clear();
  EXPECT_THAT(contributions_.all(), IsEmpty());
}

TEST_F(ContributionsTest, RefusesAnUnknownMeasureAndNamesThoseThereAre) {
  contributions_.Tally("fred", {"IS", "2031"}, Quantity::Exactly(1));
  EXPECT_THAT(
      contributions_.status(),
      StatusIs(kInvalid, HasSubstr("no measure \"fred\"; there are: freed, status, people")));
  EXPECT_THAT(contributions_.all(), IsEmpty());
}

TEST_F(ContributionsTest, RefusesAnotherKind) {
  contributions_.Member("freed", {"IS", "2031"}, "ann");
  EXPECT_THAT(contributions_.status(),
              StatusIs(kInvalid, HasSubstr("\"freed\" is a tally, not a set")));
}

TEST_F(ContributionsTest, RefusesAKeyOfAnotherLength) {
  contributions_.Tally("freed", {"IS"}, Quantity::Exactly(1));
  EXPECT_THAT(contributions_.status(),
              StatusIs(kInvalid, HasSubstr("(country, year), and was given a key of 1 elements")));
}

TEST_F(ContributionsTest, RefusesAValueThatIsNotSet) {
  contributions_.Register("status", {"north"}, v1::Value());
  EXPECT_THAT(contributions_.status(),
              StatusIs(kInvalid, HasSubstr("\"status\" was given no value")));
}

TEST_F(ContributionsTest, RefusesAMemberWithoutAName) {
  contributions_.Member("people", {}, "");
  EXPECT_THAT(contributions_.status(), StatusIs(kInvalid, HasSubstr("a member without a name")));
}

TEST_F(ContributionsTest, RemembersTheFirstError) {
  contributions_.Member("people", {}, "");
  contributions_.Tally("fred", {}, Quantity());
  EXPECT_THAT(contributions_.status(), StatusIs(kInvalid, HasSubstr("without a name")));
}

TEST(ProjectedEventTest, GivesItsPayloadOnlyAsWhatItIs) {
  v1::SourceRegistered payload;
  const v1::Event event;
  const ProjectedEvent projected = {.event = event, .payload = &payload, .times = {}};
  EXPECT_EQ(projected.As<v1::SourceRegistered>(), &payload);
  EXPECT_EQ(projected.As<v1::TimelineCreated>(), nullptr);
  const ProjectedEvent retraction = {.event = event, .payload = nullptr, .times = {}};
  EXPECT_EQ(retraction.As<v1::SourceRegistered>(), nullptr);
}

TEST(ProjectedEventTest, OccurredValueIsTheTextAndTheBounds) {
  v1::Event event;
  event.set_occurred("2031-05");
  const ProjectedEvent projected = {
      .event = event, .payload = nullptr, .times = {.occurred = {{-5}, {7}}, .known = {}}};
  const v1::Value value = projected.OccurredValue();
  EXPECT_EQ(value.date().edtf(), "2031-05");
  EXPECT_EQ(value.date().bounds().earliest(), -5);
  EXPECT_EQ(value.date().bounds().latest(), 7);
}

TEST(ValuesTest, SayWhatTheyAreMadeOf) {
  EXPECT_EQ(QuantityValue(Quantity::AtLeast(4)).quantity().lower(), 4);
  EXPECT_FALSE(QuantityValue(Quantity::AtLeast(4)).quantity().has_upper());
  EXPECT_EQ(TextValue("open").text(), "open");
  EXPECT_TRUE(FlagValue(true).flag());
  EXPECT_EQ(FlagValue(false).kind_case(), v1::Value::kFlag);
}

}  // namespace
}  // namespace annals
