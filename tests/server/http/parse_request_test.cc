#include "server/http/parse_request.h"

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/problem.h"
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

struct Refused {
  std::string name;
  std::string bytes;
  int http_status;
  std::string message;

  friend void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }
};

class RefusalTest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusalTest, HasItsStatusHoweverTheBytesCome) {
  Limits limits;
  limits.head_bytes = 2048;
  limits.target_bytes = 1024;
  limits.header_count = 10;
  limits.body_bytes = 100;
  for (const size_t piece : {SIZE_MAX, size_t{1}, size_t{7}}) {
    const Outcome outcome = Parse(GetParam().bytes, limits, piece);
    EXPECT_FALSE(outcome.done) << "in pieces of " << piece;
    ASSERT_FALSE(outcome.status.ok()) << "in pieces of " << piece;
    EXPECT_EQ(HttpStatus(outcome.status), GetParam().http_status) << outcome.status;
    EXPECT_THAT(std::string(outcome.status.message()), HasSubstr(GetParam().message));
  }
}

std::string With(absl::string_view lines, absl::string_view body = "") {
  return absl::StrCat("POST /a HTTP/1.1\r\nHost: h\r\n", lines, "\r\n", body);
}
std::string Get(absl::string_view target) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusalTest,
    ::testing::Values(
        Refused{"LengthAndChunks", With("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400,
                "both Content-Length and Transfer-Encoding"},
        Refused{"ChunksAndLength", With("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400,
                "both Content-Length and Transfer-Encoding"},
        Refused{"TwoLengths", With("Content-Length: 3\r\nContent-Length: 4\r\n"), 400,
                "not one number"},
        Refused{"TwoEqualLengths", With("Content-Length: 3\r\nContent-Length: 3\r\n"), 400,
                "not one number"},
        Refused{"ListOfLengths", With("Content-Length: 3, 3\r\n"), 400, "not one number"},
        Refused{"SignedLength", With("Content-Length: +3\r\n"), 400, "not one number"},
        Refused{"NegativeLength", With("Content-Length: -1\r\n"), 400, "not one number"},
        Refused{"HexLength", With("Content-Length: 0x3\r\n"), 400, "not one number"},
        Refused{"EmptyLength", With("Content-Length: \r\n"), 400, "not one number"},
        Refused{"ChunksAndMore", With("Transfer-Encoding: gzip, chunked\r\n"), 501, "gzip"},
        Refused{"ChunksTwice", With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                400, "2 Transfer-Encoding"},
        Refused{"IdentityCoding", With("Transfer-Encoding: identity\r\n"), 501, "identity"},
        Refused{"SpaceBeforeColon", With("Content-Length : 3\r\n"), 400, "a name, a colon"},
        Refused{"FoldedLine", With("A: b\r\n c\r\n"), 400, "goes on in a second line"},
        Refused{"FirstLineFolded", "GET /a HTTP/1.1\r\n Host: h\r\n\r\n", 400,
                "goes on in a second line"},
        Refused{"NoColon", With("Abc\r\n"), 400, "a name, a colon"},
        Refused{"EmptyName", With(": b\r\n"), 400, "a name, a colon"},
        Refused{"BareLf", With("A: b\nC: d\r\n"), 400, "CR LF"},
        Refused{"BareCr", With("A: b\rC: d\r\n"), 400, "control character"},
        Refused{"Nul", With(absl::string_view("A: b\0c\r\n", 8)), 400, "control character"},
        Refused{"NoHost", "GET /a HTTP/1.1\r\nA: b\r\n\r\n", 400, "Host header is missing"},
        Refused{"TwoHosts", With("Host: i\r\n"), 400, "2 Host headers"},
        Refused{"StrangeHost", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "malformed"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Chunks, RefusalTest,
    ::testing::Values(
        Refused{"SizeIsNoNumber", With("Transfer-Encoding: chunked\r\n", "x\r\nabc\r\n0\r\n\r\n"),
                400, "body is malformed"},
        Refused{"SizeIsNegative", With("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n0\r\n\r\n"),
                400, "body is malformed"},
        Refused{"SizeIsHuge",
                With("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
                400, "body is malformed"},
        Refused{"SizeIsShort", With("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n0\r\n\r\n"), 400,
                "body is malformed"},
        Refused{"SizeEndsInLf", With("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"), 400,
                "body is malformed"},
        Refused{"TogetherTooMuch",
                With("Transfer-Encoding: chunked\r\n",
                     absl::StrCat("40\r\n", std::string(64, 'a'), "\r\n40\r\n",
                                  std::string(64, 'a'), "\r\n0\r\n\r\n")),
                413, "longer than 100"},
        Refused{"HeadWithoutEnd",
                With("Transfer-Encoding: chunked\r\n", absl::StrCat("3;", std::string(5000, 'a'))),
                400, "chunk's head"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    RequestLines, RefusalTest,
    ::testing::Values(
        Refused{"TwoWords", "GET /a\r\nHost: h\r\n\r\n", 400, "not a method, a target"},
        Refused{"FourWords", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "not a method, a target"},
        Refused{"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1 is"},
        Refused{"OldVersion", "GET /a HTTP/0.9\r\nHost: h\r\n\r\n", 505, "HTTP/0.9"},
        Refused{"StrangeVersion", "GET /a HTCPCP/1.0\r\nHost: h\r\n\r\n", 400,
                "instead of HTTP/1.1"},
        Refused{"UnknownMethod", "BREW /a HTTP/1.1\r\nHost: h\r\n\r\n", 501, "BREW"},
        Refused{"LowerCaseMethod", "get /a HTTP/1.1\r\nHost: h\r\n\r\n", 501, "get"},
        Refused{"Connect", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 501, "CONNECT"},
        Refused{"TwoEmptyLines", "\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", 400, ""},
        Refused{"TlsHandshake", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400,
                "doesn't begin as HTTP"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Targets, RefusalTest,
    ::testing::Values(Refused{"Relative", Get("a"), 400, "neither / nor http"},
                      Refused{"BrokenPercent", Get("/%4"), 400, "hexadecimal"},
                      Refused{"NoHexadecimal", Get("/%zz"), 400, "hexadecimal"},
                      Refused{"NulInPath", Get("/a%00b"), 400, "control character"},
                      Refused{"LineEndInQuery", Get("/a?b=%0d%0aX:y"), 400, "control character"},
                      Refused{"BrokenUtf8InPath", Get("/%c3%28"), 400, "not UTF-8"},
                      Refused{"OverlongUtf8", Get("/%c0%af"), 400, "not UTF-8"},
                      Refused{"SurrogateInQuery", Get("/?a=%ed%a0%80"), 400, "not UTF-8"},
                      Refused{"RawUtf8", Get("/\xc3\xa9"), 400, "URI can't have"},
                      Refused{"Fragment", Get("/a#b"), 400, "URI can't have"},
                      Refused{"ParentSegment", Get("/a/../b"), 400, "relative segment"},
                      Refused{"EncodedParentSegment", Get("/a/%2e%2e/b"), 400, "relative segment"},
                      Refused{"Asterisk", Get("*"), 400, "OPTIONS"},
                      Refused{"User", Get("http://user@h/a"), 400, "without a user"},
                      Refused{"OtherScheme", Get("ftp://h/a"), 400, "neither / nor http"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Limits, RefusalTest,
    ::testing::Values(
        Refused{"LongTarget", Get(absl::StrCat("/", std::string(1100, 'a'))), 414, "1024"},
        Refused{"LongHead", With(absl::StrCat("A: ", std::string(2100, 'a'), "\r\n")), 431, "2048"},
        Refused{"HeadWithoutEnd", absl::StrCat("GET /", std::string(5000, 'a')), 431, "2048"},
        Refused{"ManyHeaders",
                With("A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\nA: 6\r\nA: 7\r\nA: 8\r\nA: 9\r\nA: "
                     "10\r\n"),
                431, "more than 10"},
        Refused{"LongBody", With("Content-Length: 101\r\n"), 413, "at most 100"},
        Refused{"LengthBeyondNumbers", With("Content-Length: 99999999999999999999999\r\n"), 413,
                "at most 100"},
        Refused{"ContentCoding", With("Content-Encoding: gzip\r\nContent-Length: 1\r\n"), 415,
                "gzip"},
        Refused{"Expectation", With("Expect: miracles\r\n"), 417, "miracles"}),
    [](const auto& info) { return info.param.name; });

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
