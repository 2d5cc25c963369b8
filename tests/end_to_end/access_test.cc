// Tokens and TLS, from the command line to the streams that a revoked token had open.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/remote_service.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/feed.pb.h"
#include "proto/annals/v1/service.grpc.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "tests/end_to_end/annals_runner.h"
#include "tests/end_to_end/served_annals.h"
#include "tests/server/http/certificates.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSecret[] = "annals_[0-9a-f]+_[-_A-Za-z0-9]+\n";
constexpr char kTimeline[] = "venezuela-2026";
constexpr int kInvalidInput = 2;
constexpr int kNotFound = 3;
constexpr int kUnavailable = 5;
constexpr int kPermission = 9;

absl::StatusOr<std::unique_ptr<Service>> Connect(const ServerAddress& address) {
  return RemoteService::Connect(address.url, {.token = address.token, .ca_path = address.ca_path});
}

std::string Contents(const std::string& path) { return Shell("cat '" + path + "'"); }

class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    annals_.LoadBundled();
    annals_.environment().connect = Connect;
  }

  // In a file; the id is what it is revoked by.
  std::string Create(const std::string& role, const std::string& timeline,
                     const std::vector<std::string>& where = {}) {
    std::vector<std::string> arguments = {"token", "create",     "--role",
                                          role,    "--timeline", timeline};
    arguments.insert(arguments.end(), where.begin(), where.end());
    const std::string secret = annals_.Print(arguments);
    EXPECT_THAT(secret, MatchesRegex(kSecret));
    return annals_.WriteFile(role, secret);
  }

  static std::string IdOf(const std::string& token_file) {
    return Contents(token_file).substr(7, 8);
  }

  AnnalsRunner annals_;
};

