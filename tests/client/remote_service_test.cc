#include "client/remote_service.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/service/stream_frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/service.pb.h"
#include "server/http/server.h"
#include "tests/client/scripted_server.h"
#include "tests/server/http/certificates.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::annals::testing::ChunkedResponse;
using ::annals::testing::IsOk;
using ::annals::testing::ScriptedServer;
using ::annals::testing::StatusIs;
using ::annals::testing::WholeResponse;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Reply = ScriptedServer::Reply;

constexpr char kProtobuf[] = "application/protobuf";

std::unique_ptr<RemoteService> ConnectTo(const std::string& url,
                                         const RemoteService::Options& options = {}) {
  auto service = RemoteService::Connect(url, options);
  EXPECT_THAT(service, IsOk());
  return service.ok() ? *std::move(service) : nullptr;
}

std::string Head(uint64_t position) {
  v1::Timeline timeline;
  timeline.set_head(position);
  return WholeResponse(200, kProtobuf, timeline.SerializeAsString());
}

std::string Events(const std::vector<std::string>& ids) {
  v1::ReadEventsResponse response;
  for (const std::string& id : ids) response.add_events()->set_id(id);
  return MessageFrame(response.SerializeAsString());
}

std::vector<std::string> IdsOf(EventReader* reader) {
  std::vector<std::string> ids;
  while (reader->Next()) ids.push_back(reader->event().id());
  return ids;
}

std::string CaughtUpAt(uint64_t position) {
  v1::SubscribeResponse response;
  response.add_items()->mutable_caught_up()->set_position(position);
  return MessageFrame(response.SerializeAsString());
}

TEST(RemoteServiceTest, AsksByVerbWithTheTokenInItsHeader) {
  std::string asked;
  const ScriptedServer server([&](const std::string& request) {
    asked = request;
    return Reply{Head(7)};
  });
  const auto service = ConnectTo(server.url() + "/behind/", {.token = "s3cret"});
  v1::GetTimelineRequest request;
  request.set_timeline("sea");
  ASSERT_OK_AND_ASSIGN(const v1::Timeline timeline, service->GetTimeline(request));
  EXPECT_EQ(timeline.head(), 7);
  EXPECT_THAT(asked, AllOf(StartsWith("POST /behind/v1/verbs/GetTimeline HTTP/1.1\r\n"),
                           HasSubstr("\r\nAuthorization: Bearer s3cret\r\n"),
                           HasSubstr("\r\nContent-Type: application/protobuf\r\n")));
  EXPECT_TRUE(absl::EndsWith(asked, request.SerializeAsString()));
}

TEST(RemoteServiceTest, ErrorsAreTheServersOwn) {
  const ScriptedServer server([](const std::string&) {
    return Reply{WholeResponse(404, "application/problem+json; charset=utf-8",
                               R"({"code":"OUT_OF_RANGE","detail":"beyond the head, 3"})")};
  });
  EXPECT_THAT(ConnectTo(server.url())->GetTimeline({}).status(),
              StatusIs(absl::StatusCode::kOutOfRange, "beyond the head, 3"));
}

TEST(RemoteServiceTest, KeepsItsConnection) {
  const ScriptedServer server([](const std::string&) { return Reply{Head(1)}; });
  const auto service = ConnectTo(server.url());
  for (int i = 0; i < 5; ++i) ASSERT_THAT(service->GetTimeline({}), IsOk());
  EXPECT_EQ(server.connections(), 1);
}

TEST(RemoteServiceTest, AQuestionIsRepeatedWhereAKeptConnectionIsDead) {
  int requests = 0;
  const ScriptedServer server([&](const std::string&) {
    // The first connection dies of its second request.
    return ++requests == 2 ? Reply{"", true} : Reply{Head(1)};
  });
  const auto service = ConnectTo(server.url());
  ASSERT_THAT(service->GetTimeline({}), IsOk());
  EXPECT_THAT(service->GetTimeline({}), IsOk());
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(requests, 3);
}

TEST(RemoteServiceTest, AnAppendIsNeverRepeated) {
  int requests = 0;
  const ScriptedServer server([&](const std::string&) {
    return ++requests == 1 ? Reply{Head(1)} : Reply{"", true};
  });
  const auto service = ConnectTo(server.url());
  ASSERT_THAT(service->GetTimeline({}), IsOk());
  EXPECT_THAT(
      service->Append({}).status(),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr(server.url()), HasSubstr("Whether it was done is not known"))));
  EXPECT_EQ(requests, 2);
}

TEST(RemoteServiceTest, SilenceIsAnError) {
  const ScriptedServer server([](const std::string&) { return Reply{}; });
  const auto service = ConnectTo(server.url(), {.silence = std::chrono::milliseconds(50)});
  EXPECT_THAT(service->GetTimeline({}).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("silent for too long")));
}

