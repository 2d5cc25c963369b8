// The verbs about events: append, read, list.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(StoreServiceTest, AnAppendIsAcknowledgedAndRepeatedWithoutHarm) {
  const v1::Event event = WithId(WreckFound("star", true, {"1931-06", ""}), "star-found");
  ASSERT_OK_AND_ASSIGN(const v1::AppendResponse first, Append({event}));
  ASSERT_EQ(first.receipts_size(), 1);
  EXPECT_EQ(first.receipts(0).id(), "star-found");
  EXPECT_EQ(first.receipts(0).position(), 2);
  EXPECT_EQ(first.receipts(0).revision(), 1);
  EXPECT_FALSE(first.receipts(0).duplicate());
  ASSERT_OK_AND_ASSIGN(v1::AppendResponse again, Append({event}));
  EXPECT_TRUE(again.receipts(0).duplicate());
  again.mutable_receipts(0)->set_duplicate(false);
  EXPECT_TRUE(MessageDifferencer::Equals(again, first));
}

TEST_F(StoreServiceTest, AnAppendHoldsTheStreamToItsExpectedRevision) {
  const v1::Event found = WreckFound("star", true, {"1931-06", ""});
  ASSERT_OK(Append({found}, "none"));
  EXPECT_THAT(Append({found}, "none"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("ship/star")));
  EXPECT_OK(Append({found}, "1"));
  EXPECT_OK(Append({found}, "exists"));
  EXPECT_OK(Append({found}, "any"));
  EXPECT_THAT(Append({found}, "-1"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"-1\"")));
}

TEST_F(StoreServiceTest, ARefusedAppendNamesTheEventAndRecordsNothing) {
  EXPECT_THAT(Append({WreckFound("star", true, {"1931-06", ""}),
                      WreckFound("rose", true, {"1931-13", ""})}),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("event 2")));
  EXPECT_THAT(Append({Retraction({"nothing"}, {"", ""})}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nothing")));
  ASSERT_OK_AND_ASSIGN(const v1::Timeline timeline,
                       service().GetTimeline(Asked<v1::GetTimelineRequest>()));
  EXPECT_EQ(timeline.head(), 1);
}

TEST_F(StoreServiceTest, CopiesAreKeptAsTheyWereRecorded) {
  TellOfTwoShips();
  auto copies = Asked<v1::AppendRequest>();
  copies.set_copies(true);
  ASSERT_OK_AND_ASSIGN(const auto reader, service().ReadEvents(Asked<v1::ReadEventsRequest>()));
  while (reader->Next()) *copies.add_events() = reader->event();
  ASSERT_EQ(copies.events_size(), 6);

  OpenedStore other(&domains_, At("2033-01-01T00:00:00Z"));
  ASSERT_OK(other.service().Append(copies));
  ASSERT_OK_AND_ASSIGN(const auto copied,
                       other.service().ReadEvents(Asked<v1::ReadEventsRequest>()));
  for (const v1::Event& event : copies.events()) {
    ASSERT_TRUE(copied->Next());
    EXPECT_TRUE(MessageDifferencer::Equals(copied->event(), event)) << event.id();
  }
  auto gap = Asked<v1::AppendRequest>();
  gap.set_copies(true);
  *gap.add_events() = copies.events(5);
  gap.mutable_events(0)->set_id("star-found-again");
  gap.mutable_events(0)->set_position(8);
  EXPECT_THAT(other.service().Append(gap),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("position")));
}

TEST_F(StoreServiceTest, AnEventIsFoundByIdAndByPosition) {
  TellOfTwoShips();
  auto request = Asked<v1::GetEventRequest>();
  EXPECT_THAT(service().GetEvent(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`position` or its `id`")));
  request.set_id("rose-exact");
  ASSERT_OK_AND_ASSIGN(const v1::Event by_id, service().GetEvent(request));
  EXPECT_EQ(by_id.position(), 5);
  request.set_position(5);
  ASSERT_OK_AND_ASSIGN(const v1::Event by_position, service().GetEvent(request));
  EXPECT_EQ(by_position.id(), "rose-exact");
  request.set_position(7);
  EXPECT_THAT(service().GetEvent(request), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("7")));
  request.set_position(0);
  EXPECT_THAT(service().GetEvent(request), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("0")));
  request.set_id("rose");
  EXPECT_THAT(service().GetEvent(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"rose\"")));
}

TEST_F(StoreServiceTest, ReadsEventsInTheOrderRecorded) {
  TellOfTwoShips();
  auto request = Asked<v1::ReadEventsRequest>();
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> all, Read(request));
  EXPECT_THAT(all, ElementsAre("timeline-created", "rose-lost", "star-lost", "rose-crew",
                               "rose-exact", "star-found"));
  request.set_after(1);
  request.set_limit(2);
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> two, Read(request));
  EXPECT_THAT(two, ElementsAre("rose-lost", "star-lost"));
  request.set_after(6);
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> none, Read(request));
  EXPECT_THAT(none, IsEmpty());
  request.set_after(7);
  EXPECT_THAT(Read(request), StatusIs(absl::StatusCode::kOutOfRange,
                                      AllOf(HasSubstr("`after`"), HasSubstr("position 6"))));
}

