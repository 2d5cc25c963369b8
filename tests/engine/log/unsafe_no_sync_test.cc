// Commits that aren't synced: what their receipts say, and what HEAD doesn't.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/crashed_copy.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::CopyAsCrashed;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::ReadFile;
using ::annals::testing::RecordEnds;
using ::annals::testing::StatusIs;
using ::annals::testing::WalFiles;
using ::annals::testing::WriteFile;
using storage::Durability;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class UnsafeNoSyncTest : public LogFixture {
 protected:
  // One synced event, then nine that aren't, all in one log file.
  UnsafeNoSyncTest() {
    CreateTimeline();
    Close();
    EXPECT_OK(OpenUnsafe());
    head_ = ReadFile(path() + "/HEAD");
    AppendNotes(2, 10);
  }

  absl::Status OpenUnsafe() {
    ANNALS_ASSIGN_OR_RETURN(
        folder_,
        storage::StoreFolder::Open(path(), {.block_cache_bytes = 1 << 20, .unsafe_no_sync = true}));
    ANNALS_ASSIGN_OR_RETURN(log_, EventLog::Open(folder_.get(), &types_, {.clock = &clock_}));
    return absl::OkStatus();
  }

  void AppendNotes(int first, int last) {
    for (int i = first; i <= last; ++i) {
      ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote(absl::StrCat("e", i), "s")}));
      EXPECT_EQ(receipts[0].durability, Durability::kBuffered);
    }
  }

  // The events of a copy of the folder, opened as usual.
  absl::StatusOr<size_t> EventsIn(const std::string& copy) {
    ANNALS_ASSIGN_OR_RETURN(const auto folder, storage::StoreFolder::Open(copy, {}));
    ANNALS_ASSIGN_OR_RETURN(const auto log,
                            EventLog::Open(folder.get(), &types_, {.clock = &clock_}));
    ANNALS_RETURN_IF_ERROR(VerifyLog(*folder, *log, [](const VerifyReport&) {}).status());
    return Ids(log->ReadAfter("t", Position{})).size();
  }

  std::string Copy() {
    const std::string copy = directory_.path() + "/copy";
    std::filesystem::remove_all(copy);
    EXPECT_OK(CopyAsCrashed(path(), copy));
    return copy;
  }

  std::string head_;
};

TEST_F(UnsafeNoSyncTest, OnlyThenReceiptsSayMemory) {
  // Also of an event that was there before: it may be one of those.
  ASSERT_OK_AND_ASSIGN(auto receipts, Append({MakeNote("e2", "s")}));
  EXPECT_TRUE(receipts[0].duplicate);
  EXPECT_EQ(receipts[0].durability, Durability::kBuffered);
  ASSERT_OK(Reopen());
  ASSERT_OK_AND_ASSIGN(receipts, Append({MakeNote("e2", "s"), MakeNote("e11", "s")}));
  EXPECT_EQ(receipts[0].durability, Durability::kSynced);
  EXPECT_EQ(receipts[1].durability, Durability::kSynced);
}

TEST_F(UnsafeNoSyncTest, HeadStaysUntilSync) {
  EXPECT_EQ(ReadFile(path() + "/HEAD"), head_);
  EXPECT_EQ(folder().last_commit().position, Position{10});
  ASSERT_OK(folder().Sync());
  EXPECT_NE(ReadFile(path() + "/HEAD"), head_);
  EXPECT_OK(folder().VerifyHead());
  // Again there is nothing to do.
  const std::string synced = ReadFile(path() + "/HEAD");
  ASSERT_OK(folder().Sync());
  EXPECT_EQ(ReadFile(path() + "/HEAD"), synced);
}

TEST_F(UnsafeNoSyncTest, ClosingSyncs) {
  Close();
  EXPECT_NE(ReadFile(path() + "/HEAD"), head_);
  std::filesystem::remove(WalFiles(path() + "/db").at(0));
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("position 10")));
}

TEST_F(UnsafeNoSyncTest, KilledProgramLosesNothing) {
  EXPECT_THAT(EventsIn(Copy()), testing::IsOkAndHolds(size_t{10}));
}

TEST_F(UnsafeNoSyncTest, PowerFailureTakesATailAndIsNoDataLoss) {
  const std::string copy = Copy();
  const std::string wal = WalFiles(copy + "/db").at(0);
  const std::string bytes = ReadFile(wal);
  const std::vector<size_t> ends = RecordEnds(bytes);
  ASSERT_THAT(ends, SizeIs(9));
  WriteFile(wal, bytes.substr(0, ends[4] + 10));
  EXPECT_THAT(EventsIn(copy), testing::IsOkAndHolds(size_t{6}));
}

TEST_F(UnsafeNoSyncTest, WhatWasSyncedIsPromised) {
  ASSERT_OK(folder().Sync());
  AppendNotes(11, 12);
  const std::string copy = Copy();
  const std::string wal = WalFiles(copy + "/db").at(0);
  const std::string bytes = ReadFile(wal);
  WriteFile(wal, bytes.substr(0, RecordEnds(bytes).at(4)));
  EXPECT_THAT(EventsIn(copy), StatusIs(StatusCode::kDataLoss, HasSubstr("position 10")));
  // A refused store is left as it is; what was synced is enough.
  WriteFile(wal, bytes.substr(0, RecordEnds(bytes).at(8)));
  EXPECT_THAT(EventsIn(copy), testing::IsOkAndHolds(size_t{10}));
}

}  // namespace
}  // namespace annals
