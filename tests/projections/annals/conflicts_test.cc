#include "projections/annals/conflicts.h"

#include <string>
#include <utility>

#include "engine/base/quantity.h"
#include "engine/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/scenario.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::Days;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Scenario;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kMeasure[] = "claims";

// A domain of its own: the event's stream is the subject, its id the attribute.
// The claim is the quantity, date or text that its metadata states.
absl::Status ProjectMetadata(const ProjectedEvent& event, Contributions* out) {
  const auto& metadata = event.event.metadata();
  v1::Value value = TextValue("nothing");
  if (metadata.contains("number")) {
    value = QuantityValue(Quantity::Exactly(std::stoi(metadata.at("number"))));
  } else if (metadata.contains("text")) {
    value = TextValue(metadata.at("text"));
  } else {
    value = event.OccurredValue();
  }
  out->Register(kMeasure, {event.event.stream(), event.event.id(), event.event.asserter()},
                std::move(value));
  return absl::OkStatus();
}

Domain ClaimsDomain() {
  return {.name = "claims",
          .projections = {{.name = "claims",
                           .measures = {{kMeasure,
                                         MeasureKind::kRegister,
                                         {"subject", "attribute", "asserter"}}},
                           .project = ProjectMetadata}},
          .views = {ConflictsView({"claims", kMeasure})}};
}

TEST(ConflictsTest, WithoutClaimsThereAreNoRows) {
  const Scenario scenario(ClaimsDomain());
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(ConflictsTest, AssertersWhoAgreeAreNoConflict) {
  Scenario scenario(ClaimsDomain());
  for (const char* asserter : {"a", "b"}) {
    ASSERT_OK(scenario.Add(At(1), At(1),
                           std::string(R"(stream: "prison" id: "population"
        metadata { key: "number" value: "80" } asserter: ")") +
                               asserter + "\""));
  }
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
}

TEST(ConflictsTest, ListsEveryAsserterOfAThingThatIsInDispute) {
  Scenario scenario(ClaimsDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "b"
      metadata { key: "number" value: "80" })"));
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "a"
      metadata { key: "number" value: "50" })"));
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "c"
      metadata { key: "number" value: "50" })"));
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "closed" asserter: "c"
      metadata { key: "text" value: "yes" })"));
  EXPECT_THAT(
      scenario.Ask("conflicts", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("prison/population/a: value=50@2", "prison/population/b: value=80@1",
                               "prison/population/c: value=50@3")));
}

TEST(ConflictsTest, ANumberAndAWordForItDiffer) {
  Scenario scenario(ClaimsDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "a"
      metadata { key: "number" value: "50" })"));
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "b"
      metadata { key: "text" value: "50" })"));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("prison/population/a: value=50@1",
                                       "prison/population/b: value=50@2")));
}

TEST(ConflictsTest, AnAssertersLaterClaimReplacesItsEarlierOne) {
  Scenario scenario(ClaimsDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "a"
      metadata { key: "number" value: "50" })"));
  ASSERT_OK(scenario.Add(At(2), At(2), R"(stream: "prison" id: "population" asserter: "b"
      metadata { key: "number" value: "80" })"));
  ASSERT_OK(scenario.Add(At(3), At(3), R"(stream: "prison" id: "population" asserter: "a"
      metadata { key: "number" value: "80" })"));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 1), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 2),
              IsOkAndHolds(ElementsAre("prison/population/a: value=50@1",
                                       "prison/population/b: value=80@2")));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 3), IsOkAndHolds(IsEmpty()));
}

TEST(ConflictsTest, AConflictMayBePossibleAndNotCertain) {
  Scenario scenario(ClaimsDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), R"(stream: "prison" id: "population" asserter: "a"
      metadata { key: "number" value: "50" })"));
  ASSERT_OK(scenario.Add(Days{2, 9}, At(9), R"(stream: "prison" id: "population" asserter: "b"
      metadata { key: "number" value: "80" })"));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 5), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kPossible, 5),
              IsOkAndHolds(ElementsAre("prison/population/a: value=50@1",
                                       "prison/population/b: value=80@2")));
}

TEST(ConflictsTest, DatesAgreeIfTheyAreWrittenAlike) {
  Scenario scenario(ClaimsDomain());
  ASSERT_OK(
      scenario.Add(At(1), At(1), R"(stream: "p" id: "detained" asserter: "a" occurred: "2024")"));
  ASSERT_OK(
      scenario.Add(At(2), At(2), R"(stream: "p" id: "detained" asserter: "b" occurred: "2024")"));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(scenario.Add(At(2), At(2),
                         R"(stream: "p" id: "detained" asserter: "c" occurred: "2024-02")"));
  EXPECT_THAT(scenario.Ask("conflicts", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("p/detained/a: value=2024@1", "p/detained/b: value=2024@2",
                                       "p/detained/c: value=2024-02@3")));
}

}  // namespace
}  // namespace annals
