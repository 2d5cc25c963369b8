#include "engine/backup/backup_folder.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/backup/image_reader.h"
#include "engine/backup/restore.h"
#include "engine/backup/timeline_promises.h"
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
using ::annals::testing::StatusIs;
using ::annals::testing::WriteFile;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Access = BackupFolder::Access;

// Counts what is sent, and breaks off after so many responses.
class CountingReader final : public ImageReader {
 public:
  explicit CountingReader(std::unique_ptr<ImageReader> reader, int limit = 1 << 30)
      : reader_(std::move(reader)), left_(limit) {}

  absl::StatusOr<std::optional<v1::BackupResponse>> Next() override {
    if (left_-- == 0) return absl::UnavailableError("the line is dead");
    ANNALS_ASSIGN_OR_RETURN(auto response, reader_->Next());
    if (response) bytes_ += response->data().size();
    return response;
  }

  uint64_t bytes() const { return bytes_; }

 private:
  const std::unique_ptr<ImageReader> reader_;
  int left_;
  uint64_t bytes_ = 0;
};

class BackupFolderTest : public LogFixture {
 protected:
  BackupFolderTest() { CreateTimeline(); }

  // Another store than the fixture's, in its place.
  absl::Status OpenAt(const std::string& path) {
    ANNALS_ASSIGN_OR_RETURN(folder_, storage::StoreFolder::Open(path, {}));
    ANNALS_ASSIGN_OR_RETURN(log_, EventLog::Open(folder_.get(), &types_, {.clock = &clock_}));
    return absl::OkStatus();
  }

  std::string target() const { return directory_.path() + "/backups"; }

  void AppendNotes(int first, int last, size_t bytes = 20) {
    for (int i = first; i <= last; ++i) {
      ASSERT_OK(Append({MakeNote(absl::StrCat("e", i), "s", std::string(bytes, 'a' + i % 26))}));
    }
  }

  // `sent` is how many bytes it took.
  absl::StatusOr<v1::Backup> Backup(uint64_t* sent = nullptr) {
    ANNALS_ASSIGN_OR_RETURN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
    ANNALS_ASSIGN_OR_RETURN(auto reader,
                            ReadImage(folder_.get(), log(), backups->Known(), clock_.Now()));
    CountingReader counting(std::move(reader));
    auto backup = backups->Add(&counting, {});
    if (sent != nullptr) *sent = counting.bytes();
    return backup;
  }

  absl::Status Restore(const std::string& name, std::optional<uint64_t> id = std::nullopt) {
    ANNALS_ASSIGN_OR_RETURN(const auto backups, BackupFolder::Open(target(), Access::kRead));
    ANNALS_ASSIGN_OR_RETURN(const v1::Backup backup, backups->Find(id));
    return RestoreBackup(*backups, backup, directory_.path() + "/" + name, {});
  }

  // The restored store's events; verifies it, and that it is what `backup` promises.
  std::vector<std::string> IdsOf(const std::string& name, const v1::Backup* backup = nullptr) {
    auto folder = storage::StoreFolder::Open(directory_.path() + "/" + name, {});
    EXPECT_OK(folder);
    if (!folder.ok()) return {};
    auto log = EventLog::Open(folder->get(), &types_, {.clock = &clock_});
    EXPECT_OK(log);
    if (!log.ok()) return {};
    EXPECT_OK(VerifyLog(**folder, **log, [](const VerifyReport&) {}));
    if (backup != nullptr) {
      EXPECT_OK(CheckRoots(**log, *backup));
      v1::Backup other = *backup;
      other.mutable_timelines(0)->set_position(other.timelines(0).position() - 1);
      EXPECT_THAT(CheckRoots(**log, other), StatusIs(StatusCode::kDataLoss, HasSubstr("root")));
    }
    return Ids((*log)->ReadAfter("t", Position{}));
  }

  std::vector<std::string> PoolFiles() const { return FilesIn(target() + "/files", ""); }
};

TEST_F(BackupFolderTest, RestoredStoreIsTheOneThatWasBackedUp) {
  AppendNotes(2, 30);
  ASSERT_OK_AND_ASSIGN(const v1::Backup backup, Backup());
  EXPECT_EQ(backup.id(), 1);
  EXPECT_EQ(backup.events(), 30);
  ASSERT_THAT(backup.timelines(), SizeIs(1));
  EXPECT_EQ(backup.timelines(0).timeline(), "t");
  EXPECT_EQ(backup.timelines(0).position(), 30);
  EXPECT_EQ(backup.timelines(0).chain(), storage::ToString(folder().last_commit().chain));
  ASSERT_OK(Restore("restored"));
  EXPECT_EQ(IdsOf("restored", &backup), Ids(log().ReadAfter("t", Position{})));
}

