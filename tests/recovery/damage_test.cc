// What becomes of a store whose files were damaged while it was closed. The rule:
// whatever was acknowledged is there, or opening says DATA_LOSS.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::FilesIn;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::ReadFile;
using ::annals::testing::RecordEnds;
using ::annals::testing::StatusIs;
using ::annals::testing::WalFiles;
using ::annals::testing::WriteFile;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int kEvents = 20;  // Each a commit of its own; all of them in one log file.
constexpr size_t kSlots = 3;
constexpr size_t kSlotStride = 4096;

class DamageTest : public LogFixture {
 protected:
  DamageTest() {
    CreateTimeline();
    for (int i = 2; i <= kEvents; ++i) {
      EXPECT_OK(Append({MakeNote(absl::StrCat("e", i), i % 2 ? "odd" : "even")}));
      if (i == kEvents / 2) head_halfway_ = ReadFile(HeadPath());
      if (i == kEvents - 1) head_before_last_ = ReadFile(HeadPath());
    }
    Close();
  }

  std::string HeadPath() const { return path() + "/HEAD"; }
  std::string DatabasePath() const { return path() + "/db"; }

  std::string OnlyWal() const {
    const std::vector<std::string> wals = WalFiles(DatabasePath());
    EXPECT_THAT(wals, SizeIs(1));
    return wals.at(0);
  }

  // Cuts the one log file into two after `records` records; returns the names.
  std::vector<std::string> SplitWal(size_t records) const {
    const std::string path = OnlyWal();
    const std::string bytes = ReadFile(path);
    const size_t cut = RecordEnds(bytes).at(records - 1);
    const std::string second = (std::filesystem::path(path).parent_path() / "000099.log").string();
    WriteFile(path, bytes.substr(0, cut));
    WriteFile(second, bytes.substr(cut));
    return {path, second};
  }

  // Everything acknowledged is there, and appending goes on from there.
  void ExpectWhole() {
    ASSERT_OK(Open());
    const std::vector<std::string> ids = Ids(log().ReadAfter("t", Position{}));
    ASSERT_THAT(ids, SizeIs(kEvents));
    EXPECT_EQ(ids.back(), absl::StrCat("e", kEvents));
    EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
    ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("next", "even")}));
    EXPECT_EQ(receipts[0].position, Position{kEvents + 1});
    ASSERT_OK(Reopen());
    EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), SizeIs(kEvents + 1));
  }

  std::string head_halfway_;
  std::string head_before_last_;
};

TEST_F(DamageTest, UndamagedStoreIsWhole) { ExpectWhole(); }

// --- The write-ahead log -----------------------------------------------------------

TEST_F(DamageTest, BitFlipInTheMiddleIsDataLoss) {
  std::string wal = ReadFile(OnlyWal());
  wal[wal.size() / 2] ^= 1;
  WriteFile(OnlyWal(), wal);
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr(path())));
}

TEST_F(DamageTest, TornLastRecordIsDataLossOfOneEvent) {
  const std::string wal = ReadFile(OnlyWal());
  WriteFile(OnlyWal(), wal.substr(0, wal.size() - 3));
  EXPECT_THAT(Open(),
              StatusIs(StatusCode::kDataLoss,
                       AllOf(HasSubstr("1 commits with 1 events"),
                             HasSubstr("position 20 of timeline \"t\""), HasSubstr("Copy"))));
}

TEST_F(DamageTest, CutAtARecordBoundaryIsDataLossOfTheRest) {
  const std::string wal = ReadFile(OnlyWal());
  WriteFile(OnlyWal(), wal.substr(0, RecordEnds(wal).at(4)));
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr("15 commits with 15 events"),
                                                            HasSubstr("ends with commit 5"))));
}

TEST_F(DamageTest, DeletedLogIsDataLossOfEverything) {
  std::filesystem::remove(OnlyWal());
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("20 commits with 20 events")));
}

