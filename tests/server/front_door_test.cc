#include "server/front_door.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/access.pb.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/rest/rest_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using http::RawClient;
using http::RawResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLosses[] = "/v1/timelines/sea/views/losses";
constexpr char kPinned[] =
    "/v1/timelines/sea/views/losses?valid=1931-12-31&known=1931-12-31&position=6";

class FrontDoorTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    TellOfTwoShips();
    reader_ = Create("reader", v1::READER, kSea);
    stranger_ = Create("stranger", v1::READER, "lakes");
    admin_ = Create("admin", v1::ADMIN, "*");
  }

  // The server reads the tokens when it starts.
  std::string Create(const std::string& name, v1::Role role, const std::string& timeline) {
    v1::CreateTokenRequest request;
    request.set_name(name);
    request.set_role(role);
    request.add_timelines(timeline);
    const absl::StatusOr<v1::CreateTokenResponse> made = service().CreateToken(request);
    EXPECT_OK(made);
    return made.ok() ? made->secret() : "";
  }

  static std::string Showing(const std::string& token) {
    return absl::StrCat("Authorization: Bearer ", token, "\r\n");
  }

  RawResponse GetFrom(const std::string& host, absl::string_view target,
                      const std::string& headers = "") {
    RawClient client(server().http().port);
    client.Send(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: ", host, "\r\n", headers, "\r\n"));
    return client.Read();
  }

  // As the admin.
  void Revoke(const std::string& token) {
    const std::string id = token.substr(7, 8);
    EXPECT_EQ(Post("/v1/verbs/RevokeToken", "application/json",
                   absl::StrCat("{\"id\": \"", id, "\"}"), Showing(admin_))
                  .status,
              200);
  }

  std::string reader_;
  std::string stranger_;
  std::string admin_;
};

TEST_F(FrontDoorTest, OnThisMachineATokenIsNotNeededButIsChecked) {
  Serve({});
  EXPECT_EQ(Get(kLosses).status, 200);
  EXPECT_EQ(Get(kLosses, Showing(reader_)).status, 200);
  for (const std::string& wrong :
       {Showing("annals_00000000_wrong"), Showing(""), std::string("Authorization: Basic eA==\r\n"),
        Showing(reader_) + Showing(reader_)}) {
    const RawResponse refused = Get(kLosses, wrong);
    EXPECT_EQ(refused.status, 401) << wrong;
    EXPECT_EQ(refused.headers.at("www-authenticate"), "Bearer");
    EXPECT_THAT(refused.body, HasSubstr("\"code\":\"UNAUTHENTICATED\""));
  }
}

TEST_F(FrontDoorTest, WhereATokenIsRequiredNearlyEverythingTakesOne) {
  Serve({.requires_token = true});
  for (const char* target : {kLosses, "/v1/timelines", "/metrics", "/nowhere"}) {
    const RawResponse refused = Get(target);
    EXPECT_EQ(refused.status, 401) << target;
    EXPECT_THAT(refused.body, HasSubstr("annals token create")) << target;
  }
  EXPECT_EQ(Post("/v1/verbs/Pin", "application/json", "{\"timeline\":\"sea\"}").status, 401);
  for (const char* target : {"/healthz", "/openapi.json"}) {
    EXPECT_EQ(Get(target).status, 200) << target;
  }
  EXPECT_EQ(Get(kLosses, Showing(reader_)).status, 200);
}

TEST_F(FrontDoorTest, WhichTimelinesThereAreIsForThoseWhoMayReadThem) {
  Serve({.requires_token = true});
  const RawResponse ready = Get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, "{\"ready\": true}\n");
  EXPECT_THAT(Get("/readyz", Showing(reader_)).body, Not(HasSubstr("sea")));
  EXPECT_THAT(Get("/readyz", Showing(admin_)).body, HasSubstr("\"timeline\": \"sea\""));
  EXPECT_EQ(Get("/metrics", Showing(reader_)).status, 403);
  EXPECT_THAT(Get("/metrics", Showing(admin_)).body, HasSubstr("timeline=\"sea\""));
  EXPECT_THAT(Get("/v1/timelines", Showing(stranger_)).body, Not(HasSubstr("sea")));
  EXPECT_THAT(Get("/v1/timelines", Showing(reader_)).body, HasSubstr("sea"));
}

