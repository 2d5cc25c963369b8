// Backups under load, and restores, that are killed in the middle of their work: the
// backups that were finished are whole, the others aren't there, and the next one
// succeeds. ANNALS_FAULT_ROUNDS says how often, ANNALS_FAULT_SEED where to begin.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/backup/backup_folder.h"
#include "engine/backup/image_reader.h"
#include "engine/backup/restore.h"
#include "engine/log/event_log.h"
#include "engine/log/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;
using ::annals::testing::TemporaryDirectory;
using Access = BackupFolder::Access;

constexpr int kWriters = 4;
constexpr size_t kMaxTextBytes = 4'000;

uint64_t NumberOr(const char* variable, uint64_t usual) {
  const char* const text = std::getenv(variable);
  uint64_t number = usual;
  if (text != nullptr) {
    EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << variable;
  }
  return number;
}

// What a child tells. Smaller than PIPE_BUF, so that it is written whole or not at all.
struct Told {
  enum class What : uint32_t { kStep, kAcknowledged, kBackedUp };
  What what = What::kStep;
  uint64_t backup = 0;
  uint64_t position = 0;  // Acknowledged before the backup began; or of the event.
};

// This process never opens a store itself: the threads of RocksDB wouldn't be there in the
// children that it forks.
class BackupKillTest : public ::testing::Test {
 protected:
  std::string store() const { return folder_.path() + "/store"; }
  std::string target() const { return folder_.path() + "/backups"; }
  std::string restored() const { return folder_.path() + "/restored"; }

  struct Opened {
    PayloadTypes types;
    std::unique_ptr<storage::StoreFolder> folder;
    std::unique_ptr<EventLog> log;
  };

  static absl::StatusOr<std::unique_ptr<Opened>> Open(const std::string& path) {
    auto opened = std::make_unique<Opened>();
    ANNALS_RETURN_IF_ERROR(opened->types.AddDomain("test", {testing::Note::descriptor()}));
    ANNALS_ASSIGN_OR_RETURN(opened->folder,
                            storage::StoreFolder::Open(path, {.block_cache_bytes = 1 << 20}));
    ANNALS_ASSIGN_OR_RETURN(opened->log, EventLog::Open(opened->folder.get(), &opened->types, {}));
    return opened;
  }

  // Runs `work` in a child that is killed after `steps` things that it told; 0: never.
  // Returns all that it told, and fails the test if it ended with another code than 0.
  std::vector<Told> RunChild(int steps, const std::function<absl::Status(int pipe)>& work) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      const absl::Status status = work(ends[1]);
      if (!status.ok()) ::fprintf(stderr, "child: %s\n", status.ToString().c_str());
      ::_exit(status.ok() ? 0 : 1);
    }
    ::close(ends[1]);
    std::vector<Told> told;
    Told one;
    while (::read(ends[0], &one, sizeof(one)) == sizeof(one)) {
      told.push_back(one);
      if (static_cast<int>(told.size()) == steps) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
    }
    return told;
  }

  static void Tell(int pipe, const Told& told) {
    if (::write(pipe, &told, sizeof(told)) != sizeof(told)) ::_exit(3);
  }

  // Appends from several threads, and makes backups meanwhile, until it is killed.
  absl::Status BackUpUnderLoad(uint64_t round, int pipe) {
    ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Opened> opened, Open(store()));
    std::atomic<uint64_t> acknowledged = 0;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        for (int i = 0;; ++i) {
          const std::string id = absl::StrCat("r", round, "-w", writer, "-", i);
          const auto receipts = opened->log->Append(
              {.timeline = "t",
               .events = {MakeNote(id, "s", std::string(id.size() * i % kMaxTextBytes, 'x'))}});
          if (!receipts.ok()) ::_exit(2);
          const uint64_t position = receipts->front().position.value;
          uint64_t last = acknowledged;
          while (last < position && !acknowledged.compare_exchange_weak(last, position)) {
          }
          Tell(pipe, {.what = Told::What::kAcknowledged, .position = position});
        }
      });
    }
    while (true) {
      const uint64_t before = acknowledged;
      ANNALS_ASSIGN_OR_RETURN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
      ANNALS_ASSIGN_OR_RETURN(
          const auto reader,
          ReadImage(opened->folder.get(), *opened->log, backups->Known(), Clock::System()->Now()));
      ANNALS_ASSIGN_OR_RETURN(const v1::Backup backup,
                              backups->Add(reader.get(), [&](uint64_t, uint64_t) {
                                Tell(pipe, {.what = Told::What::kStep});
                              }));
      Tell(pipe, {.what = Told::What::kBackedUp, .backup = backup.id(), .position = before});
      ANNALS_RETURN_IF_ERROR(backups->KeepLast(3).status());
    }
  }

  // Every backup that is listed is whole; the last is `last` or a later one, and restored
  // it holds `position`.
  absl::Status CheckBackups(uint64_t last, uint64_t position) {
    ANNALS_ASSIGN_OR_RETURN(const auto backups, BackupFolder::Open(target(), Access::kWrite));
    ANNALS_ASSIGN_OR_RETURN(const auto listed, backups->List());
    for (const BackupFolder::Listed& each : listed) {
      ANNALS_RETURN_IF_ERROR(each.backup.status());
      ANNALS_RETURN_IF_ERROR(backups->Check(*each.backup, {}));
    }
    if (last == 0) return absl::OkStatus();
    ANNALS_ASSIGN_OR_RETURN(const v1::Backup backup, backups->Find(std::nullopt));
    if (backup.id() < last) return absl::InternalError("a backup that was finished isn't there");
    ANNALS_RETURN_IF_ERROR(RestoreBackup(*backups, backup, restored(), {}));
    ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Opened> opened, Open(restored()));
    ANNALS_RETURN_IF_ERROR(
        VerifyLog(*opened->folder, *opened->log, [](const VerifyReport&) {}).status());
    ANNALS_ASSIGN_OR_RETURN(const EventLog::Head head, opened->log->GetHead("t"));
    if (head.position.value < position || head.position.value < backup.timelines(0).position()) {
      return absl::InternalError(
          absl::StrCat("restored up to ", head.position.value, " only, of ", position));
    }
    return absl::OkStatus();
  }

  TemporaryDirectory folder_;
};

