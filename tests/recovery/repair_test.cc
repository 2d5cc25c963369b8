// Every kind of damage of damage_test.cc, repaired: the copy holds the longest run of
// events that can be proven, and the report names all others.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/backup/store_repair.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

namespace fs = std::filesystem;
using ::absl::StatusCode;
using ::annals::testing::FilesIn;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;
using ::annals::testing::ReadFile;
using ::annals::testing::RecordEnds;
using ::annals::testing::StatusIs;
using ::annals::testing::WalFiles;
using ::annals::testing::WriteFile;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Why = RepairReport::Lost::Why;

constexpr int kEvents = 20;
constexpr size_t kSlotStride = 4096;

class RepairTest : public LogFixture {
 protected:
  // "t" has `kEvents` events, each a commit of its own, all of them in one log file.
  RepairTest() {
    CreateTimeline();
    for (int i = 2; i <= kEvents; ++i) {
      EXPECT_OK(Append({MakeNote(absl::StrCat("e", i), i % 2 ? "odd" : "even")}));
    }
    Close();
  }

  std::string DatabasePath() const { return path() + "/db"; }
  std::string HeadPath() const { return path() + "/HEAD"; }
  std::string OnlyWal() const { return WalFiles(DatabasePath()).at(0); }

  // What the store's files hold.
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
      if (entry.is_regular_file()) contents[entry.path()] = ReadFile(entry.path());
    }
    return contents;
  }

  // Repairs the store to a folder of its own, which is copy().
  absl::StatusOr<RepairReport> Repair() {
    copy_ = absl::StrCat(directory_.path(), "/copy", ++copies_);
    const auto before = Contents();
    auto report = RepairStore(path(), copy_, {});
    EXPECT_EQ(Contents(), before) << "the damaged store was changed";
    return report;
  }

  // Opens the copy, verifies it, and appends to it: the ids of its events before that.
  std::vector<std::string> UseCopy() {
    auto folder = storage::StoreFolder::Open(copy_, {});
    EXPECT_OK(folder);
    if (!folder.ok()) return {};
    auto log = EventLog::Open(folder->get(), &types_, {.clock = &clock_});
    EXPECT_OK(log);
    if (!log.ok()) return {};
    EXPECT_OK(VerifyLog(**folder, **log, [](const VerifyReport&) {}));
    if ((*log)->Timelines().empty()) return {};
    std::vector<std::string> ids = Ids((*log)->ReadAfter("t", Position{}));
    const auto receipts = (*log)->Append({.timeline = "t", .events = {MakeNote("next", "even")}});
    EXPECT_OK(receipts);
    if (receipts.ok()) {
      EXPECT_EQ(receipts->front().position, Position{ids.size() + 1});
    }
    return ids;
  }

  // The first `count` events, and the rest is named as lost.
  void ExpectSaved(const absl::StatusOr<RepairReport>& report, uint64_t count) {
    ASSERT_OK(report);
    EXPECT_EQ(report->saved, count);
    EXPECT_THAT(report->lost, SizeIs(kEvents - count));
    uint64_t position = count;
    for (const RepairReport::Lost& lost : report->lost) {
      EXPECT_EQ(lost.position, Position{++position});
    }
    const std::vector<std::string> ids = UseCopy();
    ASSERT_THAT(ids, SizeIs(count));
    for (uint64_t i = 2; i <= count; ++i) EXPECT_EQ(ids[i - 1], absl::StrCat("e", i));
  }

  // Opens the store and appends up to e`last`, with texts that don't compress well, each
  // of them half a block of a table. The first is that of e21.
  std::vector<std::string> AppendLong(int last) {
    EXPECT_OK(Open());
    std::mt19937 random(7);
    std::vector<std::string> texts;
    for (int i = kEvents + 1; i <= last; ++i) {
      std::string text;
      while (text.size() < 8'000) text += static_cast<char>('!' + random() % 90);
      texts.push_back(text);
      EXPECT_OK(Append({MakeNote(absl::StrCat("e", i), "s", text)}));
    }
    return texts;
  }

  // As damage_test.cc does it.
  std::vector<std::string> SplitWal(size_t records) const {
    const std::string first = OnlyWal();
    const std::string bytes = ReadFile(first);
    const size_t cut = RecordEnds(bytes).at(records - 1);
    const std::string second = (fs::path(first).parent_path() / "000099.log").string();
    WriteFile(first, bytes.substr(0, cut));
    WriteFile(second, bytes.substr(cut));
    return {first, second};
  }

  std::string copy_;
  int copies_ = 0;
};