TEST_F(FrontDoorTest, ATokenIsForItsTimelineAndRole) {
  Serve({});
  const RawResponse elsewhere = Get(kLosses, Showing(stranger_));
  EXPECT_EQ(elsewhere.status, 403);
  EXPECT_THAT(elsewhere.body, HasSubstr("is not for the timeline \\\"sea\\\""));
  EXPECT_EQ(Get("/v1/timelines/sea/feed", Showing(stranger_)).status, 403);
  EXPECT_EQ(Get("/v1/timelines/sea/views/losses/feed", Showing(stranger_)).status, 403);
  const RawResponse append =
      Post("/v1/timelines/sea/events", "application/json", "{\"events\": []}", Showing(reader_));
  EXPECT_EQ(append.status, 403);
  EXPECT_THAT(append.body, HasSubstr("a writer's"));
  EXPECT_EQ(Post("/v1/verbs/ListTokens", "application/json", "", Showing(reader_)).status, 403);
  EXPECT_THAT(Post("/v1/verbs/ListTokens", "application/json", "{}", Showing(admin_)).body,
              AllOf(HasSubstr("\"name\": \"reader\""), Not(HasSubstr(reader_))));
}

TEST_F(FrontDoorTest, AnAnswerThatIsKeptIsNotForEverybody) {
  Serve({});
  const RawResponse open = Get(kPinned);
  ASSERT_EQ(open.status, 200) << open.body;
  EXPECT_THAT(open.headers.at("cache-control"), HasSubstr("public"));
  EXPECT_EQ(Get(kPinned, Showing(stranger_)).status, 403);
  const RawResponse shown = Get(kPinned, Showing(reader_));
  EXPECT_EQ(shown.body, open.body);
  EXPECT_THAT(shown.headers.at("cache-control"),
              AllOf(HasSubstr("private"), HasSubstr("immutable"), Not(HasSubstr("public"))));
  EXPECT_THAT(Get(kPinned).headers.at("cache-control"), HasSubstr("public"));
}

TEST_F(FrontDoorTest, ATokenInTheUrlIsRefusedAndNotLogged) {
  Serve({});
  for (const std::string& query :
       {absl::StrCat("token=", reader_), absl::StrCat("access_token=", reader_),
        absl::StrCat("valid=", reader_)}) {
    const RawResponse refused = Get(absl::StrCat(kLosses, "?", query));
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_THAT(refused.body, AllOf(HasSubstr("Authorization: Bearer"), Not(HasSubstr(reader_))));
  }
  http::Request request;
  request.target = absl::StrCat(kLosses, "?token=", reader_);
  request.query = {{"token", reader_}};
  EXPECT_EQ(FrontDoor(nullptr, {}).Admit(&request).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(request.target, absl::StrCat(kLosses, "?…"));
}

TEST_F(FrontDoorTest, AnswersForItsOwnHostsAlone) {
  Serve({.hosts = {"Annals.Example.org"}});
  for (const char* host : {"localhost", "LOCALHOST:7171", "localhost.", "127.0.0.1:80", "127.1.2.3",
                           "[::1]:7171", "annals.example.org", "annals.example.org:443"}) {
    EXPECT_EQ(GetFrom(host, kLosses).status, 200) << host;
  }
  for (const char* host : {"attacker.example", "localhost.attacker.example", "192.0.2.1",
                           "127.0.0.1.attacker.example:7171", "example.org"}) {
    const RawResponse refused = GetFrom(host, kLosses);
    EXPECT_EQ(refused.status, 421) << host;
    EXPECT_THAT(refused.body, HasSubstr("annals serve --host NAME")) << host;
  }
}

TEST_F(FrontDoorTest, APageOfAnotherSiteChangesNothing) {
  Serve({.origins = {"https://trusted.example"}});
  const auto append = [this](const std::string& type, const std::string& headers) {
    return Post("/v1/timelines/sea/events", type, "{\"events\": []}", headers).status;
  };
  const int admitted = append("application/json", "");
  EXPECT_NE(admitted, 403);
  for (const char* origin : {"https://attacker.example", "null", "http://localhost:1"}) {
    EXPECT_EQ(append("application/json", absl::StrCat("Origin: ", origin, "\r\n")), 403) << origin;
    EXPECT_EQ(append("text/plain", absl::StrCat("Origin: ", origin, "\r\n")), 403) << origin;
    EXPECT_EQ(Get(kLosses, absl::StrCat("Origin: ", origin, "\r\n")).status, 200)
        << "it can't read the answer";
  }
  EXPECT_EQ(append("application/json", "Origin: https://trusted.example\r\n"), admitted);
  EXPECT_EQ(append("application/json", "Origin: http://h\r\n"), admitted) << "the server's own";
  // What a form, or a script without asking first, can send.
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}) {
    EXPECT_EQ(append(type, ""), 415) << type;
  }
}

