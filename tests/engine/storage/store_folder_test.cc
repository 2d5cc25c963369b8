#include "engine/storage/store_folder.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/storage/commit_record.h"
#include "engine/storage/durable_head.h"
#include "engine/storage/hash.h"
#include "engine/storage/posix_file.h"
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
using ::testing::AllOf;
using ::testing::HasSubstr;

class StoreFolderTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/store"; }

  static absl::StatusOr<std::unique_ptr<StoreFolder>> Open(const std::string& path) {
    return StoreFolder::Open(path, {.block_cache_bytes = 1 << 20});
  }

  // A commit of one event.
  static absl::Status Commit(StoreFolder* folder, const std::string& event) {
    CommitRecord record = folder->last_commit();
    ++record.events;
    record.timeline = 1;
    record.position = record.position.Next();
    std::string value(kHashBytes, '\0');
    value += event;
    record.chain = ChainInPlace(record.chain, &value);
    Batch batch;
    batch.Put(Family::kLog, LogKey(1, record.position), value);
    return folder->Commit(std::move(batch), record);
  }

  void WriteFormat(const std::string& text) {
    std::ofstream(path() + "/FORMAT", std::ios::trunc) << text;
  }

  TemporaryDirectory folder_;
};

TEST_F(StoreFolderTest, WhatIsKeptBesideTheEventsIsACommitToo) {
  ASSERT_OK(StoreFolder::Create(path()));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, StoreFolder::Open(path(), {.unsafe_no_sync = true}));
    Batch batch;
    batch.Put(Family::kMeta, "beside", "1");
    ASSERT_OK(folder->CommitAside(std::move(batch)));
    EXPECT_OK(folder->VerifyHead());
    ASSERT_OK(Commit(folder.get(), "a"));
    EXPECT_EQ(folder->last_commit().number, 2);
    EXPECT_EQ(folder->last_commit().events, 1);
    // The head has what was synced.
    ASSERT_OK_AND_ASSIGN(const auto head, DurableHead::Open(path() + "/HEAD"));
    EXPECT_EQ(head->last().number, 1);
    EXPECT_EQ(head->last().events, 0);
  }
  ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
  EXPECT_EQ(folder->last_commit().number, 2);
}

TEST_F(StoreFolderTest, NewStoreIsEmptyAndRemembersItsCommits) {
  ASSERT_OK(StoreFolder::Create(path()));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    EXPECT_EQ(folder->last_commit(), CommitRecord());
    ASSERT_OK(Commit(folder.get(), "a"));
    ASSERT_OK(Commit(folder.get(), "b"));
    EXPECT_OK(folder->VerifyHead());
  }
  ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
  EXPECT_EQ(folder->last_commit().number, 2);
  EXPECT_EQ(folder->last_commit().position, Position{2});
}

TEST_F(StoreFolderTest, EmptyFolderBecomesAStore) {
  std::filesystem::create_directory(path());
  ASSERT_OK(StoreFolder::Create(path() + "/"));
  EXPECT_OK(Open(path()));
}

TEST_F(StoreFolderTest, CreateLeavesOtherFoldersAlone) {
  std::filesystem::create_directory(path());
  std::ofstream(path() + "/letter.txt") << "Dear";
  EXPECT_THAT(StoreFolder::Create(path()),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("other files")));
  EXPECT_FALSE(std::filesystem::exists(path() + "/db"));
  EXPECT_THAT(StoreFolder::Create(folder_.path() + "/no/where"),
              StatusIs(StatusCode::kNotFound, HasSubstr("no/where")));
}

TEST_F(StoreFolderTest, CreateRefusesAStore) {
  ASSERT_OK(StoreFolder::Create(path()));
  EXPECT_THAT(StoreFolder::Create(path()), StatusIs(StatusCode::kAlreadyExists, HasSubstr(path())));
}

TEST_F(StoreFolderTest, MissingStoreIsNotFoundAndTheWayOutIsNamed) {
  EXPECT_THAT(Open(path()),
              StatusIs(StatusCode::kNotFound, HasSubstr("annals init --store " + path())));
}

TEST_F(StoreFolderTest, NewerFormatIsRefusedNamingBothVersions) {
  ASSERT_OK(StoreFolder::Create(path()));
  WriteFormat("annals store 3\n");
  EXPECT_THAT(Open(path()), StatusIs(StatusCode::kFailedPrecondition,
                                     AllOf(HasSubstr("version 3"), HasSubstr("up to version 2"))));
}

TEST_F(StoreFolderTest, OlderFormatIsReadAndBecomesThisOne) {
  ASSERT_OK(StoreFolder::Create(path()));
  WriteFormat("annals store 1\n");
  std::ofstream(path() + "/FORMAT.new") << "annals";  // Of an attempt that was interrupted.
  EXPECT_OK(Open(path()));
  EXPECT_THAT(ReadSmallFile(path() + "/FORMAT"), IsOkAndHolds("annals store 2\n"));
  EXPECT_FALSE(std::filesystem::exists(path() + "/FORMAT.new"));
  EXPECT_OK(Open(path()));
}

