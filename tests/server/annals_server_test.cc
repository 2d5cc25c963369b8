#include "server/annals_server.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/access.pb.h"
#include "tests/server/http/certificates.h"
#include "tests/server/rest/rest_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using AnnalsServerTest = RestTest;

TEST_F(AnnalsServerTest, TellsThatItLivesAndIsReady) {
  TellOfTwoShips();
  const http::RawResponse alive = Get("/healthz");
  EXPECT_EQ(alive.status, 200);
  EXPECT_EQ(alive.body, "ok\n");
  const http::RawResponse ready = Get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_THAT(ready.body, AllOf(HasSubstr("\"timeline\": \"sea\", \"head\": 6"),
                                HasSubstr("\"stopped\": false"), HasSubstr("\"ready\": true")));
}

TEST_F(AnnalsServerTest, CountsWhatItDoes) {
  TellOfTwoShips();
  ASSERT_EQ(Get("/v1/timelines/sea/views/losses").status, 200);
  ASSERT_EQ(Get("/nowhere").status, 404);
  const auto reader = Following("/v1/timelines/sea/feed");
  reader->ReadUntil("caught-up");
  const std::string metrics = Get("/metrics").body;
  EXPECT_THAT(metrics, AllOf(HasSubstr("annals_timeline_head{timeline=\"sea\"} 6\n"),
                             HasSubstr("annals_projection_lag{timeline=\"sea\",projection="),
                             HasSubstr("annals_feed_readers 1\n"),
                             HasSubstr("route=\"/v1/timelines/{timeline}/views/{view}\""),
                             HasSubstr("status=\"404\"")));
}

TEST_F(AnnalsServerTest, ListensWhereOthersReachItWithTlsAndTokensAlone) {
  const TemporaryDirectory directory;
  const http::Certificate certificate("server");
  const ServerCertificate tls = {
      .certificate_path = certificate.WriteCertificate(directory.path() + "/certificate"),
      .key_path = certificate.WriteKey(directory.path() + "/key")};
  const auto precondition = absl::StatusCode::kFailedPrecondition;
  const auto no_tls = StatusIs(precondition, HasSubstr("--tls-cert FILE and --tls-key FILE"));
  const auto no_token = StatusIs(precondition, HasSubstr("annals token create --role admin"));
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    EXPECT_THAT(AnnalsServer::Start(&opened_.store(), {.http = {address, 0}}), no_tls) << address;
  }
  EXPECT_THAT(AnnalsServer::Start(&opened_.store(),
                                  {.http = {"127.0.0.1", 0}, .grpc = Endpoint{"0.0.0.0", 0}}),
              no_tls);
  EXPECT_THAT(AnnalsServer::Start(&opened_.store(), {.http = {"0.0.0.0", 0}, .tls = tls}),
              no_token);
  EXPECT_THAT(
      AnnalsServer::Start(&opened_.store(),
                          {.http = {"127.0.0.1", 0}, .grpc = Endpoint{"0.0.0.0", 0}, .tls = tls}),
      no_token);
  EXPECT_THAT(
      AnnalsServer::Start(&opened_.store(), {.http = {"127.0.0.1", 0}, .requires_token = true}),
      no_token);
  v1::CreateTokenRequest token;
  token.set_name("somebody");
  token.set_role(v1::READER);
  token.add_timelines(kSea);
  ASSERT_OK(service().CreateToken(token));
  EXPECT_OK(AnnalsServer::Start(
      &opened_.store(), {.http = {"0.0.0.0", 0}, .grpc = Endpoint{"0.0.0.0", 0}, .tls = tls}));
}

TEST_F(AnnalsServerTest, NamesTheFileOfTlsThatCannotBeUsed) {
  const TemporaryDirectory directory;
  const http::Certificate certificate("server");
  ServerCertificate tls = {
      .certificate_path = certificate.WriteCertificate(directory.path() + "/certificate"),
      .key_path = directory.path() + "/nowhere"};
  EXPECT_THAT(
      AnnalsServer::Start(&opened_.store(), {.http = {"127.0.0.1", 0}, .tls = tls}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(directory.path() + "/nowhere")));
  tls.key_path = certificate.WriteKey(directory.path() + "/key");
  tls.client_ca_path = directory.path() + "/nobody";
  EXPECT_THAT(
      AnnalsServer::Start(&opened_.store(),
                          {.http = {"127.0.0.1", 0}, .grpc = Endpoint{"127.0.0.1", 0}, .tls = tls}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(directory.path() + "/nobody")));
}

TEST(EndpointTest, ParsesAnAddressAndAPort) {
  for (const char* text : {"127.0.0.1:7171", "[::1]:0", "0.0.0.0:65535"}) {
    ASSERT_OK_AND_ASSIGN(const Endpoint endpoint, Endpoint::Parse(text));
    EXPECT_EQ(endpoint.ToString(), text);
  }
  ASSERT_OK_AND_ASSIGN(const Endpoint local, Endpoint::Parse("localhost:80"));
  EXPECT_EQ(local.ToString(), "127.0.0.1:80");
  for (const char* text : {"", "7171", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                           "[127.0.0.1]:80", "example.org:80", "127.0.0.1:-1", "127.0.0.1:8o"}) {
    EXPECT_THAT(Endpoint::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("127.0.0.1:7171")))
        << text;
  }
}

}  // namespace
}  // namespace annals::testing