TEST_F(RepairTest, UndamagedStoreIsSavedWhole) {
  const auto report = Repair();
  ExpectSaved(report, kEvents);
  EXPECT_EQ(report->acknowledged, kEvents);
  ASSERT_THAT(report->timelines, SizeIs(1));
  EXPECT_EQ(report->timelines[0].name, "t");
}

TEST_F(RepairTest, CopyHasTheBytesAndHashesThatWereRecorded) {
  ASSERT_OK(Open());
  const storage::Hash128 chain = folder().last_commit().chain;
  Close();
  ASSERT_OK(Repair());
  ASSERT_OK_AND_ASSIGN(const auto copy, storage::StoreFolder::Open(copy_, {}));
  EXPECT_EQ(copy->last_commit().chain, chain);
}

TEST_F(RepairTest, SeveralTimelinesAreSavedEachToItsOwnGap) {
  ASSERT_OK(Open());
  for (const std::string name : {"a", "b"}) {
    ASSERT_OK(log().Append({.timeline = name, .events = {MakeTimeline(), MakeNote("n", "s")}}));
  }
  ASSERT_OK(Append({MakeNote("e21", "odd")}));
  Close();
  // The records of "a" and "b", then that of e21, stand in a new log file. Behind damage
  // RocksDB reads on at the next block only.
  const std::string wal = OnlyWal();
  const std::string bytes = ReadFile(wal);
  const std::vector<size_t> ends = RecordEnds(bytes);
  std::string damaged = bytes;
  damaged[ends[ends.size() - 3] + 40] ^= 1;  // In that of "b".
  WriteFile(wal, damaged);
  ASSERT_OK_AND_ASSIGN(const RepairReport report, Repair());
  // Of "b" nothing is left, not even its name.
  ASSERT_THAT(report.timelines, SizeIs(2));
  EXPECT_EQ(report.saved, 22);
  EXPECT_EQ(report.acknowledged, 25);
  ASSERT_THAT(report.lost, SizeIs(1));
  EXPECT_EQ(report.lost[0].timeline, 1);
  EXPECT_EQ(report.lost[0].position, Position{21});
  EXPECT_THAT(UseCopy(), SizeIs(20));
  ASSERT_OK_AND_ASSIGN(const auto copy, storage::StoreFolder::Open(copy_, {}));
  ASSERT_OK_AND_ASSIGN(const auto log, EventLog::Open(copy.get(), &types_, {.clock = &clock_}));
  EXPECT_THAT(log->Timelines(), ElementsAre("a", "t"));
  EXPECT_THAT(Ids(log->ReadAfter("a", Position{})), ElementsAre("created", "n"));
}

// --- The write-ahead log -----------------------------------------------------------

TEST_F(RepairTest, BitFlipsCostWhatComesAfterThem) {
  const std::string whole = ReadFile(OnlyWal());
  const std::vector<size_t> ends = RecordEnds(whole);
  for (size_t i = 40; i < whole.size(); i += 701) {
    SCOPED_TRACE(absl::StrCat("byte ", i));
    std::string damaged = whole;
    damaged[i] ^= 0x10;
    WriteFile(OnlyWal(), damaged);
    const size_t before = std::upper_bound(ends.begin(), ends.end(), i) - ends.begin();
    ExpectSaved(Repair(), before);
  }
}

