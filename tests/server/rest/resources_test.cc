// What people ask for by URL.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/query/json/json.h"
#include "engine/time/home_zone.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/rest/rest_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kTimeline[] = "/v1/timelines/sea";
constexpr char kLosses[] = "/v1/timelines/sea/views/losses";
constexpr char kPins[] = "valid=1931-04&known=1931-06&position=6";

class ResourcesTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    TellOfTwoShips();
  }

  static std::string Under(absl::string_view path) { return absl::StrCat(kTimeline, path); }

  // The value of "nextPageToken" in a page.
  static std::string NextToken(const std::string& body) {
    const std::string name = "\"nextPageToken\": \"";
    const size_t at = body.find(name);
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size();
    return body.substr(begin, body.find('"', begin) - begin);
  }
};

TEST_F(ResourcesTest, AViewIsWhatTheServiceSaysAsJson) {
  auto request = Asked<v1::AsOfRequest>();
  request.add_views("losses");
  request.mutable_as_of()->set_valid("1931-04");
  request.mutable_as_of()->set_known("1931-06");
  request.mutable_as_of()->set_position(6);
  ASSERT_OK_AND_ASSIGN(const v1::AsOfResponse expected, service().AsOf(request));
  ASSERT_OK_AND_ASSIGN(const HomeZone zone, HomeZone::Load("Europe/Amsterdam"));
  const http::RawResponse answer = Get(absl::StrCat(kLosses, "?", kPins));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(answer.body, absl::StrCat(AnswerToJson(expected.views(0), zone, {}), "\n"));
}

TEST_F(ResourcesTest, APinnedAnswerMayBeKeptForEver) {
  const std::string target = absl::StrCat(kLosses, "?", kPins);
  const http::RawResponse first = Get(target);
  EXPECT_EQ(first.headers.at("cache-control"), "public, max-age=31536000, immutable");
  const std::string etag = first.headers.at("etag");
  EXPECT_THAT(etag, AllOf(StartsWith("\""), EndsWith("\"")));
  EXPECT_EQ(first.headers.count("link"), 0);

  const http::RawResponse again = Get(target);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("etag"), etag);
  const http::RawResponse unchanged = Get(target, absl::StrCat("If-None-Match: ", etag, "\r\n"));
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.body, "");
  // What is kept is told apart by its form.
  EXPECT_THAT(Get(target, "Accept: text/csv\r\n").body, StartsWith("sea,"));
  EXPECT_EQ(Get(target).body, first.body);
}

TEST_F(ResourcesTest, AnAnswerThatLeavesThePositionOpenFollowsTheHead) {
  const std::string target = absl::StrCat(kLosses, "?valid=1931-04&known=2040");
  const http::RawResponse first = Get(target);
  const http::RawResponse again = Get(target);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(LinkOf(again, "canonical"), LinkOf(first, "canonical"));
  ASSERT_OK(Append({ShipSunk("tern", "north", 5, 5, {"1931-03", "1931-03-02"})}));
  const http::RawResponse news = Get(target);
  EXPECT_NE(news.body, first.body);
  EXPECT_NE(LinkOf(news, "canonical"), LinkOf(first, "canonical"));
  EXPECT_EQ(news.headers.at("cache-control"), "no-cache");
}

TEST_F(ResourcesTest, AnUnpinnedAnswerSaysWhereItStays) {
  for (const std::string& target : std::vector<std::string>{
           kLosses, absl::StrCat(kLosses, "?valid=1931-04&world=certain"),
           absl::StrCat(kLosses, "?known=now&format=csv"), Under("/as-of?valid=1931"),
           Under("/events?from=1931-02&page_size=2"),
           absl::StrCat(kLosses, "/why?key=north&limit=1"),
           absl::StrCat(kLosses, "/diff?from=1931-02-24&to=1931-04"),
           Under("/diff?from=1931-02-24&to=1931-04"),
           absl::StrCat(kLosses, "/history?from=1931-02-20&to=1931-03-01&step=2d"),
           absl::StrCat(kLosses, "/history?from=2031&to=now&step=1y&axis=known")}) {
    const http::RawResponse answer = Get(target);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    EXPECT_EQ(answer.headers.at("cache-control"), "no-cache") << target;
    EXPECT_EQ(answer.headers.count("etag"), 0) << target;
    const std::string canonical = LinkOf(answer, "canonical");
    ASSERT_NE(canonical, "") << target;
    // However the log grows.
    ASSERT_OK(Append({WreckFound("rose", false, {"1931-08", "1931-09-01"})}));
    const http::RawResponse cited = Get(canonical);
    EXPECT_EQ(cited.body, answer.body) << target << '\n' << canonical;
    EXPECT_THAT(cited.headers.at("cache-control"), HasSubstr("immutable")) << canonical;
  }
}