TEST_F(BackupKillTest, FinishedBackupsAreWholeAndTheNextSucceeds) {
  const uint64_t first = NumberOr("ANNALS_FAULT_SEED", 1);
  const uint64_t rounds = NumberOr("ANNALS_FAULT_ROUNDS", 10);
  RunChild(0, [&](int) -> absl::Status {
    ANNALS_RETURN_IF_ERROR(storage::StoreFolder::Create(store()));
    ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Opened> opened, Open(store()));
    return opened->log->Append({.timeline = "t", .events = {MakeTimeline()}}).status();
  });
  uint64_t last = 0;
  uint64_t position = 0;
  int finished = 0;
  uint64_t seed = first;
  for (; seed < first + rounds && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937 random(seed);
    const int steps = 1 + static_cast<int>(random() % 2'000);
    for (const Told& told :
         RunChild(steps, [&](int pipe) { return BackUpUnderLoad(seed, pipe); })) {
      if (told.what != Told::What::kBackedUp) continue;
      last = told.backup;
      position = told.position;
      ++finished;
    }
    std::filesystem::remove_all(restored());
    // A restore that is killed, then one that isn't: over what that one left.
    if (last > 0) {
      RunChild(1 + static_cast<int>(random() % 10), [&](int pipe) -> absl::Status {
        ANNALS_ASSIGN_OR_RETURN(const auto backups, BackupFolder::Open(target(), Access::kRead));
        ANNALS_ASSIGN_OR_RETURN(const v1::Backup backup, backups->Find(std::nullopt));
        ANNALS_RETURN_IF_ERROR(RestoreBackup(*backups, backup, restored(), [&](uint64_t, uint64_t) {
          Tell(pipe, {.what = Told::What::kStep});
        }));
        // It was quicker than the signal.
        std::filesystem::remove_all(restored());
        return absl::OkStatus();
      });
    }
    RunChild(0, [&](int) { return CheckBackups(last, position); });
  }
  EXPECT_GT(finished, 0) << "no backup was finished: make the children live longer";
  std::cout << "row backup-kill: " << seed - first << " rounds from seed " << first << ", "
            << (HasFailure() ? 1 : 0) << " failures; " << finished << " backups were finished"
            << std::endl;
}

}  // namespace
}  // namespace annals
