#include "engine/index/index_keys.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

const IndexKeys kKeys(7);

std::string RowOf(const Key& key, Position event, uint32_t ordinal, Position arrival) {
  std::string row = kKeys.MeasurePrefix(3, 2) + EncodeKey(key);
  AppendRowSuffix(&row, event, ordinal, arrival);
  return row;
}

bool IsIn(const std::string& key, const KeyRange& range) {
  return range.begin <= key && key < range.end;
}

// What is on disk: a change here needs a new format version.
TEST(IndexKeysTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(RowOf({"IS"}, {258}, 1, {65536})),
            "00000007"
            "00000003"
            "00000002"
            "49530001"
            "0000000000000102"
            "00000001"
            "0000000000010000");
  EXPECT_EQ(absl::BytesToHexString(kKeys.GenerationRecord(3)), "00000007000000000000000100000003");
  EXPECT_EQ(absl::BytesToHexString(kKeys.CorrectionsCursor()), "000000070000000000000002");
  EXPECT_EQ(absl::BytesToHexString(kKeys.Correction({4}, {9})),
            "00000007000000000000000300000000000000040000000000000009");
}

TEST(IndexKeysTest, ARowIsFoundByItsParts) {
  const std::string bytes = RowOf({"a", "b"}, {5}, 6, {7});
  const size_t prefix_bytes = kKeys.MeasurePrefix(3, 2).size();
  ASSERT_OK_AND_ASSIGN(const RowId row, IndexKeys::ParseRow(bytes, prefix_bytes));
  EXPECT_EQ(row.elements, EncodeKey({"a", "b"}));
  EXPECT_EQ(row.event, Position{5});
  EXPECT_EQ(row.ordinal, 6);
  EXPECT_EQ(row.arrival, Position{7});
}

TEST(IndexKeysTest, AKeyThatIsTooShortIsDataLoss) {
  EXPECT_THAT(IndexKeys::ParseRow(std::string(31, 'x'), 12),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
  EXPECT_THAT(IndexKeys::CorrectorOf("xyz"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
  EXPECT_THAT(IndexKeys::GenerationOfRecord("xyz"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
}

TEST(IndexKeysTest, RowsOfOneContributionAreNeighboursAndBeginWithItsOwn) {
  EXPECT_LT(RowOf({"a"}, {5}, 0, {5}), RowOf({"a"}, {5}, 0, {9}));
  EXPECT_LT(RowOf({"a"}, {5}, 0, {9}), RowOf({"a"}, {5}, 1, {5}));
  EXPECT_LT(RowOf({"a"}, {5}, 1, {9}), RowOf({"a"}, {6}, 0, {6}));
  EXPECT_LT(RowOf({"a"}, {6}, 0, {6}), RowOf({"ab"}, {1}, 0, {1}));
}

TEST(IndexKeysTest, APrefixHoldsItsKeysAndNoOthersThatBeginWithItsLetters) {
  const KeyRange under_a = RangeOfPrefix(kKeys.MeasurePrefix(3, 2) + EncodeKey({"a"}));
  EXPECT_TRUE(IsIn(RowOf({"a", "x"}, {1}, 0, {1}), under_a));
  EXPECT_FALSE(IsIn(RowOf({"ab", "x"}, {1}, 0, {1}), under_a));
  EXPECT_FALSE(IsIn(RowOf({std::string("a\0", 2), "x"}, {1}, 0, {1}), under_a));
  EXPECT_FALSE(IsIn(RowOf({"", "a"}, {1}, 0, {1}), under_a));
}

TEST(IndexKeysTest, RangesKeepTimelinesGenerationsAndKindsApart) {
  const std::string row = RowOf({"a"}, {1}, 0, {1});
  EXPECT_TRUE(IsIn(row, kKeys.All()));
  EXPECT_TRUE(IsIn(row, kKeys.Rows(3)));
  EXPECT_FALSE(IsIn(row, kKeys.Rows(2)));
  EXPECT_FALSE(IsIn(row, kKeys.Rows(4)));
  EXPECT_FALSE(IsIn(row, IndexKeys(6).All()));
  EXPECT_FALSE(IsIn(row, IndexKeys(8).All()));
  EXPECT_TRUE(IsIn(kKeys.GenerationRecord(3), kKeys.GenerationRecords()));
  EXPECT_FALSE(IsIn(kKeys.CorrectionsCursor(), kKeys.GenerationRecords()));
  EXPECT_FALSE(IsIn(kKeys.CorrectionsCursor(), kKeys.Corrections()));
  EXPECT_THAT(IndexKeys::GenerationOfRecord(kKeys.GenerationRecord(3)), IsOkAndHolds(3));
}

TEST(IndexKeysTest, CorrectionsOfATargetEndAtTheGivenCorrector) {
  const KeyRange range = kKeys.CorrectionsOf({4}, {9});
  EXPECT_TRUE(IsIn(kKeys.Correction({4}, {5}), range));
  EXPECT_TRUE(IsIn(kKeys.Correction({4}, {9}), range));
  EXPECT_FALSE(IsIn(kKeys.Correction({4}, {10}), range));
  EXPECT_FALSE(IsIn(kKeys.Correction({3}, {9}), range));
  EXPECT_FALSE(IsIn(kKeys.Correction({5}, {6}), range));
  EXPECT_TRUE(IsIn(kKeys.Correction({4}, {1u << 31}), kKeys.CorrectionsOf({4}, Position::Max())));
  EXPECT_THAT(IndexKeys::CorrectorOf(kKeys.Correction({4}, {9})), IsOkAndHolds(Position{9}));
}

}  // namespace
}  // namespace annals