TEST_F(DamageTest, EveryBitFlipIsNoticedOrHarmless) {
  const std::string path = OnlyWal();
  const std::string whole = ReadFile(path);
  const std::string head = ReadFile(HeadPath());
  for (size_t i = 0; i < whole.size(); i += 131) {
    std::string wal = whole;
    wal[i] ^= 0x10;
    WriteFile(path, wal);
    EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("store"))) << "byte " << i;
    Close();
    EXPECT_EQ(ReadFile(path), wal) << "a refused store was changed";
    EXPECT_EQ(ReadFile(HeadPath()), head);
  }
  WriteFile(path, whole);
  ExpectWhole();
}

TEST_F(DamageTest, EveryCutIsNoticed) {
  const std::string path = OnlyWal();
  const std::string whole = ReadFile(path);
  std::vector<size_t> cuts = RecordEnds(whole);
  ASSERT_EQ(cuts.back(), whole.size());
  cuts.pop_back();
  for (size_t i = 0; i < whole.size(); i += 211) cuts.push_back(i);
  for (const size_t cut : cuts) {
    WriteFile(path, whole.substr(0, cut));
    EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("missing"))) << "cut at " << cut;
    Close();
  }
  WriteFile(path, whole);
  ExpectWhole();
}

TEST_F(DamageTest, RecordThatWasNeverAcknowledgedMayBeTorn) {
  const std::string wal = ReadFile(OnlyWal());
  const size_t first = RecordEnds(wal).at(0);
  WriteFile(OnlyWal(), wal + wal.substr(0, first / 2));
  ExpectWhole();
}

TEST_F(DamageTest, HoleInWhatWasNeverAcknowledgedIsNoDamage) {
  // A power failure may keep the last of the pages that weren't synced, and lose
  // those before it.
  std::string wal = ReadFile(OnlyWal());
  const size_t half = RecordEnds(wal).at(kEvents / 2 - 1);
  WriteFile(HeadPath(), head_halfway_);
  std::fill(wal.begin() + half + 20, wal.begin() + half + 60, '\0');
  WriteFile(OnlyWal(), wal);
  ASSERT_OK(Open());
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), SizeIs(kEvents / 2));
}

TEST_F(DamageTest, HoleBetweenTwoLogFilesIsDataLoss) {
  const std::vector<std::string> wals = SplitWal(12);
  const std::string first = ReadFile(wals[0]);
  WriteFile(wals[0], first.substr(0, RecordEnds(first).at(9)));
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("ends with commit 10 ")));
}

TEST_F(DamageTest, MissingFirstOfTwoLogFilesIsDataLoss) {
  std::filesystem::remove(SplitWal(12)[0]);
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("the log holds 8 events")));
}

TEST_F(DamageTest, TwoWholeLogFilesAreWhole) {
  SplitWal(12);
  ExpectWhole();
}

TEST_F(DamageTest, WhatFollowsAHoleIsDroppedIfItWasNeverAcknowledged) {
  // A power failure may keep a later file's unsynced pages and lose an earlier's.
  const std::vector<std::string> wals = SplitWal(12);
  const std::string first = ReadFile(wals[0]);
  WriteFile(wals[0], first.substr(0, RecordEnds(first).at(10)));
  WriteFile(HeadPath(), head_halfway_);
  ASSERT_OK(Open());
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), SizeIs(11));
  EXPECT_OK(VerifyLog(folder(), log(), [](const VerifyReport&) {}));
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("next", "s")}));
  EXPECT_EQ(receipts[0].position, Position{12});
  ASSERT_OK(Reopen());
  EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), SizeIs(12));
}

// --- HEAD ----------------------------------------------------------------------------

TEST_F(DamageTest, DeletedHeadIsDataLoss) {
  std::filesystem::remove(HeadPath());
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("HEAD is missing")));
}

TEST_F(DamageTest, TornSlotsAreSurvivedWhicheverTheyAre) {
  const std::string head = ReadFile(HeadPath());
  for (size_t whole = 0; whole < kSlots; ++whole) {
    std::string torn = head;
    // The newest record may have stood there: the one before it, or any, will do.
    for (size_t slot = 0; slot < kSlots; ++slot) {
      if (slot != whole) torn.replace(slot * kSlotStride + 30, 30, 30, '\0');
    }
    WriteFile(HeadPath(), torn);
    ASSERT_OK(Open()) << "slot " << whole;
    EXPECT_THAT(Ids(log().ReadAfter("t", Position{})), SizeIs(kEvents));
    Close();
    // They were made good: the other slot may now be lost instead.
    std::string repaired = ReadFile(HeadPath());
    repaired.replace(whole * kSlotStride, 60, 60, '\0');
    WriteFile(HeadPath(), repaired);
    ASSERT_OK(Open()) << "slot " << whole;
    EXPECT_EQ(folder().last_commit().number, kEvents);
    Close();
  }
  ExpectWhole();
}