TEST_F(BackupFolderTest, EmptyStoreCanBeBackedUp) {
  Close();
  ASSERT_OK(storage::StoreFolder::Create(directory_.path() + "/empty"));
  ASSERT_OK(OpenAt(directory_.path() + "/empty"));
  ASSERT_OK_AND_ASSIGN(const v1::Backup backup, Backup());
  EXPECT_EQ(backup.events(), 0);
  ASSERT_OK(Restore("restored"));
  EXPECT_OK(storage::StoreFolder::Open(directory_.path() + "/restored", {}));
}

TEST_F(BackupFolderTest, UnchangedFilesAreNotCopiedAgain) {
  AppendNotes(2, 60, 20'000);
  uint64_t first = 0;
  ASSERT_OK(Backup(&first));
  AppendNotes(61, 62);
  uint64_t second = 0;
  ASSERT_OK(Backup(&second));
  EXPECT_GT(first, 10'000);
  EXPECT_LT(second, first);
  ASSERT_OK(Restore("old", 1));
  ASSERT_OK(Restore("new", 2));
  EXPECT_THAT(IdsOf("old"), SizeIs(60));
  EXPECT_THAT(IdsOf("new"), SizeIs(62));
}

TEST_F(BackupFolderTest, TableFilesOfTheLastBackupAreKnown) {
  AppendNotes(2, 10);
  ASSERT_OK_AND_ASSIGN(const v1::Backup backup, Backup());
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kList));
  std::vector<std::string> known;
  const v1::BackupRequest request = backups->Known();
  for (const v1::StoreFile& file : request.known()) known.push_back(file.path());
  std::vector<std::string> tables;
  for (const v1::StoreFile& file : backup.files()) {
    if (absl::EndsWith(file.path(), ".sst")) tables.push_back(file.path());
  }
  EXPECT_EQ(known, tables);
  EXPECT_THAT(tables, ::testing::Not(IsEmpty()));
}

TEST_F(BackupFolderTest, HoldsWhatWasAcknowledgedBeforeItUnderLoad) {
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> acknowledged = 1;
  std::thread writer([&] {
    for (int i = 2; !stop; ++i) {
      ASSERT_OK(Append({MakeNote(absl::StrCat("e", i), "s", std::string(i % 3'000, 'x'))}));
      acknowledged = i;
    }
  });
  for (int i = 1; i <= 5; ++i) {
    const uint64_t wanted = acknowledged;
    const auto backup = Backup();
    EXPECT_OK(backup);
    if (!backup.ok()) break;
    EXPECT_GE(backup->timelines(0).position(), wanted);
    const std::string name = absl::StrCat("restored", i);
    EXPECT_OK(Restore(name));
    EXPECT_GE(IdsOf(name).size(), backup->timelines(0).position());
  }
  stop = true;
  writer.join();
}

TEST_F(BackupFolderTest, DamageOfAnyFileIsNamed) {
  AppendNotes(2, 20);
  ASSERT_OK(Backup());
  int restored = 0;
  for (const std::string& file : PoolFiles()) {
    SCOPED_TRACE(file);
    const std::string whole = ReadFile(file);
    if (whole.empty()) continue;
    std::string damaged = whole;
    damaged[whole.size() / 2] ^= 1;
    for (const std::string& contents : {damaged, whole.substr(1), whole + "x"}) {
      WriteFile(file, contents);
      EXPECT_THAT(Restore(absl::StrCat("r", restored++)),
                  StatusIs(StatusCode::kDataLoss, HasSubstr(fs::path(file).filename().string())));
    }
    fs::remove(file);
    EXPECT_THAT(Restore(absl::StrCat("r", restored++)),
                StatusIs(StatusCode::kDataLoss, HasSubstr(fs::path(file).filename().string())));
    WriteFile(file, whole);
  }
  EXPECT_OK(Restore("whole"));
}

TEST_F(BackupFolderTest, CheckFindsDamageWithoutRestoring) {
  AppendNotes(2, 20);
  ASSERT_OK_AND_ASSIGN(const v1::Backup backup, Backup());
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kRead));
  uint64_t done = 0;
  EXPECT_OK(backups->Check(backup, [&](uint64_t bytes, uint64_t) { done = bytes; }));
  EXPECT_GT(done, 0);
  const v1::StoreFile& file = backup.files(backup.files_size() - 1);
  std::string bytes = ReadFile(backups->pool().PathOf(file.sha256()));
  bytes[0] ^= 8;
  WriteFile(backups->pool().PathOf(file.sha256()), bytes);
  EXPECT_THAT(
      backups->Check(backup, {}),
      StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr(file.path()), HasSubstr(file.sha256()))));
}

TEST_F(BackupFolderTest, DamagedFileThatWasRemovedIsCopiedAnew) {
  AppendNotes(2, 20);
  ASSERT_OK(Backup());
  for (const std::string& file : PoolFiles()) fs::remove(file);
  ASSERT_OK(Backup());
  ASSERT_OK(Restore("restored"));
  EXPECT_THAT(IdsOf("restored"), SizeIs(20));
}

TEST_F(BackupFolderTest, WhatIsSentTakesThePlaceOfADamagedFile) {
  AppendNotes(2, 20);
  ASSERT_OK(Backup());
  for (const std::string& file : PoolFiles()) WriteFile(file, ReadFile(file) + "damage");
  ASSERT_OK(Backup());
  ASSERT_OK(Restore("restored"));
  EXPECT_THAT(IdsOf("restored"), SizeIs(20));
}

TEST_F(BackupFolderTest, KeepLastRemovesOldOnesAndTheirFiles) {
  for (int i = 1; i <= 4; ++i) {
    AppendNotes(10 * i, 10 * i + 9);
    ASSERT_OK(Backup());
  }
  const size_t files = PoolFiles().size();
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
  EXPECT_THAT(backups->KeepLast(2), testing::IsOkAndHolds(size_t{2}));
  ASSERT_OK_AND_ASSIGN(const auto listed, backups->List());
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].id, 3);
  EXPECT_EQ(listed[1].id, 4);
  EXPECT_LT(PoolFiles().size(), files);
  for (const auto& each : listed) {
    ASSERT_OK(each.backup);
    EXPECT_OK(backups->Check(*each.backup, {}));
  }
  EXPECT_THAT(backups->Find(1), StatusIs(StatusCode::kNotFound, HasSubstr("3, 4")));
}

