#include "engine/storage/durable_head.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/storage/commit_record.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"
#include "tests/testing/write_limit.h"

namespace annals::storage {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::annals::testing::TemporaryDirectory;
using ::annals::testing::WriteLimit;
using ::testing::HasSubstr;

CommitRecord Record(uint64_t number) {
  return {.number = number,
          .events = 10 * number,
          .timeline = 1,
          .position = {10 * number},
          .chain = HashBytes(std::to_string(number))};
}

class DurableHeadTest : public ::testing::Test {
 protected:
  DurableHeadTest() {
    EXPECT_OK(DurableHead::Create(path()));
    EXPECT_OK(Open());
  }

  std::string path() const { return folder_.path() + "/HEAD"; }

  absl::Status Open() {
    auto opened = DurableHead::Open(path());
    if (opened.ok()) head_ = *std::move(opened);
    return opened.status();
  }

  void Overwrite(uint64_t offset, const std::string& bytes) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(offset);
    file << bytes;
  }

  TemporaryDirectory folder_;
  std::unique_ptr<DurableHead> head_;
};

TEST_F(DurableHeadTest, EmptyStoreHasCommitZero) {
  EXPECT_EQ(head_->last(), CommitRecord());
  EXPECT_FALSE(head_->found_bad_slot());
  EXPECT_THAT(DurableHead::Create(path()), StatusIs(StatusCode::kAlreadyExists, HasSubstr("HEAD")));
}

TEST_F(DurableHeadTest, RemembersTheLastCommit) {
  for (uint64_t number = 1; number <= 5; ++number) {
    ASSERT_OK(head_->Advance(Record(number)));
    EXPECT_EQ(head_->last(), Record(number));
    EXPECT_THAT(head_->Reread(), IsOkAndHolds(Record(number)));
    ASSERT_OK(Open());
    EXPECT_EQ(head_->last(), Record(number));
  }
}

TEST_F(DurableHeadTest, AdvancingNeverChangesTheLengthNorTheNewestSlot) {
  for (uint64_t number = 1; number <= 4; ++number) {
    ASSERT_OK(head_->Advance(Record(number)));
    EXPECT_EQ(std::filesystem::file_size(path()), 2 * kHeadSlotStride);
    // Whatever happened to the slot just written, the commit before is there.
    Overwrite((number % 2) * kHeadSlotStride, std::string(40, 'x'));
    ASSERT_OK_AND_ASSIGN(const auto damaged, DurableHead::Open(path()));
    EXPECT_EQ(damaged->last().number, number - 1);
    EXPECT_TRUE(damaged->found_bad_slot());
    Overwrite((number % 2) * kHeadSlotStride, EncodeHeadSlot(Record(number)));
  }
}

TEST_F(DurableHeadTest, AnySingleBitFlipSpoilsASlot) {
  ASSERT_OK(head_->Advance(Record(1)));  // In slot 1.
  const std::string slot = EncodeHeadSlot(Record(1));
  for (size_t bit = 0; bit < slot.size() * 8; ++bit) {
    std::string damaged = slot;
    damaged[bit / 8] ^= 1 << bit % 8;
    Overwrite(kHeadSlotStride, damaged);
    ASSERT_OK(Open());
    EXPECT_EQ(head_->last().number, 0) << "bit " << bit;
  }
}

TEST_F(DurableHeadTest, MissingFileAndTwoBadSlotsAreDataLoss) {
  Overwrite(0, "x");
  Overwrite(kHeadSlotStride, "x");
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("both slots")));
  EXPECT_THAT(head_->Reread(), StatusIs(StatusCode::kDataLoss, HasSubstr("both slots")));
  std::filesystem::remove(path());
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("is missing")));
}

TEST_F(DurableHeadTest, FailedAdvanceFailsEveryLaterOne) {
  ASSERT_OK(head_->Advance(Record(1)));
  {
    const WriteLimit limit(/*file_bytes=*/0);
    EXPECT_THAT(head_->Advance(Record(2)),
                StatusIs(StatusCode::kResourceExhausted, HasSubstr("HEAD")));
  }
  EXPECT_EQ(head_->last(), Record(1));
  EXPECT_THAT(head_->Advance(Record(3)),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("open it again")));
  ASSERT_OK(Open());
  EXPECT_EQ(head_->last(), Record(1));
  EXPECT_OK(head_->Advance(Record(2)));
}

}  // namespace
}  // namespace annals::storage