TEST_F(RepairTest, EventsBehindTheGapAreNamed) {
  // So that the log file has many blocks.
  const std::vector<std::string> texts = AppendLong(60);
  Close();
  std::string wal = ReadFile(WalFiles(DatabasePath()).back());
  const size_t at = wal.find(texts[25 - kEvents - 1].substr(100, 12));
  ASSERT_NE(at, std::string::npos);
  wal[at] ^= 1;
  WriteFile(WalFiles(DatabasePath()).back(), wal);
  ASSERT_OK_AND_ASSIGN(const RepairReport report, Repair());
  EXPECT_EQ(report.saved, 24);
  ASSERT_THAT(report.lost, SizeIs(36));
  EXPECT_EQ(report.lost.front().why, Why::kMissing);
  EXPECT_EQ(report.lost.front().id, "");
  EXPECT_EQ(report.lost.back().why, Why::kBehindGap);
  EXPECT_EQ(report.lost.back().id, "e60");
  EXPECT_THAT(UseCopy(), SizeIs(24));
}

TEST_F(RepairTest, CutsCostTheRest) {
  const std::string whole = ReadFile(OnlyWal());
  const std::vector<size_t> ends = RecordEnds(whole);
  WriteFile(OnlyWal(), whole.substr(0, whole.size() - 3));
  ExpectSaved(Repair(), kEvents - 1);
  WriteFile(OnlyWal(), whole.substr(0, ends.at(4)));
  const auto report = Repair();
  ExpectSaved(report, 5);
  for (const RepairReport::Lost& lost : report->lost) EXPECT_EQ(lost.why, Why::kMissing);
  EXPECT_EQ(report->acknowledged, kEvents);
}

TEST_F(RepairTest, DeletedLogLeavesNothing) {
  fs::remove(OnlyWal());
  const auto report = Repair();
  ExpectSaved(report, 0);
  EXPECT_EQ(report->acknowledged, kEvents);
}

TEST_F(RepairTest, HoleBetweenLogFilesIsAGap) {
  const std::vector<std::string> wals = SplitWal(12);
  const std::string first = ReadFile(wals[0]);
  WriteFile(wals[0], first.substr(0, RecordEnds(first).at(9)));
  const auto report = Repair();
  ExpectSaved(report, 10);
  EXPECT_EQ(report->lost[1].why, Why::kMissing);
  EXPECT_EQ(report->lost[2].why, Why::kBehindGap);
  EXPECT_EQ(report->lost[2].id, "e13");
}

TEST_F(RepairTest, WithoutTheFirstLogFileNothingCanBeProven) {
  fs::remove(SplitWal(12)[0]);
  const auto report = Repair();
  ExpectSaved(report, 0);
  EXPECT_EQ(report->lost.back().why, Why::kBehindGap);
}

// --- HEAD ----------------------------------------------------------------------------

TEST_F(RepairTest, LostHeadCostsNothingButTheKnowledge) {
  const std::string head = ReadFile(HeadPath());
  for (const std::string& damage : {std::string(), std::string(2 * kSlotStride, '\0')}) {
    WriteFile(HeadPath(), damage);
    const auto report = Repair();
    ExpectSaved(report, kEvents);
    EXPECT_EQ(report->acknowledged, std::nullopt);
    EXPECT_THAT(report->remarks, ElementsAre(HasSubstr("HEAD")));
  }
  fs::remove(HeadPath());
  ExpectSaved(Repair(), kEvents);
}

TEST_F(RepairTest, HeadOfAnotherStoreCostsNothing) {
  std::string head = ReadFile(HeadPath());
  const std::string other = directory_.path() + "/other";
  ASSERT_OK(storage::StoreFolder::Create(other));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, storage::StoreFolder::Open(other, {}));
    ASSERT_OK_AND_ASSIGN(const auto log, EventLog::Open(folder.get(), &types_, {.clock = &clock_}));
    for (int i = 1; i <= kEvents; ++i) {
      ASSERT_OK(log->Append(
          {.timeline = "t",
           .events = {i == 1 ? MakeTimeline("other") : MakeNote(absl::StrCat("o", i), "s")}}));
    }
  }
  WriteFile(HeadPath(), ReadFile(other + "/HEAD"));
  ExpectSaved(Repair(), kEvents);
}

// --- The files --------------------------------------------------------------------------

