// An allocation fails, anywhere in the program. What becomes of the program is not
// promised; the store is whole afterwards.
#include <signal.h>

#include <algorithm>
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

constexpr uint64_t kSitesAStore = 20;

class MemoryTest : public ::testing::Test {
 protected:
  void MakeStore(uint64_t seed) {
    folder_ = std::make_unique<testing::TemporaryDirectory>();
    ScriptedRun run(folder_->path() + "/store", seed, nullptr);
    ASSERT_OK(run.Create());
    ASSERT_OK(run.Open());
    ASSERT_OK(run.Run(0));
    journal_ = run.journal();
  }

  WriterEnd Write(const std::string& name, std::vector<std::string> more) {
    more.insert(more.begin(), {WriterPath(), "--store=" + folder_->path() + "/store",
                               "--name=" + name, "--threads=3", "--appends=3"});
    return RunWriter(more, 0, &journal_);
  }

  // Sites are spread over all of a run's allocations.
  std::string Round(uint64_t seed) {
    if (folder_ == nullptr || seed % kSitesAStore == 0) {
      MakeStore(seed);
      allocations_ = Write(absl::StrCat("count", seed), {"--count"}).allocations;
      if (allocations_ == 0) return "nothing was allocated";
    }
    model::Random random(seed);
    const uint64_t site = 1 + random.Below(allocations_);
    std::vector<std::string> fault = {absl::StrCat("--fail_allocation=", site)};
    if (random.Percent(25)) fault.push_back("--for_good");
    const WriterEnd end = Write(absl::StrCat("r", seed), fault);
    ++(end.exit_code == 0 ? finished_ : end.exit_code > 0 ? refused_ : ended_);
    if (end.signal == SIGALRM) return "the writer hung";
    const testing::FaultyDisk disk(folder_->path(), testing::Recording::kOff);
    ScriptedRun run(folder_->path() + "/store", seed, nullptr);
    run.Inherit(journal_);
    return run.Look();
  }

  std::unique_ptr<testing::TemporaryDirectory> folder_;
  Journal journal_;
  uint64_t allocations_ = 0;
  uint64_t finished_ = 0;
  uint64_t refused_ = 0;
  uint64_t ended_ = 0;
};

TEST_F(MemoryTest, StoreIsWholeAfterAFailedAllocation) {
  RunRounds(
      "memory", RoundsOr(500), [&](uint64_t seed) { return Round(seed); },
      [&] {
        return absl::StrCat("of the programs ", finished_, " finished, ", refused_,
                            " got an error, ", ended_, " were ended");
      });
}

}  // namespace
}  // namespace annals::recovery
