// The verbs about timelines: what there is, and how it is kept in order.
#include <algorithm>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/engine/service/store_service_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(StoreServiceTest, CreatingATimelineAgainChangesNothing) {
  ASSERT_OK_AND_ASSIGN(const v1::CreateTimelineResponse made,
                       service().CreateTimeline(Creation("lakes", "Lakes")));
  EXPECT_FALSE(made.existed());
  EXPECT_EQ(made.timeline().settings().title(), "Lakes");
  ASSERT_OK_AND_ASSIGN(const v1::CreateTimelineResponse again,
                       service().CreateTimeline(Creation("lakes", "Lakes")));
  EXPECT_TRUE(again.existed());
  EXPECT_EQ(again.timeline().head(), 1);
}

TEST_F(StoreServiceTest, RefusesToCreateATimelineWithOtherOrImpossibleSettings) {
  EXPECT_THAT(service().CreateTimeline(Creation(kSea, "Another sea")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("other contents")));
  EXPECT_THAT(service().CreateTimeline(Creation("lakes", "")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("title")));
  auto nowhere = Creation("lakes", "Lakes");
  nowhere.mutable_settings()->set_home_zone("Nowhere/At_all");
  EXPECT_THAT(service().CreateTimeline(nowhere),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Nowhere/At_all")));
}

TEST_F(StoreServiceTest, ATimelineTellsItsSettingsAndHowFarItGoes) {
  TellOfTwoShips();
  ASSERT_OK_AND_ASSIGN(const v1::Timeline timeline,
                       service().GetTimeline(Asked<v1::GetTimelineRequest>()));
  EXPECT_EQ(timeline.name(), kSea);
  EXPECT_EQ(timeline.head(), 6);
  EXPECT_GE(timeline.recorded_at().seconds(), At("2032-01-01T00:00:00Z").micros / 1'000'000);
  EXPECT_EQ(timeline.settings().home_zone(), "Europe/Amsterdam");
  EXPECT_EQ(timeline.settings().domain(), "shipwrecks");
  EXPECT_EQ(timeline.settings().uncertain_units(), 1) << "by default";
  EXPECT_EQ(timeline.settings().approximate_units(), 3);
  EXPECT_EQ(timeline.settings().uncertain_and_approximate_units(), 2) << "by default";
}

TEST_F(StoreServiceTest, ListsTimelinesByName) {
  ASSERT_OK(service().CreateTimeline(Creation("lakes", "Lakes")));
  ASSERT_OK_AND_ASSIGN(const v1::ListTimelinesResponse all, service().ListTimelines({}));
  ASSERT_EQ(all.timelines_size(), 2);
  EXPECT_EQ(all.timelines(0).name(), "lakes");
  EXPECT_EQ(all.timelines(1).settings().title(), "The sea");
}

TEST_F(StoreServiceTest, EveryVerbOfATimelineKnowsWhichThereAre) {
  const auto missing = StatusIs(absl::StatusCode::kNotFound,
                                AllOf(HasSubstr("\"see\""), HasSubstr("the store has \"sea\"")));
  Service& s = service();
  EXPECT_THAT(s.GetTimeline(Asked<v1::GetTimelineRequest>("see")), missing);
  EXPECT_THAT(s.ListViews(Asked<v1::ListViewsRequest>("see")), missing);
  EXPECT_THAT(s.ListTypes(Asked<v1::ListTypesRequest>("see")), missing);
  EXPECT_THAT(s.GetStats(Asked<v1::GetStatsRequest>("see")), missing);
  EXPECT_THAT(s.ReadEvents(Asked<v1::ReadEventsRequest>("see")), missing);
  EXPECT_THAT(s.ListEvents(Asked<v1::ListEventsRequest>("see")), missing);
  EXPECT_THAT(s.Pin(Asked<v1::PinRequest>("see")), missing);
  EXPECT_THAT(s.AsOf(Asked<v1::AsOfRequest>("see")), missing);
  EXPECT_THAT(s.Diff(Asked<v1::DiffRequest>("see")), missing);
  EXPECT_THAT(s.History(Asked<v1::HistoryRequest>("see")), missing);
  EXPECT_THAT(s.Why(Asked<v1::WhyRequest>("see")), missing);
  EXPECT_THAT(s.Explain(Asked<v1::ExplainRequest>("see")), missing);
  EXPECT_THAT(s.RebuildProjections(Asked<v1::RebuildProjectionsRequest>("see"), [](const auto&) {}),
              missing);
  auto event = Asked<v1::GetEventRequest>("see");
  event.set_position(1);
  EXPECT_THAT(s.GetEvent(event), missing);
  auto append = Asked<v1::AppendRequest>("see");
  *append.add_events() = WreckFound("star", true, {"1931-06", ""});
  EXPECT_THAT(s.Append(append), StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"see\"")));
}