TEST_F(RepairTest, BitFlipInATableCostsWhatComesAfterIt) {
  const std::vector<std::string> texts = AppendLong(60);
  ASSERT_OK(folder().database()->Flush());
  Close();
  // In the middle of event 40.
  const std::string probe = texts[40 - kEvents - 1].substr(4'000, 12);
  bool found = false;
  for (const std::string& table : FilesIn(DatabasePath(), ".sst")) {
    std::string bytes = ReadFile(table);
    const size_t at = bytes.find(probe);
    if (at == std::string::npos) continue;
    found = true;
    bytes[at] ^= 1;
    WriteFile(table, bytes);
  }
  ASSERT_TRUE(found);
  // Its log too, which has them all.
  for (const std::string& wal : WalFiles(DatabasePath())) fs::remove(wal);
  ASSERT_OK_AND_ASSIGN(const RepairReport report, Repair());
  // A block has 16 KiB, two or three of these events.
  EXPECT_LT(report.saved, 40);
  EXPECT_GE(report.saved, 36);
  EXPECT_EQ(report.lost.size(), 60 - report.saved);
  EXPECT_EQ(report.lost.front().id, absl::StrCat("e", report.saved + 1));
  EXPECT_EQ(report.lost.back().why, Why::kBehindGap);
  EXPECT_THAT(UseCopy(), SizeIs(report.saved));
}

TEST_F(RepairTest, WhatTheTablesLostIsTakenFromTheLogs) {
  // Opening writes what it replayed to tables; an older log file may still be there.
  const std::string wal = OnlyWal();
  const std::string bytes = ReadFile(wal);
  ASSERT_OK(Reopen());
  Close();
  WriteFile(wal, bytes);
  for (const std::string& table : FilesIn(DatabasePath(), ".sst")) WriteFile(table, "gone");
  ExpectSaved(Repair(), kEvents);
}

TEST_F(RepairTest, MissingTablesCostWhatWasInThem) {
  ASSERT_OK(Reopen());
  Close();
  int lost_all = 0;
  const std::vector<std::string> tables = FilesIn(DatabasePath(), ".sst");
  ASSERT_THAT(tables, Not(IsEmpty()));
  for (const std::string& table : tables) {
    SCOPED_TRACE(table);
    fs::rename(table, directory_.path() + "/away");
    const auto report = Repair();
    ASSERT_OK(report);
    if (report->saved == 0) {
      ++lost_all;
      ExpectSaved(report, 0);
      // Another table still knows their names.
      EXPECT_EQ(report->lost.back().id, absl::StrCat("e", kEvents));
    } else {
      ExpectSaved(report, kEvents);
    }
    fs::rename(directory_.path() + "/away", table);
  }
  EXPECT_EQ(lost_all, 1) << "one of them is the log's";
}

TEST_F(RepairTest, ManifestIsNotNeeded) {
  for (const bool in_tables : {false, true}) {
    if (in_tables) {
      ASSERT_OK(Reopen());
      Close();
    }
    for (const std::string name : {"CURRENT", "MANIFEST"}) {
      for (const std::string& file : FilesIn(DatabasePath(), "")) {
        if (!absl::StartsWith(fs::path(file).filename().string(), name)) continue;
        SCOPED_TRACE(file);
        fs::rename(file, directory_.path() + "/away");
        ExpectSaved(Repair(), kEvents);
        fs::rename(directory_.path() + "/away", file);
      }
    }
  }
}

// --- Where it may work --------------------------------------------------------------------

TEST_F(RepairTest, RefusesWhatItMustNotTouch) {
  EXPECT_THAT(RepairStore(path(), path(), {}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("isn't empty")));
  EXPECT_THAT(RepairStore(directory_.path() + "/none", directory_.path() + "/copy", {}),
              StatusIs(StatusCode::kNotFound, HasSubstr("no folder db")));
  fs::create_directory(directory_.path() + "/copy.repairing");
  EXPECT_THAT(RepairStore(path(), directory_.path() + "/copy", {}),
              StatusIs(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("cut short"), HasSubstr("copy.repairing"))));
  ASSERT_OK(Open());
  EXPECT_THAT(RepairStore(path(), directory_.path() + "/other", {}),
              StatusIs(StatusCode::kUnavailable, HasSubstr("in use")));
  EXPECT_FALSE(fs::exists(directory_.path() + "/other.repairing"));
}

}  // namespace
}  // namespace annals