TEST_F(DamageTest, TornSlotsAloneAreDataLoss) {
  WriteFile(HeadPath(), std::string(kSlots * kSlotStride, '\0'));
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("all slots")));
  WriteFile(HeadPath(), "");
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("all slots")));
}

TEST_F(DamageTest, HeadMayBeOneCommitBehind) {
  WriteFile(HeadPath(), head_before_last_);
  ExpectWhole();
}

TEST_F(DamageTest, RecoveredCommitIsPromisedFromThenOn) {
  WriteFile(HeadPath(), head_before_last_);
  ASSERT_OK(Open());
  EXPECT_EQ(folder().last_commit().number, kEvents);
  Close();
  EXPECT_NE(ReadFile(HeadPath()), head_before_last_);
}

TEST_F(DamageTest, HeadOfAnotherStoreIsDataLoss) {
  const std::string other = directory_.path() + "/other";
  ASSERT_OK(storage::StoreFolder::Create(other));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, storage::StoreFolder::Open(other, {}));
    ASSERT_OK_AND_ASSIGN(const auto log, EventLog::Open(folder.get(), &types_, {.clock = &clock_}));
    for (int i = 1; i <= kEvents; ++i) {
      ASSERT_OK(log->Append({.timeline = "t",
                             .events = {i == 1 ? ::annals::testing::MakeTimeline("other")
                                               : MakeNote(absl::StrCat("o", i), "s")}}));
    }
  }
  WriteFile(HeadPath(), ReadFile(other + "/HEAD"));
  EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr("is not the one")));
}

// --- The files --------------------------------------------------------------------------

TEST_F(DamageTest, BitFlipsInTablesAreNoticed) {
  // Opening writes what it replayed to table files.
  ASSERT_OK(Reopen());
  Close();
  const std::vector<std::string> tables = FilesIn(DatabasePath(), ".sst");
  ASSERT_FALSE(tables.empty());
  for (const std::string& table : tables) {
    const std::string whole = ReadFile(table);
    for (const size_t i : {whole.size() / 7, whole.size() / 2, whole.size() * 6 / 7}) {
      std::string damaged = whole;
      damaged[i] ^= 4;
      WriteFile(table, damaged);
      absl::Status status = Open();
      if (status.ok()) {
        status = VerifyLog(folder(), log(), [](const VerifyReport&) {}).status();
      }
      EXPECT_THAT(status, StatusIs(StatusCode::kDataLoss, HasSubstr(""))) << table << " byte " << i;
      Close();
    }
    WriteFile(table, whole);
  }
  ExpectWhole();
}

TEST_F(DamageTest, MissingTablesAreDataLoss) {
  ASSERT_OK(Reopen());
  Close();
  for (const std::string& table : FilesIn(DatabasePath(), ".sst")) {
    std::filesystem::rename(table, table + ".away");
    EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss,
                                 HasSubstr(std::filesystem::path(table).stem().string())))
        << table;
    Close();
    std::filesystem::rename(table + ".away", table);
  }
  ExpectWhole();
}

TEST_F(DamageTest, MissingDatabaseIsDataLoss) {
  for (const std::string name : {"CURRENT", "MANIFEST"}) {
    for (const std::string& file : FilesIn(DatabasePath(), "")) {
      if (!std::filesystem::path(file).filename().string().starts_with(name)) continue;
      if (file.ends_with(".sum")) continue;  // Says what a manifest was, and is none.
      std::filesystem::rename(file, path() + "/away");
      EXPECT_THAT(Open(), StatusIs(StatusCode::kDataLoss, HasSubstr(name))) << file;
      Close();
      std::filesystem::rename(path() + "/away", file);
    }
  }
  ExpectWhole();
}

}  // namespace
}  // namespace annals
