#include "engine/base/key.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;

std::string Bytes(absl::string_view bytes) { return std::string(bytes); }

TEST(KeyTest, EncodesAsTheHeaderSays) {
  EXPECT_EQ(EncodeKey({}), "");
  EXPECT_EQ(EncodeKey({""}), Bytes({"\0\1", 2}));
  EXPECT_EQ(EncodeKey({"ab", "c"}), Bytes({"ab\0\1c\0\1", 7}));
  EXPECT_EQ(EncodeKey({Bytes({"a\0b", 3})}), Bytes({"a\0\xff"
                                                    "b\0\1",
                                                    6}));
}

TEST(KeyTest, DecodesItsOwnElements) {
  const Key key = {"el-helicoide", "", Bytes({"\0\1\xff", 3}), "ñ"};
  EXPECT_THAT(DecodeKey(EncodeKey(key), 4), IsOkAndHolds(key));
  EXPECT_THAT(DecodeKey("", 0), IsOkAndHolds(IsEmpty()));
}

TEST(KeyTest, ReadsOneElementAndLeavesTheRest) {
  const std::string encoded = EncodeKey({"a", "b"});
  absl::string_view bytes = encoded;
  EXPECT_THAT(ReadKeyElement(&bytes), IsOkAndHolds("a"));
  EXPECT_EQ(bytes, absl::string_view("b\0\1", 3));
}

TEST(KeyTest, RefusesBytesThatAreNoEncoding) {
  for (const absl::string_view bytes :
       {absl::string_view(""), absl::string_view("a"), absl::string_view("a\0", 2),
        absl::string_view("a\0\2", 3), absl::string_view("a\0\xff", 3)}) {
    EXPECT_THAT(DecodeKey(bytes, 1), StatusIs(kDataLoss, HasSubstr("an element without an end")));
  }
}

TEST(KeyTest, RefusesAnotherNumberOfElements) {
  const std::string encoded = EncodeKey({"a", "b"});
  EXPECT_THAT(DecodeKey(encoded, 1), StatusIs(kDataLoss, HasSubstr("longer than its elements")));
  EXPECT_THAT(DecodeKey(encoded, 3), StatusIs(kDataLoss, HasSubstr("an element without an end")));
}

TEST(KeyTest, NumbersSortAsTheirBytesDo) {
  const std::vector<uint64_t> numbers = {
      0, 1, 255, 256, 1u << 31, 1ull << 63, std::numeric_limits<uint64_t>::max()};
  std::string previous;
  for (const uint64_t number : numbers) {
    std::string bytes;
    AppendBigEndian64(&bytes, number);
    EXPECT_EQ(bytes.size(), 8u);
    EXPECT_GT(bytes, previous);
    previous = bytes;
    absl::string_view rest = bytes;
    EXPECT_THAT(ReadBigEndian64(&rest), IsOkAndHolds(number));
    EXPECT_THAT(rest, IsEmpty());
  }
}

TEST(KeyTest, NumbersStandBeforeWhatFollows) {
  std::string bytes;
  AppendBigEndian32(&bytes, 0x01020304);
  bytes += "rest";
  EXPECT_EQ(bytes, "\x01\x02\x03\x04rest");
  absl::string_view rest = bytes;
  EXPECT_THAT(ReadBigEndian32(&rest), IsOkAndHolds(0x01020304u));
  EXPECT_EQ(rest, "rest");
}

TEST(KeyTest, RefusesANumberThatIsCutShort) {
  absl::string_view three = "abc";
  EXPECT_THAT(ReadBigEndian32(&three), StatusIs(kDataLoss, HasSubstr("ends inside a number")));
  absl::string_view seven = "abcdefg";
  EXPECT_THAT(ReadBigEndian64(&seven), StatusIs(kDataLoss, HasSubstr("ends inside a number")));
}

TEST(PrefixEndTest, IsTheFirstKeyBeyondThePrefix) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd(absl::string_view("a\0", 2)), "a\x01");
  EXPECT_EQ(PrefixEnd("\x7f"), "\x80");
}

TEST(PrefixEndTest, IsEmptyWhenNothingLiesBeyond) {
  EXPECT_EQ(PrefixEnd(""), "");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
}

// ---- Any keys -------------------------------------------------------------------

// Few and awkward bytes, so that elements are often each other's prefixes.
Key RandomKey(std::mt19937_64* random) {
  constexpr absl::string_view kBytes(
      "\0\0\1\xff"
      "ab",
      6);
  Key key((*random)() % 4);
  for (std::string& element : key) {
    element.resize((*random)() % 4);
    for (char& byte : element) byte = kBytes[(*random)() % kBytes.size()];
  }
  return key;
}

bool IsPrefix(const Key& prefix, const Key& key) {
  return prefix.size() <= key.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

TEST(KeyPropertyTest, KeepsOrderAndPrefixes) {
  constexpr uint64_t kSeed = 1;
  std::mt19937_64 random(kSeed);
  for (int step = 0; step < 20'000; ++step) {
    const Key a = RandomKey(&random);
    const Key b = RandomKey(&random);
    const std::string a_bytes = EncodeKey(a);
    const std::string b_bytes = EncodeKey(b);
    ASSERT_EQ(a < b, a_bytes < b_bytes) << "seed " << kSeed << ", step " << step;
    ASSERT_EQ(IsPrefix(a, b), absl::StartsWith(b_bytes, a_bytes)) << "step " << step;
    ASSERT_THAT(DecodeKey(a_bytes, a.size()), IsOkAndHolds(a)) << "step " << step;
    const std::string end = PrefixEnd(a_bytes);
    if (!end.empty()) {
      ASSERT_EQ(IsPrefix(a, b), a_bytes <= b_bytes && b_bytes < end) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace annals