TEST_F(StoreServiceTest, DescribesViewsAndTypes) {
  ASSERT_OK_AND_ASSIGN(const v1::ListViewsResponse views,
                       service().ListViews(Asked<v1::ListViewsRequest>()));
  ASSERT_EQ(views.views_size(), 2);
  EXPECT_EQ(views.views(1).name(), "losses");
  EXPECT_EQ(views.views(1).columns(0).kind(), v1::Column::KEY);
  EXPECT_EQ(views.views(1).columns(1).unit(), "persons");

  ASSERT_OK_AND_ASSIGN(const v1::ListTypesResponse types,
                       service().ListTypes(Asked<v1::ListTypesRequest>()));
  const auto sunk = std::find_if(types.types().begin(), types.types().end(), [](const auto& type) {
    return type.name() == "shipwrecks.v1.ShipSunk";
  });
  ASSERT_NE(sunk, types.types().end());
  EXPECT_EQ(sunk->description(), "About ShipSunk.");
  EXPECT_EQ(sunk->fields(1).name(), "sea");
  EXPECT_EQ(sunk->fields(1).type(), "string");
  EXPECT_EQ(sunk->fields(2).type(), "annals.v1.Quantity");
  const auto crew = std::find_if(types.types().begin(), types.types().end(), [](const auto& type) {
    return type.name() == "shipwrecks.v1.CrewListed";
  });
  ASSERT_NE(crew, types.types().end());
  EXPECT_TRUE(crew->fields(1).is_list());
  EXPECT_FALSE(crew->fields(0).is_list());
}

TEST_F(StoreServiceTest, StatsCountEventsAndTellHowFarProjectionsAre) {
  TellOfTwoShips();
  ASSERT_OK(service().CreateTimeline(Creation("lakes", "Lakes")));
  ASSERT_OK_AND_ASSIGN(const v1::GetStatsResponse all, service().GetStats({}));
  ASSERT_EQ(all.timelines_size(), 2);
  ASSERT_OK_AND_ASSIGN(const v1::GetStatsResponse one,
                       service().GetStats(Asked<v1::GetStatsRequest>()));
  ASSERT_EQ(one.timelines_size(), 1);
  const v1::TimelineStats& sea = one.timelines(0);
  EXPECT_EQ(sea.events(), 6);
  EXPECT_EQ(sea.streams(), 3);
  ASSERT_EQ(sea.types_size(), 4);
  EXPECT_EQ(sea.types(2).type(), "shipwrecks.v1.ShipSunk");
  EXPECT_EQ(sea.types(2).events(), 3);
  EXPECT_GT(sea.projections_size(), 1);
  for (const v1::ProjectionStats& projection : sea.projections()) {
    EXPECT_EQ(projection.position(), 6) << projection.projection();
    EXPECT_EQ(projection.failure(), "");
  }
}

TEST_F(StoreServiceTest, AnswersAreTheSameAfterARebuild) {
  TellOfTwoShips();
  auto request = Asked<v1::AsOfRequest>();
  request.mutable_as_of()->set_valid("1931");
  request.mutable_as_of()->set_known("1931");
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse before, service().AsOf(request));
  ASSERT_OK(service().RebuildProjections(Asked<v1::RebuildProjectionsRequest>(),
                                         [](const v1::RebuildProjectionsResponse& progress) {
                                           EXPECT_LE(progress.done(), progress.head());
                                           EXPECT_EQ(progress.head(), 6);
                                         }));
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse after, service().AsOf(request));
  EXPECT_TRUE(MessageDifferencer::Equals(after, before));
}

}  // namespace
}  // namespace annals::testing