TEST_F(BackupFolderTest, LastOneIsAlwaysKept) {
  ASSERT_OK(Backup());
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
  EXPECT_THAT(backups->KeepLast(0), testing::IsOkAndHolds(size_t{0}));
  EXPECT_OK(backups->Find(std::nullopt));
}

TEST_F(BackupFolderTest, NothingIsClearedWhileAListCannotBeRead) {
  ASSERT_OK(Backup());
  AppendNotes(2, 3);
  ASSERT_OK(Backup());
  WriteFile(target() + "/backups/1", "no hash\n");
  const size_t files = PoolFiles().size();
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
  EXPECT_THAT(backups->KeepLast(2), StatusIs(StatusCode::kDataLoss, HasSubstr("backups/1")));
  EXPECT_EQ(PoolFiles().size(), files);
  ASSERT_OK_AND_ASSIGN(const auto listed, backups->List());
  EXPECT_THAT(listed[0].backup, StatusIs(StatusCode::kDataLoss, HasSubstr("backups/1")));
  EXPECT_OK(listed[1].backup);
}

TEST_F(BackupFolderTest, BackupThatBreaksOffIsNotSeen) {
  AppendNotes(2, 5);
  ASSERT_OK(Backup());
  AppendNotes(6, 9);
  for (int responses = 0; responses < 8; ++responses) {
    ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
    ASSERT_OK_AND_ASSIGN(auto reader,
                         ReadImage(folder_.get(), log(), backups->Known(), clock_.Now()));
    CountingReader broken(std::move(reader), responses);
    EXPECT_THAT(backups->Add(&broken, {}), StatusIs(StatusCode::kUnavailable, HasSubstr("dead")));
    ASSERT_OK_AND_ASSIGN(const auto listed, backups->List());
    EXPECT_THAT(listed, SizeIs(1));
  }
  ASSERT_OK_AND_ASSIGN(const v1::Backup next, Backup());
  EXPECT_EQ(next.id(), 2);
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
  ASSERT_OK(backups->KeepLast(1));
  // Of the broken ones nothing is left.
  EXPECT_LE(PoolFiles().size(), next.files_size() + 1);
  EXPECT_OK(backups->Check(next, {}));
}

TEST_F(BackupFolderTest, RefusesAStoreThatLostItsHistory) {
  AppendNotes(2, 5);
  ASSERT_OK(Backup());
  const std::string before = directory_.path() + "/before";
  ASSERT_OK(Restore("before"));
  AppendNotes(6, 9);
  ASSERT_OK(Backup());
  Close();
  ASSERT_OK(OpenAt(before));
  EXPECT_THAT(Backup(), StatusIs(StatusCode::kFailedPrecondition,
                                 AllOf(HasSubstr("timeline \"t\""), HasSubstr("position 9"),
                                       HasSubstr("new folder"))));
}