TEST_F(AccessTest, ATokenIsShownOnceAndListedWithoutItsSecret) {
  const Outcome made = annals_.Run({"token", "create", "--role", "writer", "--timeline", kTimeline,
                                    "--timeline", "other", "--name", "Ana"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, MatchesRegex(kSecret));
  EXPECT_THAT(made.err, HasSubstr("\"Ana\": shown this once"));
  const std::string listed = annals_.Print({"token", "list"});
  EXPECT_THAT(listed,
              AllOf(HasSubstr(made.out.substr(7, 8)), HasSubstr("Ana"), HasSubstr("writer"),
                    HasSubstr("venezuela-2026, other"), Not(HasSubstr(made.out.substr(17, 20)))));
  EXPECT_THAT(annals_.Print({"token", "revoke", made.out.substr(7, 8)}), HasSubstr("revoked"));
  EXPECT_THAT(annals_.Print({"token", "list", "--format", "csv"}), Not(HasSubstr("Ana")));
  EXPECT_EQ(annals_.Run({"token", "revoke", made.out.substr(7, 8)}).code, kNotFound);
}

TEST_F(AccessTest, ATokenIsForSomething) {
  const Outcome nothing = annals_.Run({"token", "create", "--role", "reader"});
  EXPECT_EQ(nothing.code, kInvalidInput);
  EXPECT_THAT(nothing.err, HasSubstr("--timeline '*' for all"));
  EXPECT_EQ(annals_.Run({"token", "create", "--timeline", kTimeline}).code, 1) << "without a role";
  EXPECT_THAT(
      annals_.Print({"--timeline", "*", "token", "create", "--role", "admin", "--format", "json"}),
      AllOf(HasSubstr("\"name\": \"admin of *\""), HasSubstr("\"token\": \"annals_")));
}

// The server, on every address, with TLS and an admin's token.
class ServedAccessTest : public AccessTest {
 protected:
  void SetUp() override {
    AccessTest::SetUp();
    admin_ = Create("admin", "*");
    authority_ = authority_certificate_.WriteCertificate(annals_.folder() + "/authority.pem");
  }

  // With these arguments beside those that it takes.
  void Serve(const std::vector<std::string>& others = {}) {
    const http::Certificate certificate("localhost", &authority_certificate_);
    std::vector<std::string> arguments = {
        "--store",    annals_.store(),
        "--http",     "0.0.0.0:0",
        "--grpc",     "0.0.0.0:0",
        "--tls-cert", certificate.WriteCertificate(annals_.folder() + "/certificate.pem"),
        "--tls-key",  certificate.WriteKey(annals_.folder() + "/key.pem")};
    arguments.insert(arguments.end(), others.begin(), others.end());
    served_ = std::make_unique<ServedAnnals>(std::move(arguments), annals_.folder() + "/log");
    url_ = absl::StrCat("https://localhost:", Port("listening on https://0.0.0.0:"));
    grpc_ = absl::StrCat("localhost:", Port("listening on grpcs://0.0.0.0:"));
  }

  std::string Port(const std::string& before) {
    const std::string line = served_->Line();
    EXPECT_THAT(line, StartsWith(before)) << Contents(annals_.folder() + "/log");
    return std::string(absl::StripSuffix(absl::StripPrefix(line, before), "\n"));
  }

  std::vector<std::string> Where(const std::string& token) const {
    return {"--server", url_, "--ca-file", authority_, "--token-file", token};
  }

  Outcome RunAs(const std::string& token, std::vector<std::string> arguments,
                const std::string& input = "") {
    const std::vector<std::string> where = Where(token);
    arguments.insert(arguments.end(), where.begin(), where.end());
    return annals_.Run(arguments, input);
  }

  // curl's, with a token if a file of one is given.
  std::string Curl(const std::string& token, const std::string& target) const {
    const std::string shown =
        token.empty() ? "" : "-H \"Authorization: Bearer $(cat '" + token + "')\" ";
    return "curl -sN --cacert '" + authority_ + "' " + shown + "'" + url_ + target + "'";
  }

  std::unique_ptr<v1::Timelines::Stub> Stub(grpc::SslCredentialsOptions options = {}) const {
    options.pem_root_certs = Contents(authority_);
    return v1::Timelines::NewStub(grpc::CreateChannel(grpc_, grpc::SslCredentials(options)));
  }

  static std::unique_ptr<grpc::ClientContext> Showing(const std::string& token) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context->AddMetadata("authorization",
                         absl::StrCat("Bearer ", absl::StripSuffix(Contents(token), "\n")));
    return context;
  }

  std::string admin_;
  const http::Certificate authority_certificate_{"authority"};
  std::string authority_;
  std::string url_;
  std::string grpc_;
  std::unique_ptr<ServedAnnals> served_;
};

TEST_F(ServedAccessTest, TheCommandLineGetsInWithATokenAndWhoVouchesForTheServer) {
  Serve();
  const Outcome views = RunAs(admin_, {"views"});
  EXPECT_EQ(views.code, 0) << views.err;
  EXPECT_THAT(views.out, HasSubstr("summary"));
  const std::string wrong = annals_.WriteFile("wrong", "annals_00000000_wrong\n");
  const Outcome refused = RunAs(wrong, {"views"});
  EXPECT_EQ(refused.code, kPermission);
  EXPECT_THAT(refused.err, HasSubstr("not a token of this store"));
  const Outcome nobody = annals_.Run({"views", "--server", url_, "--ca-file", authority_});
  EXPECT_EQ(nobody.code, kPermission);
  EXPECT_THAT(nobody.err, HasSubstr("annals token create"));
  annals_.environment().variables["ANNALS_TOKEN"] =
      std::string(absl::StripSuffix(Contents(admin_), "\n"));
  EXPECT_EQ(annals_.Run({"views", "--server", url_, "--ca-file", authority_}).code, 0);
  EXPECT_EQ(annals_.Run({"views", "--server", url_}).code, kUnavailable) << "who vouches for it?";
  EXPECT_EQ(Shell(Curl("", "/healthz")), "ok\n");
  EXPECT_THAT(Shell(Curl("", "/v1/timelines")), HasSubstr("UNAUTHENTICATED"));
  EXPECT_THAT(Shell(Curl(admin_, "/v1/timelines")), HasSubstr(kTimeline));
  EXPECT_EQ(served_->Stop(SIGTERM), 0);
  EXPECT_THAT(Contents(annals_.folder() + "/log"), Not(HasSubstr(Contents(admin_).substr(17, 20))));
}