TEST_F(StoreServiceTest, ReadsOneStreamAndOneType) {
  TellOfTwoShips();
  auto request = Asked<v1::ReadEventsRequest>();
  request.set_type("ShipSunk");
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> sunk, Read(request));
  EXPECT_THAT(sunk, ElementsAre("rose-lost", "star-lost", "rose-exact"));
  request.set_stream("ship/rose");
  request.set_limit(1);
  request.set_after(2);
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> both, Read(request));
  EXPECT_THAT(both, ElementsAre("rose-exact"));
  request.clear_type();
  request.clear_limit();
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> stream, Read(request));
  EXPECT_THAT(stream, ElementsAre("rose-crew", "rose-exact"));
  request.set_type("ShipSink");
  EXPECT_THAT(Read(request), StatusIs(absl::StatusCode::kNotFound, HasSubstr("ShipSink")));
}

TEST_F(StoreServiceTest, ListsEventsAsTheyHappened) {
  TellOfTwoShips();
  auto request = Asked<v1::ListEventsRequest>();
  request.set_stream("ship/");
  ASSERT_OK_AND_ASSIGN(const v1::EventList list, service().ListEvents(request));
  EXPECT_THAT(Ids(list),
              ElementsAre("rose-lost", "rose-crew", "rose-exact", "star-lost", "star-found"));
  EXPECT_THAT(list.events(0).corrected_by(), ElementsAre(5));
  EXPECT_EQ(list.as_of().position(), 6);
  EXPECT_EQ(list.next_page_token(), "");
  request.set_from("1931-02-23");
  request.set_to("1931-02-25");
  ASSERT_OK_AND_ASSIGN(const v1::EventList within, service().ListEvents(request));
  EXPECT_THAT(Ids(within), ElementsAre("rose-lost", "rose-crew", "star-lost"));
  request.set_text("zoe");
  ASSERT_OK_AND_ASSIGN(const v1::EventList found, service().ListEvents(request));
  EXPECT_THAT(Ids(found), ElementsAre("rose-crew"));
}

TEST_F(StoreServiceTest, RefusesAPeriodThatIsNone) {
  auto request = Asked<v1::ListEventsRequest>();
  request.set_from("");
  EXPECT_THAT(service().ListEvents(request),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("`from`")));
  request.set_from("1931-03");
  request.set_to("1931-02");
  EXPECT_THAT(service().ListEvents(request),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("`to` 1931-02 lies before `from` 1931-03")));
}

TEST_F(StoreServiceTest, PagesTogetherAreTheListWithoutGapsOrRepeats) {
  constexpr uint32_t kSeed = 20260112;
  std::mt19937 random(kSeed);
  std::vector<v1::Event> events;
  // Many share a date, and some say none: only their places in the log tell them apart.
  const std::vector<std::string> dates = {"1931-01", "1931-01-01", "1931-02-11/1931-03", ""};
  for (int i = 0; i < 137; ++i) {
    const std::string ship = absl::StrCat("ship-", random() % 5);
    events.push_back(WithId(WreckFound(ship, true, {dates[random() % dates.size()], ""}),
                            absl::StrCat("event-", i)));
  }
  ASSERT_OK(Append(events));
  std::vector<std::string> whole;
  for (const uint32_t page_size : {kMostOnAPage, 1u, 2u, 7u, 0u, 1'000u}) {
    auto request = Asked<v1::ListEventsRequest>();
    request.set_page_size(page_size);
    const std::vector<std::string> pages = Pages(request);
    ASSERT_THAT(pages, SizeIs(138)) << "pages of " << page_size << ", seed " << kSeed;
    if (whole.empty()) whole = pages;
    EXPECT_EQ(pages, whole) << "pages of " << page_size << ", seed " << kSeed;
  }
  std::sort(whole.begin(), whole.end());
  EXPECT_EQ(std::unique(whole.begin(), whole.end()), whole.end());
}

TEST_F(StoreServiceTest, PagesAreOfTheTimeOfTheFirstOne) {
  TellOfTwoShips();
  auto request = Asked<v1::ListEventsRequest>();
  request.set_stream("ship/");
  const std::vector<std::string> before = Pages(request);
  request.set_page_size(2);
  const std::vector<std::string> pages = Pages(request, [this] {
    ASSERT_OK(Append({WreckFound("rose", false, {"1931-02-23", ""}),
                      Retraction({"star-found"}, {"1931-01-01", ""})}));
  });
  EXPECT_EQ(pages, before);
}

TEST_F(StoreServiceTest, APageTokenServesItsOwnQuestionAlone) {
  TellOfTwoShips();
  auto request = Asked<v1::ListEventsRequest>();
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const v1::EventList first, service().ListEvents(request));
  ASSERT_NE(first.next_page_token(), "");
  EXPECT_THAT(first.next_page_token(), Not(HasSubstr("+"))) << "fit for a URL";
  request.set_page_token(first.next_page_token());
  request.set_page_size(3);
  EXPECT_OK(service().ListEvents(request)) << "the page size may change";
  request.set_text("rose");
  EXPECT_THAT(service().ListEvents(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another question")));
  for (const std::string token : {"x", "!", "MQ", "MS4xLjEuMS4xLjEuMS54", "MS4uLi4uLi4"}) {
    request.set_page_token(token);
    EXPECT_THAT(service().ListEvents(request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("`page_token`")))
        << token;
  }
}

}  // namespace
}  // namespace annals::testing
