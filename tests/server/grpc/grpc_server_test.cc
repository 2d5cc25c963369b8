// The server as such: who is let in, and how it begins and ends.
#include "server/grpc/grpc_server.h"

#include <fstream>
#include <sstream>
#include <string>

#include "engine/access/principal.h"
#include "engine/access/quotas.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/grpc/rpc_status.pb.h"
#include "tests/server/grpc/grpc_fixture.h"
#include "tests/server/grpc/well_known_calls.pb.h"
#include "tests/server/http/certificates.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class GrpcServerTest : public GrpcTest {
 protected:
  static PrincipalPtr Make(const std::string& id, v1::Role role, const std::string& timeline) {
    v1::Token token;
    token.set_id(id);
    token.set_role(role);
    token.add_timelines(timeline);
    return std::make_shared<const Principal>(std::move(token));
  }

  // Lets in whoever shows the id of one of these.
  Authenticator TheseAlone() {
    return [this](absl::string_view bearer) -> absl::StatusOr<PrincipalPtr> {
      for (const PrincipalPtr& one : {reader_, stranger_, admin_}) {
        if (one->id() == bearer) return one;
      }
      return absl::UnauthenticatedError("no token of this store");
    };
  }

  absl::Status Get(const std::string& token) {
    v1::Timeline timeline;
    return FromGrpc(
        stub().GetTimeline(Context(token).get(), Asked<v1::GetTimelineRequest>(), &timeline));
  }

  absl::Status Append(const std::string& token) {
    v1::AppendResponse response;
    return FromGrpc(stub().Append(Context(token).get(), Asked<v1::AppendRequest>(), &response));
  }

  const PrincipalPtr reader_ = Make("reader", v1::READER, kSea);
  const PrincipalPtr stranger_ = Make("stranger", v1::WRITER, "lakes");
  const PrincipalPtr admin_ = Make("admin", v1::ADMIN, "*");
};

TEST_F(GrpcServerTest, WithoutAnAuthenticatorEverybodyIsThisMachine) {
  EXPECT_OK(Get(""));
  EXPECT_OK(Get("whatever it is"));
}

TEST_F(GrpcServerTest, WhoeverShowsNoTokenIsThisMachineIfNoneIsRequired) {
  Serve({.authenticate = TheseAlone(), .requires_token = false});
  EXPECT_OK(Get(""));
  EXPECT_THAT(Get("burglar"), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("no token")));
  EXPECT_THAT(Get("stranger"), StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("\"sea\"")));
}

TEST_F(GrpcServerTest, AQuestionTooManyIsToldWhenToComeBack) {
  const FakeClock clock({0});
  Quotas quotas({.units_per_second = 1, .most_units = 1}, &clock);
  quotas_ = &quotas;
  Serve({.authenticate = TheseAlone(), .requires_token = false});
  EXPECT_OK(Get("reader"));
  v1::Timeline timeline;
  const grpc::Status refusal =
      stub().GetTimeline(Context("reader").get(), Asked<v1::GetTimelineRequest>(), &timeline);
  EXPECT_THAT(FromGrpc(refusal),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("Ask again in 1 s")));
  server::RpcStatus details;
  ASSERT_TRUE(details.ParseFromString(refusal.error_details()));
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  EXPECT_OK(Get("")) << "this machine has no quota";
  EXPECT_OK(Get("")) << "this machine has no quota";
  server_.reset();
}

TEST_F(GrpcServerTest, ATokenIsAskedForAndLooksAtRoleAndTimeline) {
  Serve({.authenticate = TheseAlone()});
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("Bearer TOKEN")));
  EXPECT_THAT(Get("burglar"), StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("no token")));
  EXPECT_OK(Get("reader"));
  EXPECT_THAT(Get("stranger"), StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("\"sea\"")));
  EXPECT_THAT(Append("reader"),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("a writer's")));
  EXPECT_EQ(Append("admin").code(), absl::StatusCode::kInvalidArgument) << "there are no events";
  const auto context = Context("stranger");
  EXPECT_THAT(FromGrpc(Subscribe(context.get(), 0)->Finish()),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("\"sea\"")));
  const auto rebuild = Context("reader");
  EXPECT_EQ(FromGrpc(stub()
                         .RebuildProjections(rebuild.get(), Asked<v1::RebuildProjectionsRequest>())
                         ->Finish())
                .code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(GrpcServerTest, AWriterMakesNoTimelineByAppending) {
  Serve({.authenticate = TheseAlone()});
  auto request = Asked<v1::AppendRequest>("lakes");
  v1::Event* const event = request.add_events();
  event->set_stream("timeline");
  event->mutable_payload()->PackFrom(Creation("lakes", "Lakes").settings());
  v1::AppendResponse response;
  EXPECT_THAT(FromGrpc(stub().Append(Context("stranger").get(), request, &response)),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("admin's")));
  EXPECT_OK(FromGrpc(stub().Append(Context("admin").get(), request, &response)));
}

TEST_F(GrpcServerTest, ListsOnlyTheTimelinesThatOneMayRead) {
  ASSERT_OK(service().CreateTimeline(Creation("lakes", "Lakes")));
  Serve({.authenticate = TheseAlone()});
  v1::ListTimelinesResponse response;
  ASSERT_OK(FromGrpc(stub().ListTimelines(Context("stranger").get(), {}, &response)));
  ASSERT_EQ(response.timelines_size(), 1);
  EXPECT_EQ(response.timelines(0).name(), "lakes");
  ASSERT_OK(FromGrpc(stub().ListTimelines(Context("admin").get(), {}, &response)));
  EXPECT_EQ(response.timelines_size(), 2);
}