TEST_F(StoreFolderTest, DamagedFormatIsDataLoss) {
  ASSERT_OK(StoreFolder::Create(path()));
  for (const std::string text : {"", "annals store 2", "annals store x\n", "annals store 0\n"}) {
    WriteFormat(text);
    EXPECT_THAT(Open(path()), StatusIs(StatusCode::kDataLoss, HasSubstr("FORMAT"))) << text;
  }
}

TEST_F(StoreFolderTest, MissingFormatIsDataLossOnceSomethingWasAcknowledged) {
  ASSERT_OK(StoreFolder::Create(path()));
  std::filesystem::rename(path() + "/FORMAT", path() + "/away");
  EXPECT_THAT(Open(path()), StatusIs(StatusCode::kNotFound, HasSubstr("annals init")));
  std::filesystem::rename(path() + "/away", path() + "/FORMAT");
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    ASSERT_OK(Commit(folder.get(), "a"));
  }
  std::filesystem::remove(path() + "/FORMAT");
  EXPECT_THAT(Open(path()), StatusIs(StatusCode::kDataLoss, HasSubstr("FORMAT is missing")));
}

TEST_F(StoreFolderTest, SecondOpeningInTheSameProcessIsUnavailable) {
  ASSERT_OK(StoreFolder::Create(path()));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    EXPECT_THAT(Open(path()), StatusIs(StatusCode::kUnavailable, HasSubstr("this very process")));
    const std::string alias = folder_.path() + "/alias";
    std::filesystem::create_directory_symlink(path(), alias);
    EXPECT_THAT(Open(alias), StatusIs(StatusCode::kUnavailable, HasSubstr("this very process")));
  }
  EXPECT_OK(Open(path()));
}

TEST_F(StoreFolderTest, StoreOfAnotherProcessIsUnavailableAndTheProcessIsNamed) {
  ASSERT_OK(StoreFolder::Create(path()));
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto folder = Open(path());
    const char answer = folder.ok() ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  EXPECT_THAT(Open(path()),
              StatusIs(StatusCode::kUnavailable,
                       AllOf(HasSubstr(std::to_string(child)), HasSubstr("store_folder_test"))));
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_OK(Open(path()));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(StoreFolderTest, FailedCommitFailsEveryLaterOneUntilReopened) {
  ASSERT_OK(StoreFolder::Create(path()));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    ASSERT_OK(Commit(folder.get(), "a"));
    {
      const WriteLimit limit(/*file_bytes=*/4'096);
      EXPECT_FALSE(Commit(folder.get(), std::string(100'000, 'x')).ok());
    }
    EXPECT_THAT(Commit(folder.get(), "b"),
                StatusIs(StatusCode::kFailedPrecondition, HasSubstr("open it again")));
    EXPECT_EQ(folder->last_commit().number, 1);
  }
  ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
  EXPECT_EQ(folder->last_commit().number, 1);
  EXPECT_OK(Commit(folder.get(), "b"));
}

TEST_F(StoreFolderTest, CommitWhoseHeadFailedIsKeptButNotAcknowledged) {
  ASSERT_OK(StoreFolder::Create(path()));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    ASSERT_OK(Commit(folder.get(), "a"));
    ASSERT_OK(folder->Sync());  // So the next record goes to slot 2, beyond the limit below …
    // … which the log file, still short, stays within.
    const WriteLimit limit(kHeadSlotStride);
    EXPECT_THAT(Commit(folder.get(), "b"),
                StatusIs(StatusCode::kResourceExhausted, HasSubstr("HEAD")));
    EXPECT_EQ(folder->last_commit().number, 1);
    EXPECT_THAT(Commit(folder.get(), "c"),
                StatusIs(StatusCode::kFailedPrecondition, HasSubstr("open it again")));
  }
  ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
  EXPECT_EQ(folder->last_commit().number, 2);
}

TEST_F(StoreFolderTest, HeadOfTwoSlotsGetsItsThirdWhenTheStoreIsOpened) {
  ASSERT_OK(StoreFolder::Create(path()));
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    ASSERT_OK(Commit(folder.get(), "a"));
  }
  std::filesystem::resize_file(path() + "/HEAD", 2 * kHeadSlotStride);
  {
    ASSERT_OK_AND_ASSIGN(const auto folder, Open(path()));
    EXPECT_EQ(folder->last_commit().number, 1);
  }
  ASSERT_OK_AND_ASSIGN(const auto head, DurableHead::Open(path() + "/HEAD"));
  EXPECT_EQ(head->bad_slots(), 0);
  EXPECT_EQ(head->last().number, 1);
}

}  // namespace
}  // namespace annals::storage
