#include "projections/annals/sources.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/annals/general_domain.h"
#include "proto/annals/v1/timeline.pb.h"
#include "tests/projections/scenario.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::At;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::Scenario;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Registration(absl::string_view source, absl::string_view published,
                         absl::string_view occurred = "") {
  return absl::StrCat(R"(occurred: ")", occurred, R"(" payload {
    [type.googleapis.com/annals.v1.SourceRegistered] { source: ")",
                      source, R"(" title: "A title" published: ")", published, R"(" } })");
}

std::string Claim(absl::string_view asserter, absl::string_view citations) {
  return absl::StrCat(R"(asserter: ")", asserter, "\" ", citations);
}

TEST(SourcesTest, WithoutEventsThereAreNoRows) {
  const Scenario scenario(GeneralDomain());
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kPossible, 31), IsOkAndHolds(IsEmpty()));
}

TEST(SourcesTest, CountsTheEventsThatCiteASourceAndTheOriginsBehindThem) {
  Scenario scenario(GeneralDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), Registration("A", "2026-01-01", "2026-01-01")));
  ASSERT_OK(scenario.Add(At(2), At(2), Claim("foro", R"(citations { source: "A" })")));
  ASSERT_OK(scenario.Add(At(3), At(3), Claim("foro", R"(citations { source: "A" })")));
  ASSERT_OK(scenario.Add(At(4), At(4), Claim("other", R"(citations { source: "A" })")));
  EXPECT_THAT(
      scenario.Ask("sources", WorldKind::kCertain, 31),
      IsOkAndHolds(ElementsAre("A: published=2026-01-01@1 events=3@2,3,4 origins=2@2,3,4")));
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kCertain, 2),
              IsOkAndHolds(ElementsAre("A: published=2026-01-01@1 events=1@2 origins=1@2")));
}

TEST(SourcesTest, AnEventThatCitesASourceTwiceCountsOnce) {
  Scenario scenario(GeneralDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), Registration("A", "")));
  ASSERT_OK(scenario.Add(At(1), At(1), Registration("B", "")));
  ASSERT_OK(
      scenario.Add(At(2), At(2), Claim("foro", R"(citations { source: "A" locator: "headline" }
                                          citations { source: "A" locator: "paragraph 3" }
                                          citations { source: "B" })")));
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("A: events=1@3 origins=1@3", "B: events=1@3 origins=1@3")));
}

TEST(SourcesTest, ASourceIsThereOnceItWasPublicEvenIfAnEventIsKnownEarlierThroughAnother) {
  Scenario scenario(GeneralDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), Registration("A", "2026-01-01", "2026-01-01")));
  ASSERT_OK(scenario.Add(At(9), At(9), Registration("B", "2026-01-09", "2026-01-09")));
  ASSERT_OK(scenario.Add(At(1), At(1), Claim("foro", R"(citations { source: "A" }
                                                        citations { source: "B" })")));
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kCertain, 8),
              IsOkAndHolds(ElementsAre("A: published=2026-01-01@1 events=1@3 origins=1@3")));
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kCertain, 9),
              IsOkAndHolds(ElementsAre("A: published=2026-01-01@1 events=1@3 origins=1@3",
                                       "B: published=2026-01-09@2 events=1@3 origins=1@3")));
}

TEST(SourcesTest, AnUnattributedEventIsNoOrigin) {
  Scenario scenario(GeneralDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), Registration("A", "")));
  ASSERT_OK(scenario.Add(At(2), At(2), Claim("", R"(citations { source: "A" })")));
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kCertain, 31),
              IsOkAndHolds(ElementsAre("A: events=1@2")));
}

TEST(SourcesTest, ASourceOfUnknownDateIsThereWithoutADate) {
  Scenario scenario(GeneralDomain());
  ASSERT_OK(scenario.Add(At(1), At(1), Registration("A", "")));
  EXPECT_THAT(scenario.Ask("sources", WorldKind::kCertain, 31), IsOkAndHolds(ElementsAre("A:")));
}

// A registration that doesn't say that it occurred when the source was
// published bounds the publication by when it was known itself.
TEST(SourcesTest, APublicationIsShownAsStatedWhateverTheRegistrationsOwnDate) {
  Projection projection = SourcesProjection();
  v1::Event event;
  event.set_occurred("2026-01-20");
  v1::SourceRegistered registered;
  registered.set_source("A");
  registered.set_published("2026-01-01");
  const EventTimes times = {{Instant{500}, Instant{600}}, {Instant{500}, Instant{700}}};
  Contributions contributions(&projection.measures);
  ASSERT_OK(projection.project({event, &registered, times}, &contributions));
  ASSERT_EQ(contributions.all().size(), 2);
  const v1::Date& date = contributions.all()[1].value.date();
  EXPECT_EQ(date.edtf(), "2026-01-01");
  EXPECT_EQ(date.bounds().earliest(), Instant::Beginning().micros);
  EXPECT_EQ(date.bounds().latest(), 700);

  event.set_occurred("2026-01-01");
  contributions.Clear();
  ASSERT_OK(projection.project({event, &registered, times}, &contributions));
  EXPECT_EQ(contributions.all()[1].value.date().bounds().earliest(), 500);
  EXPECT_EQ(contributions.all()[1].value.date().bounds().latest(), 600);
}

}  // namespace
}  // namespace annals