TEST(RemoteServiceTest, SaysWhereNobodyAnswers) {
  std::string url;
  {
    url = ScriptedServer([](const std::string&) { return Reply{}; }).url();
  }
  EXPECT_THAT(ConnectTo(url)->GetTimeline({}).status(),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(url), HasSubstr("is `annals serve` running there?"))));
}

TEST(RemoteServiceTest, SaysThatSomethingElseAnswers) {
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"), WholeResponse(404, "text/html", "<h1>"),
        WholeResponse(200, "text/html", "<h1>hello</h1>")}) {
    const ScriptedServer server([&](const std::string&) { return Reply{bytes, true}; });
    const absl::Status status = ConnectTo(server.url())->GetTimeline({}).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("is that an Annals server?"));
  }
}

TEST(RemoteServiceTest, ReadsEventsInPiecesOfAnySize) {
  const std::string body = Events({"a", "b"}) + Events({"c"}) + EndFrame(absl::OkStatus());
  const ScriptedServer server([&](const std::string&) { return Reply{ChunkedResponse(body)}; });
  const auto service = ConnectTo(server.url());
  ASSERT_OK_AND_ASSIGN(const auto reader, service->ReadEvents({}));
  EXPECT_THAT(IdsOf(reader.get()), ElementsAre("a", "b", "c"));
  EXPECT_THAT(reader->status(), IsOk());
  EXPECT_FALSE(reader->Next());
}

TEST(RemoteServiceTest, AStreamThatIsCutIsNotWhole) {
  for (const bool finished : {false, true}) {
    const std::string body = Events({"a", "b"});
    const ScriptedServer server([&](const std::string&) {
      return Reply{ChunkedResponse(body, finished), true};
    });
    const auto service = ConnectTo(server.url());
    ASSERT_OK_AND_ASSIGN(const auto reader, service->ReadEvents({}));
    EXPECT_THAT(IdsOf(reader.get()), ElementsAre("a", "b"));
    EXPECT_THAT(reader->status(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("try again")));
  }
}

TEST(RemoteServiceTest, AStreamEndsWithTheServersError) {
  const std::string body = Events({"a"}) + EndFrame(absl::DataLossError("event 2 is damaged"));
  const ScriptedServer server([&](const std::string&) { return Reply{ChunkedResponse(body)}; });
  const auto service = ConnectTo(server.url());
  ASSERT_OK_AND_ASSIGN(const auto reader, service->ReadEvents({}));
  EXPECT_THAT(IdsOf(reader.get()), ElementsAre("a"));
  EXPECT_THAT(reader->status(), StatusIs(absl::StatusCode::kDataLoss, "event 2 is damaged"));
}

TEST(RemoteServiceTest, AFeedIsWaitedForUntilItIsCalledOff) {
  const ScriptedServer server(
      [](const std::string&) { return Reply{ChunkedResponse(CaughtUpAt(4), false)}; });
  // However long a question may wait: a feed isn't one.
  const auto service = ConnectTo(server.url(), {.silence = std::chrono::seconds(10)});
  ASSERT_OK_AND_ASSIGN(const auto feed, service->Subscribe({}));
  ASSERT_OK_AND_ASSIGN(const v1::FeedItem item, feed->Next());
  EXPECT_EQ(item.caught_up().position(), 4);
  std::thread canceller([&] { feed->Cancel(); });
  EXPECT_THAT(feed->Next().status(),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("called off")));
  canceller.join();
  EXPECT_THAT(feed->Next().status(),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("called off")));
}

TEST(RemoteServiceTest, AFeedThatEndsMayBeSubscribedToAnew) {
  const std::string body = CaughtUpAt(4) + EndFrame(absl::OkStatus());
  const ScriptedServer server([&](const std::string&) { return Reply{ChunkedResponse(body)}; });
  const auto service = ConnectTo(server.url());
  ASSERT_OK_AND_ASSIGN(const auto feed, service->Subscribe({}));
  ASSERT_THAT(feed->Next(), IsOk());
  EXPECT_THAT(feed->Next().status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("subscribe anew")));
}

