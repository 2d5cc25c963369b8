// Writers that are killed in the middle of their work: everything they were told
// is done is there when the store is opened again.
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/model/random.h"
#include "tests/recovery/rounds.h"
#include "tests/recovery/scripted_run.h"
#include "tests/recovery/writer_protocol.h"
#include "tests/testing/faults/faulty_disk.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::recovery {
namespace {

constexpr uint64_t kRoundsAStore = 5;
constexpr uint64_t kMostAppends = 250;

TEST(KillTest, EverythingAcknowledgedSurvives) {
  std::unique_ptr<testing::TemporaryDirectory> folder;
  Journal journal;
  uint64_t acknowledged = 0;
  const auto round = [&](uint64_t seed) -> std::string {
    model::Random random(seed);
    if (folder == nullptr || seed % kRoundsAStore == 0) {
      folder = std::make_unique<testing::TemporaryDirectory>();
      ScriptedRun run(folder->path() + "/store", seed, nullptr);
      EXPECT_OK(run.Create());
      EXPECT_OK(run.Open());
      EXPECT_OK(run.Run(0));
      journal = run.journal();
    }
    const std::string store = folder->path() + "/store";
    const int kill_after = 1 + static_cast<int>(random.Below(kMostAppends));
    const WriterEnd end = RunWriter(
        {WriterPath(), "--store=" + store, absl::StrCat("--name=r", seed), "--threads=64"},
        kill_after, &journal);
    if (end.signal != SIGKILL) return absl::StrCat("the writer ended by itself: ", end.exit_code);
    acknowledged += end.acknowledged;
    const testing::FaultyDisk disk(store, testing::Recording::kOff);
    ScriptedRun run(store, seed, nullptr);
    run.Inherit(journal);
    return run.Look();
  };
  RunRounds("kill", RoundsOr(50), round,
            [&] { return absl::StrCat("64 writers, ", acknowledged, " appends acknowledged"); });
}

}  // namespace
}  // namespace annals::recovery
