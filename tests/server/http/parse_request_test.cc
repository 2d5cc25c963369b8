#include "server/http/parse_request.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/http_status.h"
#include "tests/server/http/malformed_requests.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What becomes of bytes that come in pieces of the given size.
struct Outcome {
  absl::Status status;
  bool done = false;
  Request request;
  std::string rest;
};

Outcome Parse(absl::string_view bytes, const Limits& limits = {}, size_t piece = SIZE_MAX) {
  Outcome outcome;
  RequestParser parser(limits);
  std::string buffer;
  while (!parser.done()) {
    const absl::StatusOr<size_t> used = parser.Feed(buffer);
    outcome.status = used.status();
    if (!used.ok()) return outcome;
    buffer.erase(0, *used);
    if (*used > 0 || parser.done()) continue;
    if (bytes.empty()) return outcome;
    absl::StrAppend(&buffer, bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  outcome.done = true;
  outcome.request = parser.Take();
  outcome.rest = absl::StrCat(buffer, bytes);
  return outcome;
}

class RefusalTest : public ::testing::TestWithParam<MalformedRequest> {};

TEST_P(RefusalTest, HasItsStatusHoweverTheBytesCome) {
  for (const size_t piece : {SIZE_MAX, size_t{1}, size_t{7}}) {
    const Outcome outcome = Parse(GetParam().bytes, SmallLimits(), piece);
    EXPECT_FALSE(outcome.done) << "in pieces of " << piece;
    ASSERT_FALSE(outcome.status.ok()) << "in pieces of " << piece;
    EXPECT_EQ(HttpStatus(outcome.status), GetParam().http_status) << outcome.status;
    EXPECT_THAT(std::string(outcome.status.message()), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(Malformed, RefusalTest, ::testing::ValuesIn(MalformedRequests()),
                         [](const auto& info) { return info.param.name; });

std::string With(absl::string_view lines, absl::string_view body = "") {
  return absl::StrCat("POST /a HTTP/1.1\r\nHost: h\r\n", lines, "\r\n", body);
}
std::string Get(absl::string_view target) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST(RequestParserTest, TakesARequestApartHoweverItsBytesCome) {
  constexpr absl::string_view kBytes =
      "\r\nPOST /v1/a%2Fb/%C3%A9?x=1+2&y&x=%26 HTTP/1.1\r\nHost: h:7171\r\n"
      "X-Two: a\r\nx-two:  b \r\nContent-Length: 5\r\n\r\nhelloGET /next";
  for (size_t piece = 1; piece < kBytes.size(); ++piece) {
    const Outcome outcome = Parse(kBytes, {}, piece);
    ASSERT_THAT(outcome.status, IsOk()) << "in pieces of " << piece;
    ASSERT_TRUE(outcome.done) << "in pieces of " << piece;
    EXPECT_EQ(outcome.request.method, Method::kPost);
    EXPECT_THAT(outcome.request.path, ElementsAre("v1", "a/b", "é"));
    EXPECT_THAT(
        outcome.request.query,
        ElementsAre(QueryParameter{"x", "1 2"}, QueryParameter{"y", ""}, QueryParameter{"x", "&"}));
    EXPECT_EQ(outcome.request.headers.Joined("X-TWO"), "a, b");
    EXPECT_EQ(outcome.request.body, "hello");
    EXPECT_EQ(outcome.rest, "GET /next");
  }
}

TEST(RequestParserTest, JoinsChunksAndIgnoresTrailers) {
  const std::string bytes =
      With("Transfer-Encoding: chunked\r\n",
           "3;note=\"x\"\r\nabc\r\n2\r\nde\r\n0\r\nHost: other\r\nX-Late: y\r\n\r\nrest");
  for (size_t piece = 1; piece < bytes.size(); ++piece) {
    const Outcome outcome = Parse(bytes, {}, piece);
    ASSERT_THAT(outcome.status, IsOk()) << "in pieces of " << piece;
    ASSERT_TRUE(outcome.done);
    EXPECT_EQ(outcome.request.body, "abcde");
    EXPECT_EQ(outcome.request.headers.Joined("Host"), "h");
    EXPECT_EQ(outcome.request.headers.Count("X-Late"), 0);
    EXPECT_EQ(outcome.rest, "rest");
  }
}

TEST(RequestParserTest, TakesTheHostOfAnAbsoluteTarget) {
  const Outcome outcome = Parse(Get("http://other:80/a?b=c"));
  ASSERT_TRUE(outcome.done) << outcome.status;
  EXPECT_THAT(outcome.request.path, ElementsAre("a"));
  EXPECT_EQ(outcome.request.headers.Joined("Host"), "other:80");
  EXPECT_THAT(Parse(Get("http://other")).request.path, ElementsAre(""));
  EXPECT_THAT(Parse("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").request.path, IsEmpty());
}

TEST(RequestParserTest, KnowsWhetherTheConnectionGoesOn) {
  EXPECT_TRUE(Parse(With("")).request.keep_alive);
  EXPECT_FALSE(Parse(With("Connection: close\r\n")).request.keep_alive);
  EXPECT_FALSE(Parse("GET / HTTP/1.0\r\n\r\n").request.keep_alive);
  EXPECT_TRUE(Parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").request.keep_alive);
}

// Whatever comes: an answer or a refusal, the same however it is cut, and no more
// bytes used than there are.
TEST(RequestParserTest, SaysTheSameOfDamagedRequestsHoweverTheyAreCut) {
  const std::vector<std::string> seeds = {
      With("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n"),
      With("Content-Length: 3\r\nExpect: 100-continue\r\n", "abc"),
      Get("http://h/a%20b?c=%C3%A9&d=1"),
  };
  constexpr absl::string_view kBytes("\r\n :\0\t%;,aZ09\x7f\xc3/?#", 18);
  const uint64_t seed = std::random_device()();
  std::mt19937_64 random(seed);
  for (int step = 0; step < 3000; ++step) {
    std::string bytes = seeds[random() % seeds.size()];
    for (uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      const size_t at = random() % bytes.size();
      const char byte = kBytes[random() % kBytes.size()];
      if (random() % 2 == 0) {
        bytes[at] = byte;
      } else {
        bytes.insert(at, 1, byte);
      }
    }
    const Outcome whole = Parse(bytes);
    const Outcome cut = Parse(bytes, {}, 1 + random() % 9);
    const std::string where = absl::StrCat("seed ", seed, ", step ", step);
    ASSERT_EQ(whole.done, cut.done) << where;
    ASSERT_EQ(whole.status.ok() ? 0 : HttpStatus(whole.status),
              cut.status.ok() ? 0 : HttpStatus(cut.status))
        << where << ": " << whole.status << " / " << cut.status;
    ASSERT_EQ(whole.request.body, cut.request.body) << where;
    ASSERT_EQ(whole.request.path, cut.request.path) << where;
    ASSERT_EQ(whole.rest, cut.rest) << where;
  }
}

}  // namespace
}  // namespace annals::http
