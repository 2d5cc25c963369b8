// The disk is full: appends are refused, nothing is lost, and once there is room the
// store goes on.
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/storage/database.h"
#include "gtest/gtest.h"
#include "tests/model/random.h"
#include "tests/recovery/rounds.h"
#include "tests/recovery/scripted_run.h"
#include "tests/testing/faults/disk_trace.h"
#include "tests/testing/faults/faulty_disk.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::recovery {
namespace {

using testing::FaultyDisk;

constexpr uint64_t kMostBytes = 300'000;
constexpr int kMoreThanFits = 2'000;

bool TellsThatTheDiskIsFull(const absl::Status& status) {
  return absl::IsResourceExhausted(status) ||
         absl::StrContains(status.message(), "No space left on device");
}

TEST(DiskFullTest, BytesThatAreLeftRunOut) {
  const auto round = [](uint64_t seed) -> std::string {
    testing::TemporaryDirectory folder;
    FaultyDisk disk(folder.path());
    ScriptedRun run(folder.path() + "/store", seed, &disk);
    absl::Status status = run.Create();
    if (status.ok()) status = run.Open();
    if (!status.ok()) return status.ToString() + "\n";
    model::Random random(seed);
    disk.LeaveBytes(random.Below(kMostBytes));
    status = run.Run(kMoreThanFits);
    if (!disk.struck()) return "the disk wasn't filled\n";
    run.Close();
    if (!TellsThatTheDiskIsFull(status)) {
      return absl::StrCat("the error doesn't say so: ", status.ToString(), "\n");
    }
    run.TryToOpen().IgnoreError();  // Which may need space, and must do no harm.
    disk.Heal();
    return run.Recover();
  };
  RunRounds("disk-full", RoundsOr(10), round);
}

// A mount namespace of this program's own, from before there are other threads: each
// has the one that it was started in.
const bool has_namespace = ::unshare(CLONE_NEWNS) == 0 &&
                           ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;

// A file system of half a megabyte.
class SmallFileSystem {
 public:
  explicit SmallFileSystem(const std::string& folder) : folder_(folder) {
    mounted_ = has_namespace && ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=512k") == 0;
    if (!mounted_) error_ = has_namespace ? std::strerror(errno) : "no mount namespace";
  }
  // A database that was abandoned still has files open there.
  ~SmallFileSystem() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }

  // Makes room.
  bool Enlarge() {
    const bool done = ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0;
    if (!done) error_ = std::strerror(errno);
    return done;
  }

  bool mounted() const { return mounted_; }
  const std::string& error() const { return error_; }

 private:
  const std::string folder_;
  bool mounted_ = false;
  std::string error_;
};

class SmallFileSystemTest : public ::testing::Test {
 protected:
  // Why there is none; "" if there may be.
  std::string Cannot() const { return SmallFileSystem(folder_.path()).error(); }

  testing::TemporaryDirectory folder_;
};

TEST_F(SmallFileSystemTest, IsFilled) {
  if (const std::string cannot = Cannot(); !cannot.empty()) {
    std::cout << "row disk-full-tmpfs: 0 rounds: it can't be mounted here: " << cannot << std::endl;
    GTEST_SKIP();
  }
  const auto round = [&](uint64_t seed) -> std::string {
    SmallFileSystem small(folder_.path());
    if (!small.mounted()) return "can't mount: " + small.error();
    ScriptedRun run(folder_.path() + "/store", seed, nullptr);
    absl::Status status = run.Create();
    if (status.ok()) status = run.Open();
    if (status.ok()) status = run.Run(kMoreThanFits);
    run.Close();
    if (status.ok()) return "the file system wasn't filled\n";
    if (!TellsThatTheDiskIsFull(status)) return status.ToString() + "\n";
    if (!small.Enlarge()) return "can't remount: " + small.error();
    return run.Recover();
  };
  RunRounds("disk-full-tmpfs", RoundsOr(10), round);
}

// RocksDB looks for room every five seconds after an error, and then goes on, and deletes
// what it doesn't know. By then another database may have the folder.
TEST_F(SmallFileSystemTest, IsLeftAloneByADatabaseThatWasGivenUp) {
  if (const std::string cannot = Cannot(); !cannot.empty()) GTEST_SKIP() << cannot;
  SmallFileSystem small(folder_.path());
  ASSERT_TRUE(small.mounted()) << small.error();
  const auto open = [&] {
    return storage::Database::Open(folder_.path(), /*create_if_missing=*/true,
                                   {.write_buffer_bytes = size_t{1} << 20});
  };
  auto database = open();
  ASSERT_OK(database);
  absl::Status status;
  for (int key = 0; status.ok() && key < kMoreThanFits; ++key) {
    storage::Batch batch;
    batch.Put(storage::Family::kLog, absl::StrCat(key), std::string(1'000, 'x'));
    status = (*database)->Write(std::move(batch), storage::Durability::kSynced);
  }
  EXPECT_TRUE(TellsThatTheDiskIsFull(status)) << status;
  database->reset();
  ASSERT_TRUE(small.Enlarge()) << small.error();

  database = open();
  ASSERT_OK(database);
  ASSERT_OK((*database)->Flush());
  const testing::DiskImage opened = testing::DiskImage::Read(folder_.path());
  absl::SleepFor(absl::Seconds(7));
  EXPECT_TRUE(testing::DiskImage::Read(folder_.path()) == opened);
  EXPECT_OK((*database)->VerifyChecksums());
}

}  // namespace
}  // namespace annals::recovery