TEST_F(FrontDoorTest, PreflightsTakeNoToken) {
  Serve({.requires_token = true, .origins = {"https://trusted.example"}});
  RawClient client(server().http().port);
  client.Send(absl::StrCat("OPTIONS ", kLosses,
                           " HTTP/1.1\r\nHost: h\r\nOrigin: https://trusted.example\r\n"
                           "Access-Control-Request-Method: GET\r\n\r\n"));
  const RawResponse allowed = client.Read();
  EXPECT_EQ(allowed.status, 204);
  EXPECT_THAT(allowed.headers.at("access-control-allow-headers"), HasSubstr("Authorization"));
}

TEST_F(FrontDoorTest, AQuestionTooManyIsToldWhenToComeBack) {
  Serve({.quotas = {.units_per_second = 1, .most_units = 20}});
  ASSERT_EQ(Get(kLosses, Showing(reader_)).status, 200);
  const RawResponse refused = Get(kLosses, Showing(reader_));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("this question costs 11 units"));
  const int seconds = std::stoi(refused.headers.at("retry-after"));
  EXPECT_GE(seconds, 1);
  EXPECT_LE(seconds, 20);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Get(kLosses).status, 200) << "this machine has no quota";
}

TEST_F(FrontDoorTest, AStreamTooManyIsRefused) {
  Serve({.quotas = {.streams = 1}});
  const auto first = Following("/v1/timelines/sea/feed", Showing(reader_));
  first->ReadUntil("caught-up");
  const RawResponse refused = Get("/v1/timelines/sea/feed", Showing(reader_));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.headers.at("retry-after"), "1");
  const auto other = Following("/v1/timelines/sea/feed", Showing(admin_));
  EXPECT_THAT(other->ReadUntil("caught-up"), HasSubstr("200 OK"));
}

// The read fails after ten seconds; an idle feed says nothing by itself for fifteen.
TEST_F(FrontDoorTest, RevokingATokenEndsItsIdleFeeds) {
  Serve({});
  const std::string mark = "\"code\": \"UNAUTHENTICATED\"";
  const auto events = Following("/v1/timelines/sea/feed", Showing(reader_));
  events->ReadUntil("caught-up");
  const auto lines = Following("/v1/timelines/sea/feed",
                               absl::StrCat(Showing(reader_), "Accept: application/x-ndjson\r\n"));
  lines->ReadUntil("caughtUp");
  const auto view = Following("/v1/timelines/sea/views/losses/feed", Showing(reader_));
  view->ReadUntil("caught-up");
  const auto others = Following("/v1/timelines/sea/feed", Showing(admin_));
  others->ReadUntil("caught-up");
  Revoke(reader_);
  for (RawClient* stream : {events.get(), lines.get(), view.get()}) {
    EXPECT_THAT(stream->ReadUntil(mark), HasSubstr(mark));
  }
  EXPECT_EQ(Get(kLosses, Showing(reader_)).status, 401);
  ASSERT_OK(Append({WithId(WreckFound("rose", false, {"1931-08", ""}), "news")}));
  EXPECT_THAT(others->ReadUntil("\"news\""), HasSubstr("\"news\"")) << "of another token";
}

TEST_F(FrontDoorTest, ARevokedFeedGetsNoFurtherRecord) {
  Serve({});
  const auto events = Following("/v1/timelines/sea/feed", Showing(reader_));
  events->ReadUntil("caught-up");
  Revoke(reader_);
  ASSERT_OK(Append({WithId(WreckFound("rose", false, {"1931-08", ""}), "news")}));
  const std::string rest = events->ReadUntil("revoked");
  EXPECT_THAT(rest, AllOf(HasSubstr("event: end"), Not(HasSubstr("\"news\""))));
}

}  // namespace
}  // namespace annals::testing