TEST(RemoteServiceTest, AViewsChangesAreFollowedUntilTheServerEndsThem) {
  v1::SubscribeViewResponse sent;
  v1::ViewChange* const change = sent.add_items()->mutable_change();
  change->set_position(7);
  change->set_event("gull-sunk");
  const std::string body = MessageFrame(sent.SerializeAsString()) +
                           EndFrame(absl::ResourceExhaustedError("read too slowly"));
  std::string asked;
  const ScriptedServer server([&](const std::string& request) {
    asked = request;
    return Reply{ChunkedResponse(body)};
  });
  const auto service = ConnectTo(server.url());
  v1::SubscribeViewRequest request;
  request.set_view("losses");
  ASSERT_OK_AND_ASSIGN(const auto feed, service->SubscribeView(request));
  ASSERT_OK_AND_ASSIGN(const v1::ViewFeedItem item, feed->Next());
  EXPECT_EQ(item.change().event(), "gull-sunk");
  EXPECT_THAT(feed->Next().status(),
              StatusIs(absl::StatusCode::kResourceExhausted, "read too slowly"));
  EXPECT_THAT(asked, HasSubstr("POST /v1/verbs/SubscribeView "));
}

TEST(RemoteServiceTest, RebuildingReportsUntilItIsDone) {
  std::string body;
  for (const uint64_t done : {3, 9}) {
    v1::RebuildProjectionsResponse progress;
    progress.set_done(done);
    AppendMessageFrame(progress.SerializeAsString(), &body);
  }
  body += EndFrame(absl::OkStatus());
  const ScriptedServer server([&](const std::string&) { return Reply{ChunkedResponse(body)}; });
  std::vector<uint64_t> reported;
  EXPECT_THAT(ConnectTo(server.url())
                  ->RebuildProjections(
                      {}, [&](const auto& progress) { reported.push_back(progress.done()); }),
              IsOk());
  EXPECT_THAT(reported, ElementsAre(3, 9));
}

TEST(RemoteServiceTest, ManyThreadsMayAsk) {
  const ScriptedServer server([](const std::string&) { return Reply{Head(1)}; });
  const auto service = ConnectTo(server.url());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 25; ++n) EXPECT_THAT(service->GetTimeline({}), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(server.connections(), 100);
}

TEST(RemoteServiceTest, ATokenGoesNowhereUnencrypted) {
  EXPECT_THAT(RemoteService::Connect("http://history.example", {.token = "s3cret"}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("https://"), Not(HasSubstr("s3cret")))));
  EXPECT_THAT(RemoteService::Connect("https://history.example", {.token = "s3cret"}), IsOk());
  EXPECT_THAT(RemoteService::Connect("http://history.example", {}), IsOk());
}

TEST(RemoteServiceTest, ATokenThatWouldEndItsLineIsRefused) {
  const ScriptedServer server([](const std::string&) { return Reply{Head(1)}; });
  EXPECT_THAT(ConnectTo(server.url(), {.token = "a\r\nX: y"})->GetTimeline({}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the token")));
  EXPECT_EQ(server.connections(), 0);
}

class RemoteServiceTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    http::Router router;
    router.Add(http::Method::kPost, "/v1/verbs/GetTimeline",
               http::Immediately([](const http::Request& request) {
                 v1::Timeline timeline;
                 timeline.set_head(request.is_tls ? 5 : 0);
                 return http::Response::Of(kProtobuf, timeline.SerializeAsString());
               }));
    http::ServerOptions options;
    options.tls = {.certificate_path = certificate_.WriteCertificate(folder_.path() + "/s.pem"),
                   .key_path = certificate_.WriteKey(folder_.path() + "/s.key"),
                   .client_ca_path = ""};
    auto server = http::HttpServer::Start(options, std::move(router));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    ca_path_ = authority_.WriteCertificate(folder_.path() + "/ca.pem");
  }

  absl::StatusOr<v1::Timeline> Ask(const std::string& host, const std::string& ca_path) {
    return ConnectTo(absl::StrCat("https://", host, ":", server_->port()),
                     {.token = "s3cret", .ca_path = ca_path})
        ->GetTimeline({});
  }

  const testing::TemporaryDirectory folder_;
  const http::Certificate authority_{"authority"};
  const http::Certificate certificate_{"localhost", &authority_};
  std::unique_ptr<http::HttpServer> server_;
  std::string ca_path_;
};

TEST_F(RemoteServiceTlsTest, AsksAServerThatTheAuthorityVouchesFor) {
  ASSERT_OK_AND_ASSIGN(const v1::Timeline timeline, Ask("localhost", ca_path_));
  EXPECT_EQ(timeline.head(), 5);
}

TEST_F(RemoteServiceTlsTest, AsksNobodyElse) {
  EXPECT_THAT(Ask("localhost", "").status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("--ca-file")));
  // The certificate is for another name.
  EXPECT_THAT(Ask("127.0.0.1", ca_path_).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("--ca-file")));
}

TEST_F(RemoteServiceTlsTest, ACaFileThatCannotBeReadIsNamed) {
  EXPECT_THAT(Ask("localhost", "no-such.pem").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no-such.pem")));
}

}  // namespace
}  // namespace annals
