// The program or the machine stops: what was synced is there afterwards, and of the
// rest anything.
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
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

using testing::DiskImage;
using testing::DiskTrace;
using testing::FaultyDisk;
using testing::Unsynced;

constexpr uint64_t kSeedsARun = 25;  // Share what was done before the crash.
constexpr int kAppendsBeforePowerLoss = 60;
constexpr size_t kLooksARecovery = 5;

// A store's life, all of which is known.
struct Life {
  DiskTrace trace;
  Journal journal;
  size_t made = 0;  // When Create() had returned.
};

std::unique_ptr<Life> Live(uint64_t seed, int appends) {
  testing::TemporaryDirectory folder;
  FaultyDisk disk(folder.path());
  ScriptedRun run(folder.path() + "/store", seed, &disk);
  EXPECT_OK(run.Create());
  const size_t made = disk.now();
  EXPECT_OK(run.Open());
  EXPECT_OK(run.Run(appends));
  run.Close();
  return std::make_unique<Life>(Life{disk.trace(), run.journal(), made});
}

// Goes on with what a crash left after `count` operations of a life. `next` becomes
// the life that this was; without it, it is only looked at. "" if all is well.
std::string GoOn(const Life& life, size_t count, Unsynced unsynced, uint64_t seed,
                 model::Random* random, std::unique_ptr<Life>* next) {
  testing::TemporaryDirectory folder;
  const DiskImage image = life.trace.Crash(count, unsynced, random);
  image.WriteTo(folder.path());
  const std::string where =
      absl::StrCat("crashed after disk operation ", count, " of ", life.trace.operations().size(),
                   ", way ", static_cast<int>(unsynced), ": ");
  FaultyDisk disk(folder.path());
  ScriptedRun run(folder.path() + "/store", seed, &disk);
  run.Inherit(life.journal.AsOf(count));
  if (count < life.made) {
    // Whoever was making it makes it anew, if it isn't there.
    const absl::Status opened = run.TryToOpen();
    if (absl::IsNotFound(opened)) return "";
  }
  const std::string wrong = next == nullptr ? run.Look() : run.Recover();
  run.Close();
  if (!wrong.empty()) {
    image.WriteTo(folder.path());
    return absl::StrCat(where, wrong, KeepFolder(folder.path(), absl::StrCat("seed-", seed)));
  }
  if (next != nullptr) *next = std::make_unique<Life>(Life{disk.trace(), run.journal(), 0});
  return "";
}

TEST(PowerLossTest, NothingThatWasAcknowledgedIsLost) {
  const std::vector<Unsynced> ways = {Unsynced::kDropped, Unsynced::kCutOff, Unsynced::kReordered};
  std::unique_ptr<Life> life;
  uint64_t lived = 0;
  uint64_t crashes = 0;
  const auto round = [&](uint64_t seed) -> std::string {
    if (life == nullptr || lived != seed / kSeedsARun) {
      lived = seed / kSeedsARun;
      life = Live(lived, kAppendsBeforePowerLoss);
    }
    model::Random random(seed);
    std::unique_ptr<Life> next;
    const Life* before = life.get();
    std::unique_ptr<Life> kept;
    // The next crash may come while the last one is being recovered from.
    for (bool again = true; again;) {
      again = random.Percent(40);
      const size_t count = random.Below(before->trace.operations().size() + 1);
      const bool is_looked_at = !again && random.Percent(50);
      const std::string wrong =
          GoOn(*before, count, random.Pick(ways), seed, &random, is_looked_at ? nullptr : &next);
      ++crashes;
      if (!wrong.empty()) return wrong;
      if (next == nullptr) return "";
      kept = std::move(next);
      before = kept.get();
    }
    return "";
  };
  RunRounds("power-loss", RoundsOr(500), round, [&] { return absl::StrCat(crashes, " crashes"); });
}

TEST(CrashTest, EveryMomentOfARunCanBeTheLast) {
  const int appends = static_cast<int>(RoundsOr(100));
  size_t operations = 0;
  size_t crashes = 0;
  const auto run = [&](uint64_t seed) -> std::string {
    // Of the seeds' settings the one that stores contributions late: what is left
    // are the log's own operations.
    const std::unique_ptr<Life> life = Live(seed * 4 - 1, appends);
    const auto& done = life->trace.operations();
    operations = done.size();
    model::Random random(seed);
    RowProgress progress("crash", "disk operations");
    for (size_t count = 0; count <= operations; ++count) {
      progress.Report(count, operations);
      // A sync changes nothing that the next program sees, and what comes after it
      // was promised no less.
      using Kind = testing::DiskOperation::Kind;
      if (count < operations &&
          (done[count].kind == Kind::kSyncFile || done[count].kind == Kind::kSyncFolder)) {
        continue;
      }
      std::unique_ptr<Life> next;
      const bool is_looked_at = ++crashes % kLooksARecovery != 0;
      const std::string wrong =
          GoOn(*life, count, Unsynced::kKept, seed, &random, is_looked_at ? nullptr : &next);
      if (!wrong.empty()) return wrong;
    }
    return "";
  };
  RunRounds("crash", 1, run, [&] {
    return absl::StrCat(appends, " appends, ", operations, " disk operations, ", crashes,
                        " crashes");
  });
}

}  // namespace
}  // namespace annals::recovery