TEST_F(BackupFolderTest, RefusesAnotherStore) {
  ASSERT_OK(Backup());
  Close();
  const std::string other = directory_.path() + "/other";
  ASSERT_OK(storage::StoreFolder::Create(other));
  ASSERT_OK(OpenAt(other));
  EXPECT_THAT(Backup(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("doesn't have it")));
  ASSERT_OK(Append({MakeTimeline("another")}));
  EXPECT_THAT(Backup(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("another one")));
}

TEST_F(BackupFolderTest, RestoreRefusesAFolderThatIsNotEmpty) {
  ASSERT_OK(Backup());
  EXPECT_THAT(Restore("store"),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("isn't empty")));
  fs::create_directory(directory_.path() + "/empty");
  EXPECT_OK(Restore("empty"));
}

TEST_F(BackupFolderTest, RestoreThatWasCutShortIsNoStoreAndBeginsAgain) {
  ASSERT_OK(Backup());
  const std::string half = directory_.path() + "/half";
  fs::create_directories(half + "/db");
  WriteFile(half + "/RESTORING", "");
  WriteFile(half + "/db/000777.sst", "of an older backup");
  EXPECT_THAT(storage::StoreFolder::Open(half, {}), StatusIs(StatusCode::kNotFound, HasSubstr("")));
  ASSERT_OK(Restore("half"));
  EXPECT_FALSE(fs::exists(half + "/db/000777.sst"));
  EXPECT_THAT(IdsOf("half"), SizeIs(1));
}

TEST_F(BackupFolderTest, RefusesAFolderOfOtherFiles) {
  fs::create_directory(target());
  WriteFile(target() + "/mine", "text");
  EXPECT_THAT(Backup(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("other files")));
  EXPECT_THAT(BackupFolder::Open(directory_.path() + "/none", Access::kRead),
              StatusIs(StatusCode::kNotFound, HasSubstr("annals backup")));
}

TEST_F(BackupFolderTest, OnlyOneMayWrite) {
  ASSERT_OK(Backup());
  ASSERT_OK_AND_ASSIGN(const auto writer, BackupFolder::Open(target(), Access::kWrite));
  EXPECT_THAT(BackupFolder::Open(target(), Access::kWrite),
              StatusIs(StatusCode::kUnavailable, HasSubstr("in use")));
  EXPECT_THAT(BackupFolder::Open(target(), Access::kRead),
              StatusIs(StatusCode::kUnavailable, HasSubstr("in use")));
  EXPECT_OK(BackupFolder::Open(target(), Access::kList));
}

// A server whose word isn't to be trusted.
class ForgedReader final : public ImageReader {
 public:
  explicit ForgedReader(std::vector<v1::BackupResponse> responses)
      : responses_(std::move(responses)) {}

  absl::StatusOr<std::optional<v1::BackupResponse>> Next() override {
    if (next_ == responses_.size()) return std::optional<v1::BackupResponse>();
    return std::optional<v1::BackupResponse>(responses_[next_++]);
  }

 private:
  std::vector<v1::BackupResponse> responses_;
  size_t next_ = 0;
};

TEST_F(BackupFolderTest, RefusesFilesOutOfTheStoresFolder) {
  for (const std::string path : {"../HEAD", "/etc/passwd", "db/../../x", "db/.hidden", "a/b", ""}) {
    v1::BackupResponse first;
    first.mutable_backup()->add_files()->set_path(path);
    ForgedReader reader({first});
    ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
    EXPECT_THAT(backups->Add(&reader, {}),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr("no file of a store")));
  }
}

TEST_F(BackupFolderTest, RefusesContentsOfAnotherLength) {
  v1::BackupResponse first;
  first.mutable_backup()->add_files()->set_path("HEAD");
  first.mutable_backup()->mutable_files(0)->set_bytes(4);
  v1::BackupResponse data;
  data.set_data("12345");
  ASSERT_OK_AND_ASSIGN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
  for (const std::vector<v1::BackupResponse>& responses :
       {std::vector{first}, std::vector{first, data}, std::vector<v1::BackupResponse>{}}) {
    ForgedReader reader(responses);
    EXPECT_THAT(backups->Add(&reader, {}), StatusIs(StatusCode::kDataLoss, HasSubstr("")));
  }
  data.set_data("1234");
  ForgedReader more({first, data, data});
  EXPECT_THAT(backups->Add(&more, {}), StatusIs(StatusCode::kDataLoss, HasSubstr("more was sent")));
  EXPECT_THAT(backups->List(), testing::IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace annals