TEST_F(GrpcServerTest, RevokingATokenEndsItsOpenStreams) {
  Serve({.authenticate = TheseAlone()});
  const auto context = Context("reader");
  const auto feed = Subscribe(context.get(), 0);
  v1::FeedItem item;
  ASSERT_TRUE(feed->Read(&item));
  ASSERT_TRUE(feed->Read(&item));
  EXPECT_TRUE(item.has_caught_up()) << "from here on it waits";
  reader_->Revoke();
  EXPECT_FALSE(feed->Read(&item));
  EXPECT_THAT(FromGrpc(feed->Finish()),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("revoked")));
}

TEST_F(GrpcServerTest, AQuotaOfStreamsIsKeptAndGivenBack) {
  const FakeClock clock({0});
  Quotas quotas({.streams = 1}, &clock);
  quotas_ = &quotas;
  Serve({.authenticate = TheseAlone()});
  v1::FeedItem item;
  {
    const auto context = Context("reader");
    const auto feed = Subscribe(context.get(), 0);
    ASSERT_TRUE(feed->Read(&item));
    const auto second = Context("reader");
    const grpc::Status refusal = Subscribe(second.get(), 0)->Finish();
    EXPECT_THAT(FromGrpc(refusal),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("streams are open")));
    server::RpcStatus details;
    ASSERT_TRUE(details.ParseFromString(refusal.error_details()));
    ASSERT_EQ(details.details_size(), 1);
    EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
    const auto other = Context("admin");
    EXPECT_TRUE(Subscribe(other.get(), 0)->Read(&item));
    other->TryCancel();
    context->TryCancel();
  }
  ASSERT_OK(server().Stop(std::chrono::seconds(30)));
  EXPECT_NE(quotas.OpenStream(*reader_).stream, nullptr);
  server_.reset();
}

TEST_F(GrpcServerTest, StoppingEndsStreamsAndSaysSoToWhoeverLooksAfterIt) {
  AnyCall health(channel(), "/grpc.health.v1.Health/Watch");
  HealthRequest request;
  request.set_service("annals.v1.Timelines");
  ASSERT_TRUE(health.Send(request));
  HealthResponse state;
  ASSERT_TRUE(health.Receive(&state));
  EXPECT_EQ(state.status(), HealthResponse::SERVING);

  const auto context = Context();
  const auto feed = Subscribe(context.get(), 0);
  v1::FeedItem item;
  ASSERT_TRUE(feed->Read(&item));
  ASSERT_OK(server().Stop(std::chrono::seconds(30)));
  ASSERT_TRUE(health.Receive(&state));
  EXPECT_EQ(state.status(), HealthResponse::NOT_SERVING);
  while (feed->Read(&item)) continue;
  EXPECT_THAT(FromGrpc(feed->Finish()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("stopping")));
  EXPECT_EQ(Get("").code(), absl::StatusCode::kUnavailable);
}

TEST_F(GrpcServerTest, APortThatIsServedIsNotSharedWithAnother) {
  Store& store = opened_.store();
  const GuardedStore served = {
      .service = &service(), .feed = feed_.get(), .queries = &store.queries(), .log = &store.log()};
  EXPECT_THAT(GrpcServer::Start({.port = server().port()}, served),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another server")));
}

TEST_F(GrpcServerTest, OthersThanThisMachineTakeTlsAndTokens) {
  Store& store = opened_.store();
  const GuardedStore served = {
      .service = &service(), .feed = feed_.get(), .queries = &store.queries(), .log = &store.log()};
  const auto unsafe =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("takes TLS and tokens"));
  EXPECT_THAT(GrpcServer::Start({.host = "0.0.0.0"}, served), unsafe);
  EXPECT_THAT(GrpcServer::Start({.host = "::", .authenticate = TheseAlone()}, served), unsafe);
  EXPECT_THAT(GrpcServer::Start({.host = "0.0.0.0", .tls = GrpcTls()}, served), unsafe);
  EXPECT_THAT(GrpcServer::Start({.host = "0.0.0.0",
                                 .tls = GrpcTls(),
                                 .authenticate = TheseAlone(),
                                 .requires_token = false},
                                served),
              unsafe);
}

TEST_F(GrpcServerTest, RefusesAKeyThatIsNone) {
  Store& store = opened_.store();
  EXPECT_THAT(GrpcServer::Start({.tls = GrpcTls{.certificates = "none", .key = "none"}},
                                {.service = &service(),
                                 .feed = feed_.get(),
                                 .queries = &store.queries(),
                                 .log = &store.log()}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("key or a certificate")));
}

TEST_F(GrpcServerTest, MutualTlsLetsInWhoeverHasACertificate) {
  const TemporaryDirectory directory;
  const http::Certificate root("root");
  const http::Certificate ours("server", &root);
  const http::Certificate theirs("client", &root);
  const auto pem = [&](const http::Certificate& certificate) {
    return Contents(certificate.WriteCertificate(directory.path() + "/certificate"));
  };
  const auto key = [&](const http::Certificate& certificate) {
    return Contents(certificate.WriteKey(directory.path() + "/key"));
  };
  GrpcServerOptions options;
  options.tls = GrpcTls{.certificates = pem(ours), .key = key(ours), .client_root = pem(root)};
  Serve(options, grpc::SslCredentials({pem(root), key(theirs), pem(theirs)}));
  EXPECT_OK(Get(""));
  Serve(options, grpc::SslCredentials({pem(root), "", ""}));
  EXPECT_EQ(Get("").code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace annals::testing
