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

std::string ChangeOf(const Key& key, Position event, uint32_t ordinal, Position arrival) {
  std::string row = kKeys.ListsPrefix(3, 2, ListKind::kByKey) + EncodeKey(key);
  AppendChangeSuffix(&row, event, ordinal, arrival);
  return row;
}

std::string BlockOf(const Key& key, Position first) {
  std::string row = kKeys.ListsPrefix(3, 2, ListKind::kByKey) + EncodeKey(key);
  AppendBlockSuffix(&row, first);
  return row;
}

bool IsIn(const std::string& key, const KeyRange& range) {
  return range.begin <= key && key < range.end;
}

// What is on disk: a change here needs a new format version.
TEST(IndexKeysTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(BlockOf({"IS"}, {258})),
            "00000007"
            "00000003"
            "00000002"
            "01"
            "49530001"
            "0000000000000102"
            "00");
  EXPECT_EQ(absl::BytesToHexString(kKeys.ListsPrefix(3, 2, ListKind::kByMember)),
            "00000007000000030000000203");
  EXPECT_EQ(absl::BytesToHexString(kKeys.ChangesMark(3, 2, ListKind::kByMember)),
            "00000007000000030000000204");
  EXPECT_EQ(absl::BytesToHexString(kKeys.GroupsPrefix(3, 2)), "00000007000000030000000205");
  EXPECT_EQ(absl::BytesToHexString(kKeys.PresencesPrefix(3, 2)), "00000007000000030000000206");
  EXPECT_EQ(absl::BytesToHexString(kKeys.Manifest(3, 2, 1)), "0000000700000003000000020701");
  EXPECT_EQ(absl::BytesToHexString(kKeys.PagesPrefix(3, 2, 1)), "00000007000000030000000201");
  EXPECT_EQ(absl::BytesToHexString(ChangeOf({"IS"}, {258}, 1, {65536})),
            "00000007"
            "00000003"
            "00000002"
            "01"
            "49530001"
            "0000000000000102"
            "00000001"
            "0000000000010000"
            "01");
  EXPECT_EQ(absl::BytesToHexString(kKeys.GenerationRecord(3)), "00000007000000000000000100000003");
  EXPECT_EQ(absl::BytesToHexString(kKeys.CorrectionsCursor()), "000000070000000000000002");
  EXPECT_EQ(absl::BytesToHexString(kKeys.Correction({4}, {9})),
            "00000007000000000000000300000000000000040000000000000009");
}

TEST(IndexKeysTest, AKeyIsTakenApartAgain) {
  const size_t prefix_bytes = kKeys.ListsPrefix(3, 2, ListKind::kByKey).size();
  const std::string change_bytes = ChangeOf({"a", "b"}, {5}, 6, {7});
  ASSERT_OK_AND_ASSIGN(const ListRow change, IndexKeys::ParseListRow(change_bytes, prefix_bytes));
  EXPECT_TRUE(change.is_change);
  EXPECT_EQ(change.list, EncodeKey({"a", "b"}));
  EXPECT_EQ(change.event, Position{5});
  EXPECT_EQ(change.ordinal, 6);
  EXPECT_EQ(change.arrival, Position{7});
  const std::string block_bytes = BlockOf({"a", "b"}, {5});
  ASSERT_OK_AND_ASSIGN(const ListRow block, IndexKeys::ParseListRow(block_bytes, prefix_bytes));
  EXPECT_FALSE(block.is_change);
  EXPECT_EQ(block.list, EncodeKey({"a", "b"}));
  EXPECT_EQ(block.event, Position{5});
}

TEST(IndexKeysTest, AKeyThatIsTooShortIsDataLoss) {
  EXPECT_THAT(IndexKeys::ParseListRow(std::string(32, 'x') + '\1', 13),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
  EXPECT_THAT(IndexKeys::ParseListRow(std::string(21, 'x'), 13),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
  EXPECT_THAT(IndexKeys::CorrectorOf("xyz"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
  EXPECT_THAT(IndexKeys::GenerationOfRecord("xyz"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too short")));
}

TEST(IndexKeysTest, ChangesOfOneContributionAreNeighbours) {
  EXPECT_LT(ChangeOf({"a"}, {5}, 0, {5}), ChangeOf({"a"}, {5}, 0, {9}));
  EXPECT_LT(ChangeOf({"a"}, {5}, 0, {9}), ChangeOf({"a"}, {5}, 1, {5}));
  EXPECT_LT(ChangeOf({"a"}, {5}, 1, {9}), ChangeOf({"a"}, {6}, 0, {6}));
  EXPECT_LT(ChangeOf({"a"}, {6}, 0, {6}), ChangeOf({"ab"}, {1}, 0, {1}));
}

TEST(IndexKeysTest, ChangesStandBetweenTheirBlockAndTheNext) {
  EXPECT_LT(BlockOf({"a"}, {5}), ChangeOf({"a"}, {5}, 0, {5}));
  EXPECT_LT(ChangeOf({"a"}, {5}, 0, {5}), ChangeOf({"a"}, {7}, 0, {9}));
  EXPECT_LT(ChangeOf({"a"}, {7}, 0xffffffff, {9}), BlockOf({"a"}, {8}));
  EXPECT_LT(ChangeOf({"a"}, {8}, 0, {9}), BlockOf({"ab"}, {1}));
}

TEST(IndexKeysTest, APrefixHoldsItsKeysAndNoOthersThatBeginWithItsLetters) {
  const KeyRange under_a =
      RangeOfPrefix(kKeys.ListsPrefix(3, 2, ListKind::kByKey) + EncodeKey({"a"}));
  EXPECT_TRUE(IsIn(ChangeOf({"a", "x"}, {1}, 0, {1}), under_a));
  EXPECT_FALSE(IsIn(ChangeOf({"ab", "x"}, {1}, 0, {1}), under_a));
  EXPECT_FALSE(IsIn(ChangeOf({std::string("a\0", 2), "x"}, {1}, 0, {1}), under_a));
  EXPECT_FALSE(IsIn(ChangeOf({"", "a"}, {1}, 0, {1}), under_a));
}

TEST(IndexKeysTest, RangesKeepTimelinesGenerationsAndKindsApart) {
  const std::string row = ChangeOf({"a"}, {1}, 0, {1});
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