TEST_F(ResourcesTest, CsvByFormatOrByAccept) {
  const std::string target = absl::StrCat(kLosses, "?", kPins);
  const http::RawResponse by_format = Get(absl::StrCat(target, "&format=csv"));
  EXPECT_EQ(by_format.headers.at("content-type"), "text/csv; charset=utf-8; header=present");
  EXPECT_THAT(by_format.body, AllOf(StartsWith("sea,"), HasSubstr("\r\nnorth,")));
  EXPECT_EQ(Get(target, "Accept: text/html, text/csv;q=0.9\r\n").body, by_format.body);
  EXPECT_EQ(Get(target, "Accept: image/png\r\n").status, 406);
  EXPECT_THAT(Get(absl::StrCat(kLosses, "?format=xml")).body, HasSubstr(R"(format \"xml\")"));
}

TEST_F(ResourcesTest, CsvSaysInAHeaderWhatItRestsOn) {
  const std::string target = absl::StrCat(kLosses, "?", kPins);
  const http::RawResponse csv = Get(absl::StrCat(target, "&format=csv"));
  ASSERT_EQ(csv.headers.count("annals-root-hash"), 1);
  const http::RawResponse json = Get(target);
  EXPECT_THAT(json.body, HasSubstr(absl::StrCat("\"rootHash\": \"",
                                                csv.headers.at("annals-root-hash"), "\"")));
  EXPECT_EQ(json.headers.count("annals-root-hash"), 0);
  for (const absl::string_view answer : {"/history?from=1930-01-01&to=1930-01-03&step=1d",
                                         "/diff?from=1930-01-01", "/why?key=north"}) {
    EXPECT_EQ(Get(absl::StrCat(kLosses, answer, "&format=csv")).headers.count("annals-root-hash"),
              1)
        << answer;
  }
}

