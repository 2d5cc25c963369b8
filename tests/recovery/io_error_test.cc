// A call on the disk fails: what was acknowledged stays, and what comes after the
// failure isn't acknowledged unless it is safe.
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

using testing::Call;
using testing::DiskImage;
using testing::DiskTrace;
using testing::Fault;
using testing::FaultyDisk;
using testing::Unsynced;

constexpr int kAppends = 5;  // Before and after the store is opened again.
constexpr uint64_t kNoMore = 10'000;
constexpr uint64_t kLooksARecovery = 4;

// Opens, appends, opens again, appends. Stops at the first error.
absl::Status Work(ScriptedRun* run) {
  absl::Status status = run->Open();
  if (status.ok()) status = run->Run(kAppends);
  if (status.ok()) status = run->Open();
  if (status.ok()) status = run->Run(kAppends);
  run->Close();
  return status;
}

std::string CheckIn(const std::string& folder, uint64_t seed, const Journal& journal,
                    bool goes_on) {
  const FaultyDisk disk(folder, testing::Recording::kOff);
  ScriptedRun run(folder + "/store", seed, &disk);
  run.Inherit(journal);
  return goes_on ? run.Recover() : run.Look();
}

class IoErrorTest : public ::testing::Test {
 protected:
  // One run in which the fault strikes. Sets `struck` to whether it did. The program
  // lives on and opens the store again; and the machine may stop then.
  std::string StrikeOnce(const Fault& fault, uint64_t seed, bool* struck) {
    testing::TemporaryDirectory folder;
    DiskImage left;
    Journal journal;
    {
      Made().WriteTo(folder.path());
      FaultyDisk disk(folder.path());
      ScriptedRun run(folder.path() + "/store", seed, &disk);
      disk.Fail(fault);
      const absl::Status status = Work(&run);
      disk.Heal();
      *struck = disk.struck();
      ++strikes_;
      noticed_ += !status.ok();
      if (!*struck && !status.ok()) return status.ToString() + "\n";
      if (fault.kind == Fault::Kind::kShort && !status.ok()) {
        return absl::StrCat("a short write is no error: ", status.ToString(), "\n");
      }
      model::Random random(seed);
      journal = run.journal();
      left = disk.trace().Crash(disk.now(), Unsynced::kDropped, &random);
    }
    std::string wrong = CheckIn(folder.path(), seed, journal, strikes_ % kLooksARecovery == 0);
    if (!wrong.empty()) return wrong;
    left.WriteTo(folder.path());
    wrong = CheckIn(folder.path(), seed, journal, /*goes_on=*/false);
    return wrong.empty() ? "" : "and the machine stopped: " + wrong;
  }

  // Strikes at the first such call, the second, and so on while there are any.
  std::string StrikeEverywhere(Fault fault, uint64_t seed) {
    bool struck = true;
    for (fault.nth = 1; struck && fault.nth < kNoMore; ++fault.nth) {
      const std::string wrong = StrikeOnce(fault, seed, &struck);
      if (!wrong.empty()) return absl::StrCat("at call ", fault.nth, ": ", wrong);
    }
    return "";
  }

  void Expect(const std::string& row, const Fault& fault) {
    // Seed 3 brings the setting that stores contributions late: a short run.
    const auto round = [&](uint64_t seed) { return StrikeEverywhere(fault, seed + 2); };
    RunRounds(row, RoundsOr(1), round, [&] {
      return absl::StrCat(strikes_, " runs, ", noticed_, " of which got an error");
    });
  }

 private:
  // A store without events.
  const DiskImage& Made() {
    if (made_.files.empty()) {
      testing::TemporaryDirectory folder;
      EXPECT_OK(Store::Create(folder.path() + "/store"));
      made_ = DiskImage::Read(folder.path());
    }
    return made_;
  }

  DiskImage made_;
  uint64_t strikes_ = 0;
  uint64_t noticed_ = 0;
};

TEST_F(IoErrorTest, FailedWriteOnce) { Expect("write-error", {.calls = {Call::kWrite}}); }

TEST_F(IoErrorTest, FailedWritesFromSomeMomentOn) {
  Expect("write-error-for-good", {.calls = {Call::kWrite}, .for_good = true});
}

TEST_F(IoErrorTest, ShortWriteGoesOn) {
  Expect("short-write", {.calls = {Call::kWrite}, .kind = Fault::Kind::kShort});
}

TEST_F(IoErrorTest, TornWrite) {
  Expect("torn-write", {.calls = {Call::kWrite}, .kind = Fault::Kind::kTorn});
}

TEST_F(IoErrorTest, FailedSyncOnce) { Expect("sync-error", {.calls = {Call::kSync}}); }

TEST_F(IoErrorTest, FailedSyncsFromSomeMomentOn) {
  Expect("sync-error-for-good", {.calls = {Call::kSync}, .for_good = true});
}

TEST_F(IoErrorTest, FailedChangeOfAFolder) {
  Expect("folder-error", {.calls = {Call::kChangeFolder}});
}

TEST_F(IoErrorTest, FailedReadOnce) { Expect("read-error", {.calls = {Call::kRead}}); }

TEST_F(IoErrorTest, AllFailsFromSomeMomentOn) {
  Expect("dead-disk", {.calls = {Call::kRead, Call::kWrite, Call::kSync, Call::kChangeFolder},
                       .for_good = true});
}

}  // namespace
}  // namespace annals::recovery
