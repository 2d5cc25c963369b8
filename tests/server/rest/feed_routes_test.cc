#include "server/rest/feed_routes.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/service/stream_frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/feed.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/rest/rest_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFeed[] = "/v1/timelines/sea/feed";

class FeedRoutesTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    TellOfTwoShips();
  }

  // What arrives up to and including `mark`, the framing of chunks among it.
  std::string Until(absl::string_view target, absl::string_view mark,
                    absl::string_view headers = "") {
    const auto client = Following(target, headers);
    return client->ReadUntil(mark);
  }

  // The ids of Server-Sent Events of that kind.
  static std::vector<std::string> IdsOf(const std::string& text, absl::string_view kind) {
    std::vector<std::string> ids;
    const std::vector<std::string> lines = absl::StrSplit(text, '\n');
    for (size_t i = 1; i < lines.size(); ++i) {
      if (lines[i] == absl::StrCat("event: ", kind)) ids.push_back(lines[i - 1]);
    }
    return ids;
  }
};

TEST_F(FeedRoutesTest, ReadsHistoryAndGoesOnLive) {
  const auto client = Following(absl::StrCat(kFeed, "?after=3"));
  const std::string history = client->ReadUntil("event: caught-up\ndata: {\"position\": 6}\n\n");
  EXPECT_THAT(history, AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("text/event-stream")));
  EXPECT_THAT(IdsOf(history, "event"), ElementsAre("id: 4", "id: 5", "id: 6"));
  ASSERT_OK(Append({WithId(WreckFound("rose", false, {"1931-08", ""}), "news")}));
  const std::string live = client->ReadUntil("\n\n");
  EXPECT_THAT(live,
              AllOf(HasSubstr("id: 7\nevent: event\ndata: {\"id\": \"news\""), EndsWith("\n\n")));
}

TEST_F(FeedRoutesTest, ResumesAfterTheLastEventIdWhateverTheTargetSays) {
  const std::string text =
      Until(absl::StrCat(kFeed, "?after=1"), "caught-up", "Last-Event-ID: 5\r\n");
  EXPECT_THAT(IdsOf(text, "event"), ElementsAre("id: 6"));
}

TEST_F(FeedRoutesTest, FiltersByStreamTypeAndAsserter) {
  const std::string typed =
      Until(absl::StrCat(kFeed, "?type=CrewListed&type=shipwrecks.v1.WreckFound"), "caught-up");
  EXPECT_THAT(IdsOf(typed, "event"), ElementsAre("id: 4", "id: 6"));
  const std::string nobody = Until(absl::StrCat(kFeed, "?asserter=nobody"), "caught-up");
  EXPECT_THAT(IdsOf(nobody, "event"), ElementsAre());
  EXPECT_THAT(Get(absl::StrCat(kFeed, "?type=CrewListet")).body,
              HasSubstr(R"(did you mean \"CrewListed\"?)"));
}

TEST_F(FeedRoutesTest, SpeaksLinesToWhoeverAsksForThem) {
  const std::string text =
      Until(absl::StrCat(kFeed, "?after=5"), "{\"caughtUp\": {\"position\": 6}}\n",
            "Accept: application/x-ndjson\r\n");
  EXPECT_THAT(text,
              AllOf(HasSubstr("application/x-ndjson"),
                    HasSubstr("{\"event\": {\"id\": \"star-found\""), Not(HasSubstr("event: "))));
}

TEST_F(FeedRoutesTest, SpeaksCloudEvents) {
  const std::string text =
      Until(absl::StrCat(kFeed, "?after=5&format=cloudevents"), "annals.v1.CaughtUp");
  EXPECT_THAT(
      text,
      AllOf(HasSubstr(R"("specversion": "1.0", "id": "star-found", "source": "/v1/timelines/sea")"),
            HasSubstr(R"("type": "shipwrecks.v1.WreckFound")"),
            HasSubstr(R"("sequence": "00000000000000000006")"),
            HasSubstr(R"("data": {"id": "star-found")")));
}

TEST_F(FeedRoutesTest, TellsWhatEachEventChangedInAView) {
  const auto client = Following("/v1/timelines/sea/views/losses/feed?after=1");
  const std::string history = client->ReadUntil("caught-up");
  EXPECT_THAT(history, AllOf(HasSubstr("id: 2\nevent: change\ndata: {\"position\": 2"),
                             HasSubstr("\"kind\": \"ADDED\""), HasSubstr("id: 5\nevent: change")));
  ASSERT_OK(Append({ShipSunk("oak", "north", 5, 5, {"1931-08", "1931-08-02"})}));
  EXPECT_THAT(client->ReadUntil("event: change"), HasSubstr("id: 7"));
}

TEST_F(FeedRoutesTest, RefusesBeforeItBegins) {
  EXPECT_EQ(Get(absl::StrCat(kFeed, "?after=7")).status, 400);
  EXPECT_EQ(Get(absl::StrCat(kFeed, "?after=-1")).status, 400);
  EXPECT_EQ(Get(kFeed, "Last-Event-ID: six\r\n").status, 400);
  EXPECT_EQ(Get(kFeed, "Accept: text/html\r\n").status, 406);
  EXPECT_EQ(Get("/v1/timelines/see/feed").status, 404);
  EXPECT_EQ(Get("/v1/timelines/sea/views/loses/feed").status, 404);
  EXPECT_EQ(Get(absl::StrCat(kFeed, "?format=xml")).status, 400);
  EXPECT_THAT(Get(absl::StrCat(kFeed, "?streams=a")).body, HasSubstr(R"(\"stream\")"));
}

TEST_F(FeedRoutesTest, AServerThatStopsSaysSo) {
  const auto lines = Following(kFeed, "Accept: application/x-ndjson\r\n");
  lines->ReadUntil("caughtUp");
  const auto events = Following(kFeed);
  events->ReadUntil("caught-up");
  EXPECT_THAT(server().Stop(std::chrono::seconds(10)), IsOk());
  EXPECT_THAT(lines->ReadUntil("stopping\"}}\n"),
              HasSubstr("{\"end\": {\"code\": \"UNAVAILABLE\""));
  EXPECT_THAT(events->ReadUntil("stopping\"}\n\n"),
              HasSubstr("event: end\ndata: {\"code\": \"UNAVAILABLE\""));
}

TEST_F(FeedRoutesTest, ASubscriptionInFramesEndsWithItsReason) {
  auto request = Asked<v1::SubscribeRequest>();
  request.set_after(5);
  http::RawClient client(server().http().port);
  const std::string body = request.SerializeAsString();
  client.Send(absl::StrCat(
      "POST /v1/verbs/Subscribe HTTP/1.1\r\nHost: h\r\nContent-Type: application/protobuf\r\n"
      "Content-Length: ",
      body.size(), "\r\n\r\n", body));
  // Live, then stopped: what arrived is whole, and says why it is over.
  v1::SubscribeResponse caught_up;
  caught_up.add_items()->mutable_caught_up()->set_position(6);
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("200"));
  const std::string history = client.ReadUntil(MessageFrame(caught_up.SerializeAsString()));
  EXPECT_THAT(history, HasSubstr("star-found"));
  EXPECT_THAT(server().Stop(std::chrono::seconds(10)), IsOk());
  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("stopping"));
}

}  // namespace
}  // namespace annals::testing
