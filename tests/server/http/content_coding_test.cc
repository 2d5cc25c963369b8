#include "server/http/content_coding.h"

#include <zlib.h>
#include <zstd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

TEST(ContentCodingTest, TakesWhatIsLikedBest) {
  EXPECT_EQ(ChooseContentCoding(""), ContentCoding::kIdentity);
  EXPECT_EQ(ChooseContentCoding("br, deflate"), ContentCoding::kIdentity);
  EXPECT_EQ(ChooseContentCoding("gzip, deflate, br"), ContentCoding::kGzip);
  EXPECT_EQ(ChooseContentCoding("gzip, deflate, br, zstd"), ContentCoding::kZstd);
  EXPECT_EQ(ChooseContentCoding("zstd;q=0.5, gzip;q=0.8"), ContentCoding::kGzip);
  EXPECT_EQ(ChooseContentCoding("zstd;q=0, gzip;q=0"), ContentCoding::kIdentity);
  EXPECT_EQ(ChooseContentCoding("*"), ContentCoding::kZstd);
  EXPECT_EQ(ChooseContentCoding("*, zstd;q=0"), ContentCoding::kGzip);
}

TEST(ContentCodingTest, IsForTextAndNotForStreamsOfEvents) {
  EXPECT_TRUE(IsCompressible("application/json"));
  EXPECT_TRUE(IsCompressible("application/problem+json"));
  EXPECT_TRUE(IsCompressible("text/csv; charset=utf-8"));
  EXPECT_FALSE(IsCompressible("text/event-stream"));
  EXPECT_FALSE(IsCompressible("image/png"));
  EXPECT_FALSE(IsCompressible(""));
}

TEST(ContentCodingTest, IsUndoneByTheLibraries) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + ",";
  ASSERT_OK_AND_ASSIGN(const std::string gzip, Compress(ContentCoding::kGzip, text));
  EXPECT_LT(gzip.size(), text.size() / 2);
  std::string undone(text.size() + 1, '\0');
  z_stream stream = {};
  constexpr int kGzipOnly = 15 + 16;
  ASSERT_EQ(inflateInit2(&stream, kGzipOnly), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = gzip.size();
  stream.next_out = reinterpret_cast<Bytef*>(undone.data());
  stream.avail_out = undone.size();
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(undone.substr(0, stream.total_out), text);
  inflateEnd(&stream);

  ASSERT_OK_AND_ASSIGN(const std::string zstd, Compress(ContentCoding::kZstd, text));
  EXPECT_LT(zstd.size(), text.size() / 2);
  const size_t size = ZSTD_decompress(undone.data(), undone.size(), zstd.data(), zstd.size());
  EXPECT_EQ(undone.substr(0, size), text);
}

}  // namespace
}  // namespace annals::http
