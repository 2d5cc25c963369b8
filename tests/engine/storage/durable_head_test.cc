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
  EXPECT_EQ(head_->bad_slots(), 0);
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

TEST_F(DurableHeadTest, AdvancingNeverChangesTheLengthNorTheSlotThatWasSyncedLast) {
  for (uint64_t number = 1; number <= 7; ++number) {
    ASSERT_OK(head_->Advance(Record(number)));
    ASSERT_OK(head_->Sync());
    EXPECT_EQ(std::filesystem::file_size(path()), kHeadSlots * kHeadSlotStride);
    // Whatever happened to the slot just written, the commit before is there.
    Overwrite((number % kHeadSlots) * kHeadSlotStride, std::string(40, 'x'));
    ASSERT_OK_AND_ASSIGN(const auto damaged, DurableHead::Open(path()));
    EXPECT_EQ(damaged->last().number, number - 1);
    EXPECT_EQ(damaged->bad_slots(), 1);
    Overwrite((number % kHeadSlots) * kHeadSlotStride, EncodeHeadSlot(Record(number)));
  }
}

TEST_F(DurableHeadTest, SyncedRecordStaysThereHoweverManyFollowUnsynced) {
  ASSERT_OK(head_->Advance(Record(1)));
  ASSERT_OK(head_->Sync());
  for (uint64_t number = 2; number <= 200; ++number) {
    ASSERT_OK(head_->Advance(Record(number)));
    EXPECT_THAT(head_->Reread(), IsOkAndHolds(Record(number)));
  }
  ASSERT_OK(head_->Sync());
  ASSERT_OK(Open());
  EXPECT_EQ(head_->last(), Record(200));
  EXPECT_EQ(head_->bad_slots(), 0);
}

TEST_F(DurableHeadTest, BadSlotsAreWrittenFirst) {
  ASSERT_OK(head_->Advance(Record(1)));  // In slot 1.
  ASSERT_OK(head_->Sync());
  for (const int slot : {0, 2}) Overwrite(slot * kHeadSlotStride, "x");
  ASSERT_OK(Open());
  ASSERT_EQ(head_->bad_slots(), 2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(head_->Advance(Record(1)));
    ASSERT_OK(head_->Sync());
  }
  Overwrite(1 * kHeadSlotStride, "x");
  ASSERT_OK(Open());
  EXPECT_EQ(head_->bad_slots(), 1);
  EXPECT_EQ(head_->last(), Record(1));
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

TEST_F(DurableHeadTest, MissingFileAndNoWholeSlotAreDataLoss) {
  for (int slot = 0; slot < kHeadSlots; ++slot) Overwrite(slot * kHeadSlotStride, "x");
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("all slots")));
  EXPECT_THAT(head_->Reread(), StatusIs(StatusCode::kDataLoss, HasSubstr("all slots")));
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
