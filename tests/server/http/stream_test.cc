#include <algorithm>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/byte_stream.h"
#include "server/http/server.h"
#include "tests/server/http/raw_client.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience(10);

class Outcomes final : public ExchangeObserver {
 public:
  void OnExchange(const Exchange& exchange) override {
    if (exchange.streamed) outcome_.set_value(exchange.outcome);
  }
  absl::Status Await() {
    auto outcome = outcome_.get_future();
    if (outcome.wait_for(kPatience) != std::future_status::ready) {
      return absl::UnknownError("the stream isn't over");
    }
    return outcome.get();
  }

 private:
  std::promise<absl::Status> outcome_;
};

// "/live" hands its stream to the test; "/counted" reads "history" as fast as its
// reader does.
class StreamTest : public ::testing::Test {
 protected:
  StreamTest() {
    options_.limits.linger_timeout = std::chrono::milliseconds(100);
    options_.observers = {&outcomes_};
  }
  ~StreamTest() override { server_.reset(); }

  void Start() {
    Router router;
    router.Add(Method::kGet, "/live", Immediately([this](const Request&) { return Live(); }));
    router.Add(Method::kGet, "/counted", Immediately([](const Request&) {
                 StreamBody body;
                 body.produce = Count;
                 return Response::Streaming("text/plain", std::move(body));
               }));
    router.Add(Method::kGet, "/hello",
               Immediately([](const Request&) { return Response::Of("text/plain", "hello\n"); }));
    auto server = HttpServer::Start(options_, std::move(router));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  Response Live() {
    StreamBody body;
    body.produce = [this](std::shared_ptr<ByteStream> out) -> Awaitable<absl::Status> {
      stream_.set_value(out);
      co_return co_await out->Closed();
    };
    body.farewell = [](const absl::Status& reason) {
      return absl::StrCat("cut: ", reason.message(), "\n");
    };
    return Response::Streaming("text/event-stream", std::move(body));
  }

  static Awaitable<absl::Status> Count(std::shared_ptr<ByteStream> out) {
    for (int i = 0; i < 20'000; ++i) {
      absl::Status room = co_await out->Room();
      if (!room.ok()) co_return room;
      room = out->Push(
          std::make_shared<const std::string>(absl::StrCat(std::string(95, '.'), i, "\n")));
      if (!room.ok()) co_return room;
    }
    co_return absl::OkStatus();
  }

  static std::string Get(absl::string_view target, absl::string_view version = "1.1") {
    return absl::StrCat("GET ", target, " HTTP/", version, "\r\nHost: h\r\n\r\n");
  }
  static Bytes Chunk(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
  }
  std::shared_ptr<ByteStream> Stream() { return stream_.get_future().get(); }

  Outcomes outcomes_;
  std::promise<std::shared_ptr<ByteStream>> stream_;
  ServerOptions options_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(StreamTest, SendsWhatIsPushedAsItComes) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(Get("/live")));
  const auto stream = Stream();
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(stream->Push(Chunk("one\n")), IsOk());
  EXPECT_EQ(client.ReadUntil("one\n\r\n"), "4\r\none\n\r\n");
  EXPECT_THAT(stream->Push(Chunk("two\n")), IsOk());
  EXPECT_EQ(client.ReadUntil("two\n\r\n"), "4\r\ntwo\n\r\n");
  stream->Close(absl::OkStatus());
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "0\r\n\r\n");
  EXPECT_THAT(outcomes_.Await(), IsOk());
  EXPECT_THAT(stream->Push(Chunk("late\n")),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("ended")));
}

TEST_F(StreamTest, GoesOnWithTheNextRequestAfterAStream) {
  Start();
  RawClient client(server_->port());
  // The second comes while the first is answered.
  ASSERT_TRUE(client.Send(absl::StrCat(Get("/live"), Get("/hello"))));
  const auto stream = Stream();
  EXPECT_THAT(stream->Push(Chunk("one\n")), IsOk());
  stream->Close(absl::OkStatus());
  const RawResponse first = client.Read();
  EXPECT_TRUE(first.whole);
  EXPECT_EQ(first.body, "one\n");
  EXPECT_EQ(client.Read().body, "hello\n");
}

TEST_F(StreamTest, LetsAProducerGoNoFasterThanItsReader) {
  options_.limits.stream_buffer_bytes = 4096;
  Start();
  RawClient client(server_->port(), 4096);
  ASSERT_TRUE(client.Send(Get("/counted")));
  const RawResponse response = client.Read();
  EXPECT_TRUE(response.whole);
  EXPECT_THAT(response.body, ::testing::EndsWith(".19999\n"));
  EXPECT_THAT(outcomes_.Await(), IsOk());
}

