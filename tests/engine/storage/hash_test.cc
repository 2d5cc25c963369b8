#include "engine/storage/hash.h"

#include <string>

#include "absl/strings/string_view.h"
#include "engine/storage/commit_record.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::storage {
namespace {

using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

// XXH3's own published vector for the empty input.
TEST(HashTest, IsXxh3) { EXPECT_EQ(ToString(HashBytes("")), "99aa06d3014798d86001c324468d497f"); }

TEST(HashTest, ChainHashIsThatOfTheFormerHashAndTheBytes) {
  const Hash128 previous = HashBytes("before");
  std::string bytes;
  AppendHash(&bytes, previous);
  bytes += "event";
  EXPECT_EQ(ChainHash(previous, "event"), HashBytes(bytes));
  EXPECT_NE(ChainHash(previous, "event"), ChainHash({}, "event"));
}

TEST(HashTest, ChainInPlaceLeavesTheHashInFront) {
  const Hash128 previous = HashBytes("before");
  std::string record = std::string(kHashBytes, '\0') + "event";
  const Hash128 chain = ChainInPlace(previous, &record);
  EXPECT_EQ(chain, ChainHash(previous, "event"));
  absl::string_view rest = record;
  ASSERT_OK_AND_ASSIGN(const Hash128 stored, ReadHash(&rest));
  EXPECT_EQ(stored, chain);
  EXPECT_EQ(rest, "event");
}

TEST(HashTest, ShortBytesAreDataLoss) {
  absl::string_view bytes = "fifteen bytes..";
  EXPECT_THAT(ReadHash(&bytes), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("number")));
}

TEST(CommitRecordTest, SurvivesARoundTrip) {
  const CommitRecord record = {
      .number = 7, .events = 1'234, .timeline = 3, .position = {99}, .chain = HashBytes("x")};
  const std::string bytes = EncodeCommitRecord(record);
  EXPECT_EQ(bytes.size(), kCommitRecordBytes);
  ASSERT_OK_AND_ASSIGN(const CommitRecord decoded, DecodeCommitRecord(bytes));
  EXPECT_EQ(decoded, record);
  EXPECT_THAT(DecodeCommitRecord(bytes + "x"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("45 bytes")));
  EXPECT_THAT(DecodeCommitRecord(""), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("0 bytes")));
}

}  // namespace
}  // namespace annals::storage
