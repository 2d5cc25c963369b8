// Calls of a real server, whose bytes come in pieces of any size.
#include "bench/serve/http2_call.h"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/server/grpc/grpc_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

namespace asio = boost::asio;
using ::annals::bench::Http2Call;
using asio::ip::tcp;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::Optional;

class Http2CallTest : public GrpcTest {
 protected:
  // What one call was given, and how it ended.
  struct Answer {
    Answer(const std::string& verb, const std::string& request)
        : call("localhost", absl::StrCat("/annals.v1.Timelines/", verb), request,
               [this](absl::string_view message) {
                 messages.emplace_back(message);
                 return absl::OkStatus();
               }) {}

    std::vector<std::string> messages;
    Http2Call call;
  };

  // Asks the server, and feeds the call its bytes one by one; returns them all.
  std::string Ask(Answer* answer) {
    asio::io_context context;
    tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), static_cast<uint16_t>(server().port())});
    std::string bytes;
    while (!answer->call.end().has_value()) {
      asio::write(socket, asio::buffer(answer->call.TakeOutput()));
      std::array<char, 10'000> piece;
      const size_t read = socket.read_some(asio::buffer(piece));
      for (size_t i = 0; i < read; ++i) answer->call.Receive({&piece[i], 1});
      bytes.append(piece.data(), read);
    }
    return bytes;
  }

  static void Replay(absl::string_view bytes, size_t piece, Answer* answer) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      answer->call.Receive(bytes.substr(0, piece));
    }
  }

  static std::string ReadAll() { return Asked<v1::ReadEventsRequest>().SerializeAsString(); }
};

TEST_F(Http2CallTest, AnswersAreTheSameHoweverTheirBytesAreCut) {
  for (const char* const prefix : {"a", "b", "c"}) AppendMany(900, prefix, 100);
  Answer asked("ReadEvents", ReadAll());
  const std::string bytes = Ask(&asked);
  EXPECT_THAT(asked.call.end(), Optional(IsOk()));
  ASSERT_GT(asked.messages.size(), 1);
  EXPECT_GT(asked.messages[0].size(), 65'536);  // Beyond a frame of HTTP/2.
  uint64_t position = 0;
  for (const std::string& message : asked.messages) {
    v1::ReadEventsResponse response;
    ASSERT_TRUE(response.ParseFromString(message));
    for (const v1::Event& event : response.events()) EXPECT_EQ(event.position(), ++position);
  }
  EXPECT_EQ(position, 2'701);

  for (const size_t piece : {size_t{7}, size_t{5'000}, bytes.size()}) {
    Answer replayed("ReadEvents", ReadAll());
    Replay(bytes, piece, &replayed);
    EXPECT_THAT(replayed.call.end(), Optional(IsOk())) << piece;
    EXPECT_EQ(replayed.messages, asked.messages) << piece;
  }
}

TEST_F(Http2CallTest, EndsWithTheStatusInTheTrailers) {
  auto request = Asked<v1::ReadEventsRequest>("no-sea");
  Answer answer("ReadEvents", request.SerializeAsString());
  Ask(&answer);
  EXPECT_THAT(answer.call.end(),
              Optional(StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"no-sea\""))));
}

TEST_F(Http2CallTest, TheServerReadsItsPathAndItsRequest) {
  Answer no_verb("ReadMinds", ReadAll());
  Ask(&no_verb);
  EXPECT_THAT(no_verb.call.end(), Optional(StatusIs(absl::StatusCode::kUnimplemented, _)));
  Answer no_request("ReadEvents", "\xff");
  Ask(&no_request);
  EXPECT_THAT(no_request.call.end(), Optional(StatusIs(absl::StatusCode::kInvalidArgument, _)));
}

TEST_F(Http2CallTest, HasNotEndedBeforeTheLastByte) {
  AppendMany(3, "a");
  Answer asked("ReadEvents", ReadAll());
  std::string bytes = Ask(&asked);
  bytes.pop_back();
  Answer replayed("ReadEvents", ReadAll());
  Replay(bytes, bytes.size(), &replayed);
  EXPECT_EQ(replayed.messages, asked.messages);
  EXPECT_EQ(replayed.call.end(), std::nullopt);
}

TEST_F(Http2CallTest, AMessageThatIsRefusedEndsIt) {
  AppendMany(3, "a");
  Answer asked("ReadEvents", ReadAll());
  const std::string bytes = Ask(&asked);
  Http2Call call("localhost", "/annals.v1.Timelines/ReadEvents", ReadAll(),
                 [](absl::string_view) { return absl::DataLossError("no such message"); });
  call.Receive(bytes);
  EXPECT_THAT(call.end(), Optional(StatusIs(absl::StatusCode::kDataLoss, "no such message")));
}

TEST_F(Http2CallTest, WhatIsNotHttp2EndsIt) {
  Answer answer("ReadEvents", ReadAll());
  Replay("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 1'000, &answer);
  EXPECT_THAT(answer.call.end(),
              Optional(StatusIs(absl::StatusCode::kInternal, HasSubstr("HTTP/2"))));
}

}  // namespace
}  // namespace annals::testing
