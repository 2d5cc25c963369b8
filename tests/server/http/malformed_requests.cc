#include "tests/server/http/malformed_requests.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annals::http {
namespace {

std::string With(absl::string_view lines, absl::string_view body = "") {
  return absl::StrCat("POST /a HTTP/1.1\r\nHost: h\r\n", lines, "\r\n", body);
}
std::string Get(absl::string_view target) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n");
}
std::string Chunked(absl::string_view body) { return With("Transfer-Encoding: chunked\r\n", body); }

// Where two parsers might see two ends.
std::vector<MalformedRequest> Smuggling() {
  return {
      {"LengthAndChunks", With("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400,
       "both Content-Length and Transfer-Encoding"},
      {"ChunksAndLength", With("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400,
       "both Content-Length and Transfer-Encoding"},
      {"TwoLengths", With("Content-Length: 3\r\nContent-Length: 4\r\n"), 400, "not one number"},
      {"TwoEqualLengths", With("Content-Length: 3\r\nContent-Length: 3\r\n"), 400,
       "not one number"},
      {"ListOfLengths", With("Content-Length: 3, 3\r\n"), 400, "not one number"},
      {"SignedLength", With("Content-Length: +3\r\n"), 400, "not one number"},
      {"NegativeLength", With("Content-Length: -1\r\n"), 400, "not one number"},
      {"HexLength", With("Content-Length: 0x3\r\n"), 400, "not one number"},
      {"EmptyLength", With("Content-Length: \r\n"), 400, "not one number"},
      {"ChunksAndMore", With("Transfer-Encoding: gzip, chunked\r\n"), 501, "gzip"},
      {"ChunksTwice", With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400,
       "2 Transfer-Encoding"},
      {"IdentityCoding", With("Transfer-Encoding: identity\r\n"), 400, "without an end"},
      {"SpaceBeforeColon", With("Content-Length : 3\r\n"), 400, "a name, a colon"},
      {"FoldedLine", With("A: b\r\n c\r\n"), 400, "goes on in a second line"},
      {"FirstLineFolded", "GET /a HTTP/1.1\r\n Host: h\r\n\r\n", 400, "goes on in a second line"},
      {"NoColon", With("Abc\r\n"), 400, "a name, a colon"},
      {"EmptyName", With(": b\r\n"), 400, "a name, a colon"},
      {"BareLf", With("A: b\nC: d\r\n"), 400, "CR LF"},
      {"BareCr", With("A: b\rC: d\r\n"), 400, "control character"},
      {"Nul", With(absl::string_view("A: b\0c\r\n", 8)), 400, "control character"},
      {"NoHost", "GET /a HTTP/1.1\r\nA: b\r\n\r\n", 400, "Host header is missing"},
      {"TwoHosts", With("Host: i\r\n"), 400, "2 Host headers"},
      {"StrangeHost", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "malformed"},
      {"ChunksThenIdentity", With("Transfer-Encoding: chunked, identity\r\n"), 400,
       "without an end"},
      {"AlmostChunked", With("Transfer-Encoding: xchunked\r\n"), 400, "without an end"},
      {"ChunkedWithAParameter", With("Transfer-Encoding: chunked;q=1\r\n"), 400, "without an end"},
      {"ChunkedInQuotes", With("Transfer-Encoding: \"chunked\"\r\n"), 400, "without an end"},
      {"ChunkedAfterAVerticalTab", With("Transfer-Encoding: \vchunked\r\n"), 400,
       "control character"},
      {"EmptyCoding", With("Transfer-Encoding:\r\n"), 400, "without an end"},
      {"ChunksInAFoldedLine", With("Transfer-Encoding:\r\n chunked\r\n"), 400, "second line"},
      {"ChunksInHttp10", "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0"},
      {"LengthsInTwoCases", With("Content-Length: 3\r\ncontent-length: 30\r\n"), 400,
       "not one number"},
      {"TwoNumbersInALength", With("Content-Length: 3 30\r\n"), 400, "not one number"},
      {"FractionalLength", With("Content-Length: 3.0\r\n"), 400, "not one number"},
      {"TabBeforeColon", With("Transfer-Encoding\t: chunked\r\n"), 400, "a name, a colon"},
      {"NulInAName", With(absl::string_view("A\0: b\r\n", 7)), 400, "a name, a colon"},
      {"BareLfBeforeTheEnd", "GET /a HTTP/1.1\r\nHost: h\n\r\n\r\n", 400, "CR LF"},
      {"BareLfAfterTheRequestLine", "GET /a HTTP/1.1\nHost: h\r\n\r\n", 400, "CR LF"},
      {"CrCrLf", With("A: b\r\r\n"), 400, "control character"},
      {"DeleteInAValue", With("A: b\x7f\r\n"), 400, "control character"},
      {"RequestInsteadOfAHeader", With("GET /b HTTP/1.1\r\n"), 400, "a name, a colon"}};
}

// Bodies in chunks.
std::vector<MalformedRequest> Chunks() {
  return {
      {"SizeIsNoNumber", Chunked("x\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeIsNegative", Chunked("-3\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeIsHuge", Chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeIsShort", Chunked("2\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeEndsInLf", Chunked("3\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"TogetherTooMuch",
       Chunked(absl::StrCat("40\r\n", std::string(64, 'a'), "\r\n40\r\n", std::string(64, 'a'),
                            "\r\n0\r\n\r\n")),
       413, "longer than 100"},
      {"ChunkWithoutEnd", Chunked(absl::StrCat("3;", std::string(5000, 'a'))), 400, "chunk's head"},
      {"SizeHasAPrefix", Chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeHasASign", Chunked("+3\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeIsMissing", Chunked("\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SpaceBeforeTheSize", Chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SpaceAfterTheSize", Chunked("3 \r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"SizeWrapsAround", Chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400,
       "body is malformed"},
      {"SizeIsTheGreatest", Chunked("ffffffffffffffff\r\nabc\r\n0\r\n\r\n"), 413,
       "longer than 100"},
      {"BareCrInAnExtension", Chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"BareLfInAnExtension", Chunked("3;a\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"ExtensionWithoutAName", Chunked("3;=b\r\nabc\r\n0\r\n\r\n"), 400, "body is malformed"},
      {"ExtensionOfTheLastChunkWithLf", Chunked("0;a\n\r\n\r\n"), 400, "body is malformed"},
      {"NoLineEndAfterAChunk", Chunked("3\r\nabc0\r\n\r\n"), 400, "body is malformed"},
      {"TrailerWithLf", Chunked("0\r\nA: b\nC: d\r\n\r\n"), 400, "body is malformed"},
      {"TrailerIsARequest", Chunked("0\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"), 400,
       "a name, a colon"},
      {"TrailersWithoutEnd", Chunked(absl::StrCat("0\r\nA: ", std::string(5000, 'a'))), 400,
       "chunk's head"}};
}

// What stands before the headers.
std::vector<MalformedRequest> RequestLines() {
  return {
      {"TwoWords", "GET /a\r\nHost: h\r\n\r\n", 400, "not a method, a target"},
      {"FourWords", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "not a method, a target"},
      {"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1 is"},
      {"OldVersion", "GET /a HTTP/0.9\r\nHost: h\r\n\r\n", 505, "HTTP/0.9"},
      {"StrangeVersion", "GET /a HTCPCP/1.0\r\nHost: h\r\n\r\n", 400, "instead of HTTP/1.1"},
      {"UnknownMethod", "BREW /a HTTP/1.1\r\nHost: h\r\n\r\n", 501, "BREW"},
      {"LowerCaseMethod", "get /a HTTP/1.1\r\nHost: h\r\n\r\n", 501, "get"},
      {"Connect", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 501, "CONNECT"},
      {"TwoEmptyLines", "\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", 400, ""},
      {"TlsHandshake", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400,
       "doesn't begin as HTTP"},
      {"AuthorityForm", "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "neither / nor http"},
      {"NulInTheTarget", std::string("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n", 30), 400,
       "URI can't have"},
      {"TabInTheRequestLine", "GET\t/a HTTP/1.1\r\nHost: h\r\n\r\n", 400, "not a method, a target"},
      {"TwoSpaces", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n", 400, "not a method, a target"},
      {"SpaceAtTheEnd", "GET /a HTTP/1.1 \r\nHost: h\r\n\r\n", 400, "not a method, a target"},
      {"SpaceAtTheBeginning", " GET /a HTTP/1.1\r\nHost: h\r\n\r\n", 400, ""},
      {"LowerCaseVersion", "GET /a http/1.1\r\nHost: h\r\n\r\n", 400, "instead of HTTP/1.1"},
      {"NextVersion", "GET /a HTTP/1.2\r\nHost: h\r\n\r\n", 505, "HTTP/1.2"},
      {"LongVersion", "GET /a HTTP/1.1.1\r\nHost: h\r\n\r\n", 505, "HTTP/1.1.1"},
      {"ShortRequest", "GET /a\r\n\r\n", 400, "not a method, a target"}};
}

// What a path or a query may not say.
std::vector<MalformedRequest> Targets() {
  return {{"Relative", Get("a"), 400, "neither / nor http"},
          {"BrokenPercent", Get("/%4"), 400, "hexadecimal"},
          {"NoHexadecimal", Get("/%zz"), 400, "hexadecimal"},
          {"NulInPath", Get("/a%00b"), 400, "control character"},
          {"LineEndInQuery", Get("/a?b=%0d%0aX:y"), 400, "control character"},
          {"BrokenUtf8InPath", Get("/%c3%28"), 400, "not UTF-8"},
          {"OverlongUtf8", Get("/%c0%af"), 400, "not UTF-8"},
          {"SurrogateInQuery", Get("/?a=%ed%a0%80"), 400, "not UTF-8"},
          {"RawUtf8", Get("/\xc3\xa9"), 400, "URI can't have"},
          {"Fragment", Get("/a#b"), 400, "URI can't have"},
          {"ParentSegment", Get("/a/../b"), 400, "relative segment"},
          {"EncodedParentSegment", Get("/a/%2e%2e/b"), 400, "relative segment"},
          {"Asterisk", Get("*"), 400, "OPTIONS"},
          {"User", Get("http://user@h/a"), 400, "without a user"},
          {"OtherScheme", Get("ftp://h/a"), 400, "neither / nor http"},
          {"EmptyAuthority", Get("http:///a"), 400, "needs a host"},
          {"AuthorityWithAStrangeByte", Get("http://h@/a"), 400, "without a user"},
          {"SchemeAlone", Get("http://"), 400, "needs a host"},
          {"OverlongSlash", Get("/v1%c0%af..%c0%afv1"), 400, "not UTF-8"},
          {"OverlongNul", Get("/%c0%80"), 400, "not UTF-8"},
          {"OverlongInThreeBytes", Get("/a?b=%e0%80%af"), 400, "not UTF-8"},
          {"CodePointBeyondUnicode", Get("/a?b=%f4%90%80%80"), 400, "not UTF-8"},
          {"CutOffUtf8", Get("/a?b=%e2%82"), 400, "not UTF-8"},
          {"BytesOfUtf16", Get("/a?b=%fe%ff"), 400, "not UTF-8"},
          {"PercentAtTheEnd", Get("/a?b=%"), 400, "hexadecimal"},
          {"DoublePercent", Get("/a?b=%%41"), 400, "hexadecimal"},
          {"UnicodePercent", Get("/%u0041"), 400, "hexadecimal"},
          {"BrokenUtf8InAName", Get("/a?%ff=b"), 400, "not UTF-8"},
          {"BackslashInThePath", Get("/a\\b"), 400, "URI can't have"}};
}

// More than is taken, and what is not undone.
std::vector<MalformedRequest> BeyondLimits() {
  return {
      {"LongTarget", Get(absl::StrCat("/", std::string(1100, 'a'))), 414, "1024"},
      {"LongHead", With(absl::StrCat("A: ", std::string(2100, 'a'), "\r\n")), 431, "2048"},
      {"HeadWithoutEnd", absl::StrCat("GET /", std::string(5000, 'a')), 431, "2048"},
      {"ManyHeaders",
       With("A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\nA: 6\r\nA: 7\r\nA: 8\r\nA: 9\r\nA: "
            "10\r\n"),
       431, "more than 10"},
      {"LongBody", With("Content-Length: 101\r\n"), 413, "at most 100"},
      {"LengthBeyondNumbers", With("Content-Length: 99999999999999999999999\r\n"), 413,
       "at most 100"},
      {"ContentCoding", With("Content-Encoding: gzip\r\nContent-Length: 1\r\n"), 415, "gzip"},
      {"Expectation", With("Expect: miracles\r\n"), 417, "miracles"},
      {"TwoExpectations", With("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417,
       "100-continue"},
      {"Bomb", With("Content-Encoding: deflate, gzip\r\nContent-Length: 1\r\n"), 415, "deflate"}};
}

}  // namespace

Limits SmallLimits() {
  Limits limits;
  limits.head_bytes = 2048;
  limits.target_bytes = 1024;
  limits.header_count = 10;
  limits.body_bytes = 100;
  return limits;
}

std::vector<MalformedRequest> MalformedRequests() {
  std::vector<MalformedRequest> all;
  for (const std::vector<MalformedRequest>& some :
       {Smuggling(), Chunks(), RequestLines(), Targets(), BeyondLimits()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void PrintTo(const MalformedRequest& request, std::ostream* out) { *out << request.name; }

}  // namespace annals::http