TEST_F(ResourcesTest, PagesOfEventsAreOneAnswer) {
  std::vector<std::string> bodies;
  std::string target = Under("/events?page_size=2");
  while (!target.empty()) {
    const http::RawResponse page = Get(target);
    ASSERT_EQ(page.status, 200) << target << page.body;
    bodies.push_back(page.body);
    ASSERT_OK(Append({WreckFound("rose", false, {"1931-02-01", "1931-09-01"})}));
    const std::string next = LinkOf(page, "next");
    // By the token, with what was asked before.
    const std::string token = NextToken(page.body);
    EXPECT_EQ(next.empty(), token.empty());
    if (!token.empty()) {
      const std::string by_hand = Under(absl::StrCat("/events?page_size=2&page_token=", token));
      EXPECT_EQ(Get(by_hand).body, Get(next).body);
    }
    target = next;
  }
  ASSERT_EQ(bodies.size(), 3);
  for (const char* id : {"rose-lost", "star-lost", "rose-crew", "rose-exact", "star-found"}) {
    int found = 0;
    for (const std::string& body : bodies) {
      found += body.find(absl::StrCat("\"id\": \"", id, "\"")) != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(found, 1) << id;
  }
  EXPECT_EQ(Get(Under("/events?page_token=none")).status, 400);
  const std::string token = NextToken(bodies[0]);
  EXPECT_THAT(Get(Under(absl::StrCat("/events?page_size=2&position=3&page_token=", token))).body,
              HasSubstr("other coordinates"));
  EXPECT_EQ(Get(Under(absl::StrCat("/events?page_size=2&text=rose&page_token=", token))).status,
            400);
}

TEST_F(ResourcesTest, AnEventByIdOrPosition) {
  const http::RawResponse by_id = Get(Under("/events/star-found"));
  EXPECT_EQ(by_id.status, 200);
  EXPECT_THAT(by_id.body, StartsWith("{\"id\": \"star-found\""));
  EXPECT_THAT(by_id.headers.at("cache-control"), HasSubstr("immutable"));
  EXPECT_EQ(Get(Under("/events/6")).body, by_id.body);
  EXPECT_EQ(Get(Under("/events/0")).status, 400);
  EXPECT_EQ(Get(Under("/events/7")).status, 400);
  EXPECT_EQ(Get(Under("/events/99999999999999999999")).status, 400);
  EXPECT_EQ(Get(Under("/events/nobody")).status, 404);
}

TEST_F(ResourcesTest, AppendsWithAnExpectedRevision) {
  const std::string event =
      R"({"id":"found","stream":"ship/new","occurred":"1931-06","payload":)"
      R"({"@type":"type.googleapis.com/shipwrecks.v1.WreckFound","ship":"new","intact":true}})";
  const std::string body = absl::StrCat(R"({"expectedRevision":"none","events":[)", event, "]}");
  const http::RawResponse added = Post(Under("/events"), "application/json", body);
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_THAT(added.body, AllOf(HasSubstr("\"position\": 7"), HasSubstr("\"revision\": 1")));
  // Again: the first receipt.
  EXPECT_EQ(Post(Under("/events"), "application/json", body).status, 200);
  const std::string other = absl::StrCat(R"({"expectedRevision":"none","events":[{"id":"other",)",
                                         event.substr(event.find("\"stream\"")), "]}");
  const http::RawResponse lost = Post(Under("/events"), "application/json", other);
  EXPECT_EQ(lost.status, 409);
  EXPECT_THAT(lost.body, HasSubstr("\"code\":\"ABORTED\""));
  EXPECT_EQ(Post(Under("/events"), "application/json", R"({"timeline":"lakes"})").status, 400);
  EXPECT_EQ(Post(Under("/events"), "text/plain", body).status, 415);
}

TEST_F(ResourcesTest, TimelinesAndWhatTheyCanBeAsked) {
  EXPECT_EQ(Post("/v1/timelines", "application/json",
                 R"({"timeline":"lakes","settings":{"title":"Lakes","homeZone":"UTC"}})")
                .status,
            201);
  EXPECT_THAT(Get("/v1/timelines").body,
              AllOf(HasSubstr("\"name\": \"lakes\""), HasSubstr("\"name\": \"sea\"")));
  EXPECT_THAT(Get("/v1/timelines?format=csv").body, StartsWith("timeline,title,domain,"));
  EXPECT_THAT(Get(kTimeline).body, HasSubstr("\"head\": 6"));
  EXPECT_THAT(Get(Under("/views")).body, HasSubstr("\"name\": \"losses\""));
  EXPECT_THAT(Get(Under("/types")).body, HasSubstr("shipwrecks.v1.WreckFound"));
  EXPECT_THAT(Get(Under("/stats")).body, HasSubstr("\"events\": 6"));
  EXPECT_THAT(Get("/v1/stats").body, HasSubstr("\"timeline\": \"lakes\""));
  EXPECT_EQ(Get("/v1/timelines/see").status, 404);
}

TEST_F(ResourcesTest, AMistypedParameterIsNotPassedOver) {
  const http::RawResponse mistyped = Get(absl::StrCat(kLosses, "?knwn=1931"));
  EXPECT_EQ(mistyped.status, 400);
  EXPECT_THAT(mistyped.body, HasSubstr(R"(did you mean \"known\"?)"));
  EXPECT_THAT(Get("/v1/timelines?page=2").body, HasSubstr(R"(no parameter \"page\")"));
  EXPECT_THAT(Get(absl::StrCat(kLosses, "?known=1931&known=1932")).body, HasSubstr("twice"));
  for (const char* position : {"-1", "+1", "1e3", "0x1", "", "18446744073709551616"}) {
    EXPECT_EQ(Get(absl::StrCat(kLosses, "?position=", position)).status, 400) << position;
  }
  EXPECT_EQ(Get(absl::StrCat(kLosses, "?valid=the-day-before")).status, 400);
  EXPECT_EQ(Get(absl::StrCat(kLosses, "?world=best")).status, 400);
  EXPECT_EQ(Get(absl::StrCat(kLosses, "?max_evidence=4294967296")).status, 400);
  EXPECT_THAT(Get(Under("/views/loses")).body, HasSubstr(R"(\"losses\")"));
}

TEST_F(ResourcesTest, WhyAndExplain) {
  const http::RawResponse why = Get(absl::StrCat(kLosses, "/why?key=north&", kPins));
  EXPECT_THAT(why.body, AllOf(StartsWith("{\"reasons\": [{"), HasSubstr("\"rose-exact\"")));
  EXPECT_THAT(Get(absl::StrCat(kLosses, "/why?key=north&format=csv&", kPins)).body,
              HasSubstr("rose-exact"));
  const http::RawResponse explain = Get(absl::StrCat(kLosses, "/explain?", kPins));
  EXPECT_THAT(explain.body, HasSubstr("\"elapsedMicros\""));
  EXPECT_EQ(explain.headers.at("cache-control"), "no-store");
}

}  // namespace
}  // namespace annals::testing
