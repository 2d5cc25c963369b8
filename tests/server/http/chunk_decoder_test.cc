#include "server/http/chunk_decoder.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/http_status.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

// What becomes of bytes that come in pieces of the given size.
struct Decoded {
  absl::Status status;
  bool done = false;
  std::string body;
  std::string rest;
};

Decoded Decode(absl::string_view bytes, size_t piece, const Limits& limits = {}) {
  Decoded decoded;
  ChunkDecoder decoder;
  while (!bytes.empty() && !decoder.done()) {
    decoded.rest.append(bytes.data(), std::min(piece, bytes.size()));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    const absl::StatusOr<size_t> used = decoder.Feed(decoded.rest, limits, &decoded.body);
    decoded.status = used.status();
    if (!used.ok()) return decoded;
    decoded.rest.erase(0, *used);
  }
  decoded.done = decoder.done();
  decoded.rest.append(bytes.data(), bytes.size());
  return decoded;
}

TEST(ChunkDecoderTest, EndsExactlyBehindTheTrailersHoweverTheBytesCome) {
  struct Coded {
    std::string bytes;
    std::string body;
  };
  for (const Coded& coded :
       {Coded{"0\r\n\r\n", ""}, Coded{"000\r\n\r\n", ""}, Coded{"3\r\nabc\r\n0\r\n\r\n", "abc"},
        Coded{"0A\r\n0123456789\r\n1\r\n\n\r\n0\r\n\r\n", "0123456789\n"},
        Coded{"1;a\r\nx\r\n0;b=c\r\n\r\n", "x"},
        Coded{"1 ; a = \"b;\"\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n", "x"}}) {
    for (size_t piece = 1; piece < 40; ++piece) {
      const Decoded decoded = Decode(coded.bytes + "GET", piece);
      ASSERT_THAT(decoded.status, IsOk()) << coded.bytes << " in pieces of " << piece;
      ASSERT_TRUE(decoded.done) << coded.bytes << " in pieces of " << piece;
      EXPECT_EQ(decoded.body, coded.body);
      EXPECT_EQ(decoded.rest, "GET") << coded.bytes << " in pieces of " << piece;
    }
  }
}

TEST(ChunkDecoderTest, WaitsForTheRest) {
  const std::string whole = "3;a=b\r\nabc\r\n0\r\nA: b\r\n\r\n";
  for (size_t there = 0; there < whole.size(); ++there) {
    const Decoded decoded = Decode(whole.substr(0, there), 2);
    EXPECT_THAT(decoded.status, IsOk()) << there;
    EXPECT_FALSE(decoded.done) << there;
  }
}

TEST(ChunkDecoderTest, TakesABodyOfTheLimitAndNoMore) {
  Limits limits;
  limits.body_bytes = 4;
  EXPECT_EQ(Decode("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", 3, limits).body, "abcd");
  const Decoded longer = Decode("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", 3, limits);
  EXPECT_THAT(longer.status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("than 4")));
  EXPECT_EQ(HttpStatus(longer.status), 413);
  EXPECT_EQ(longer.body, "ab");
}

TEST(ChunkDecoderTest, ManyShortTrailersAreTooLongTogether) {
  Limits limits;
  limits.head_bytes = 100;
  std::string trailers = "0\r\n";
  for (int i = 0; i < 30; ++i) trailers += "A: b\r\n";
  EXPECT_THAT(Decode(trailers, 8, limits).status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("longer than 100 bytes")));
}

}  // namespace
}  // namespace annals::http