TEST_F(StreamTest, CutsAReaderThatIsTooSlowAndTellsItWhy) {
  options_.limits.stream_buffer_bytes = 64 << 10;
  options_.limits.linger_timeout = std::chrono::seconds(10);
  Start();
  RawClient client(server_->port(), 4096);
  ASSERT_TRUE(client.Send(Get("/live")));
  const auto stream = Stream();
  const Bytes chunk = Chunk(absl::StrCat(std::string(1023, 'x'), "\n"));
  absl::Status pushed = stream->Push(chunk);
  int accepted = 1;
  ASSERT_THAT(client.ReadUntil("\r\n\r\n400\r\n"), HasSubstr("200 OK"));
  while (pushed.ok()) {
    pushed = stream->Push(chunk);
    accepted += pushed.ok() ? 1 : 0;
    EXPECT_LE(stream->buffered_bytes(), 64 << 10);
  }
  EXPECT_THAT(pushed, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too slow")));
  const std::string sent = client.ReadUntil("\r\n0\r\n\r\n");
  EXPECT_THAT(sent, HasSubstr("cut: the reader is too slow"));
  EXPECT_THAT(sent, ::testing::EndsWith("\n\r\n0\r\n\r\n"));
  // Whole chunks only, and none that wasn't accepted.
  EXPECT_EQ(std::count(sent.begin(), sent.end(), 'x') % 1023, 0);
  EXPECT_LE(std::count(sent.begin(), sent.end(), 'x') / 1023, accepted);
  EXPECT_THAT(outcomes_.Await(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("slow")));
}

TEST_F(StreamTest, ClosesOnAReaderThatIsCutAndNeverReads) {
  options_.limits.stream_buffer_bytes = 64 << 10;
  options_.limits.linger_timeout = std::chrono::milliseconds(50);
  Start();
  RawClient client(server_->port(), 4096);
  ASSERT_TRUE(client.Send(Get("/live")));
  const auto stream = Stream();
  // More than any socket buffers.
  const Bytes chunk = Chunk(std::string(32 << 20, 'x'));
  EXPECT_THAT(stream->Push(chunk), IsOk());
  EXPECT_THAT(stream->Push(chunk),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("slow")));
  EXPECT_THAT(outcomes_.Await(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("slow")));
}

TEST_F(StreamTest, TellsTheProducerThatTheReaderHasGone) {
  Start();
  auto client = std::make_unique<RawClient>(server_->port());
  ASSERT_TRUE(client->Send(Get("/live")));
  const auto stream = Stream();
  client.reset();
  EXPECT_THAT(outcomes_.Await(), StatusIs(absl::StatusCode::kCancelled, HasSubstr("gone")));
  EXPECT_TRUE(stream->closed());
}

TEST_F(StreamTest, CutsStreamsWhenTheServerStops) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(Get("/live")));
  const auto stream = Stream();
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("200 OK"));
  EXPECT_THAT(server_->Stop(kPatience), IsOk());
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "1c\r\ncut: the server is stopping\n\r\n0\r\n\r\n");
}

TEST_F(StreamTest, EndsWithTheConnectionInHttp10) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(Get("/live", "1.0")));
  const auto stream = Stream();
  EXPECT_THAT(stream->Push(Chunk("one\n")), IsOk());
  stream->Close(absl::OkStatus());
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Connection: close"));
  EXPECT_EQ(client.ReadUntil("never"), "one\n");
}

TEST_F(StreamTest, AnswersHeadWithoutBeginningTheStream) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("HEAD /counted HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.Read(RawClient::To::kHead).status, 200);
  ASSERT_TRUE(client.Send(Get("/hello")));
  EXPECT_EQ(client.Read().body, "hello\n");
}

TEST_F(StreamTest, HasManyProducersAtOnceWithoutLosingOrMixingChunks) {
  options_.limits.stream_buffer_bytes = 64 << 20;
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send(Get("/live")));
  const auto stream = Stream();
  constexpr int kThreads = 4;
  constexpr int kChunks = 2000;
  std::vector<std::future<void>> pushers;
  for (int t = 0; t < kThreads; ++t) {
    pushers.push_back(std::async(std::launch::async, [t, stream] {
      for (int i = 0; i < kChunks; ++i) {
        EXPECT_THAT(stream->Push(Chunk(absl::StrCat(t, " ", i, "\n"))), IsOk());
      }
    }));
  }
  for (auto& pusher : pushers) pusher.get();
  stream->Close(absl::OkStatus());
  const RawResponse response = client.Read();
  ASSERT_TRUE(response.whole);
  std::vector<int> next(kThreads, 0);
  std::istringstream lines(response.body);
  for (int t = 0, i = 0; lines >> t >> i;) EXPECT_EQ(i, next.at(t)++);
  EXPECT_EQ(next, std::vector<int>(kThreads, kChunks));
}

}  // namespace
}  // namespace annals::http