TEST_F(ServedAccessTest, ARoleReachesAsFarAsItSays) {
  Serve();
  const std::string reader = Create("reader", kTimeline, Where(admin_));
  const std::string writer = Create("writer", kTimeline, Where(admin_));
  const std::string event = SourceLine("news", "News");
  EXPECT_EQ(RunAs(reader, {"as-of", "2026-01-12"}).code, 0);
  const Outcome append = RunAs(reader, {"append"}, event);
  EXPECT_EQ(append.code, kPermission) << append.out;
  EXPECT_THAT(append.err, HasSubstr("this takes a writer's"));
  EXPECT_EQ(RunAs(writer, {"append"}, event).code, 0);
  EXPECT_EQ(RunAs(writer, {"init", "--timeline", "new", "--zone", "UTC", "--title", "New"}).code,
            kPermission);
  EXPECT_EQ(RunAs(writer, {"token", "list"}).code, kPermission);
  EXPECT_THAT(RunAs(admin_, {"token", "list"}).out, HasSubstr("reader of venezuela-2026"));
}

TEST_F(ServedAccessTest, RevokingATokenEndsItsStreamsOverHttpAndGrpc) {
  Serve();
  const std::string reader = Create("reader", kTimeline, Where(admin_));
  const std::string feed = "/v1/timelines/" + std::string(kTimeline) + "/feed";
  FILE* const events = ::popen(Curl(reader, feed).c_str(), "r");
  char line[65536];
  while (std::fgets(line, sizeof line, events) != nullptr &&
         !absl::StartsWith(line, "event: caught-up")) {
  }
  const auto stub = Stub();
  const auto context = Showing(reader);
  v1::SubscribeRequest request;
  request.set_timeline(kTimeline);
  const auto items = stub->Subscribe(context.get(), request);
  v1::SubscribeResponse response;
  bool is_live = false;
  while (!is_live && items->Read(&response)) is_live = response.items().rbegin()->has_caught_up();
  ASSERT_TRUE(is_live);

  const auto revoked_at = std::chrono::steady_clock::now();
  EXPECT_EQ(RunAs(admin_, {"token", "revoke", IdOf(reader)}).code, 0);
  EXPECT_FALSE(items->Read(&response));
  EXPECT_EQ(items->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  std::string rest;
  while (std::fgets(line, sizeof line, events) != nullptr) rest += line;
  ::pclose(events);
  EXPECT_THAT(rest, HasSubstr("event: end\ndata: {\"code\": \"UNAUTHENTICATED\""));
  // A second, and what a busy machine adds; a feed's next sign of life comes after 15.
  EXPECT_LT(std::chrono::steady_clock::now() - revoked_at, std::chrono::seconds(10));
  EXPECT_EQ(RunAs(reader, {"views"}).code, kPermission);
}

TEST_F(ServedAccessTest, AClientAuthorityLetsInWhoeverHasItsCertificateAndAToken) {
  Serve({"--client-ca", authority_});
  const http::Certificate client("client", &authority_certificate_);
  grpc::SslCredentialsOptions shown;
  shown.pem_cert_chain = Contents(client.WriteCertificate(annals_.folder() + "/client.pem"));
  shown.pem_private_key = Contents(client.WriteKey(annals_.folder() + "/client.key"));
  v1::ListTimelinesResponse timelines;
  EXPECT_EQ(Stub(shown)->ListTimelines(Showing(admin_).get(), {}, &timelines).error_code(),
            grpc::StatusCode::OK);
  EXPECT_EQ(timelines.timelines_size(), 1);
  grpc::ClientContext no_token;
  EXPECT_EQ(Stub(shown)->ListTimelines(&no_token, {}, &timelines).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Stub()->ListTimelines(Showing(admin_).get(), {}, &timelines).error_code(),
            grpc::StatusCode::UNAVAILABLE)
      << "without a certificate";
}

}  // namespace
}  // namespace annals::testing
