// Bits flip, files are cut or deleted: it is noticed, or it does no harm; an answer
// is never wrong, and an error says what is damaged.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/model/random.h"
#include "tests/recovery/check_store.h"
#include "tests/recovery/rounds.h"
#include "tests/recovery/scripted_run.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/faults/disk_trace.h"
#include "tests/testing/faults/faulty_disk.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::recovery {
namespace {

using testing::DiskImage;
using testing::FaultyDisk;

constexpr uint64_t kSeedsARun = 25;  // Share an undamaged store.
constexpr int kAppendsInTables = 40;
constexpr int kAppendsInLog = 15;

// A store some of whose events are in table files and some in the log only.
struct Whole {
  DiskImage image;
  Journal journal;
};

std::unique_ptr<Whole> MakeWhole(uint64_t seed) {
  testing::TemporaryDirectory folder;
  FaultyDisk disk(folder.path());
  ScriptedRun run(folder.path() + "/store", seed, &disk);
  EXPECT_OK(run.Create());
  EXPECT_OK(run.Open());
  EXPECT_OK(run.Run(kAppendsInTables));
  EXPECT_OK(run.Open());
  EXPECT_OK(run.Run(kAppendsInLog));
  run.Close();
  return std::make_unique<Whole>(Whole{DiskImage::Read(folder.path()), run.journal()});
}

// What was done to a file.
struct Damage {
  std::string path;
  std::string what;

  std::string Describe() const { return absl::StrCat(path, " ", what); }
};

// Does something to one file of the folder.
Damage DamageOne(const std::string& folder, model::Random* random) {
  const DiskImage image = DiskImage::Read(folder);
  std::vector<std::string> paths;
  for (const auto& [path, contents] : image.files) {
    if (!absl::EndsWith(path, "/LOCK") && !contents.empty()) paths.push_back(path);
  }
  const std::string path = random->Pick(paths);
  const std::string file = folder + "/" + path;
  std::string contents = image.files.at(path);
  const size_t at = random->Below(contents.size());
  std::error_code gone;  // An open store deletes what it no longer needs.
  switch (random->Below(10)) {
    case 0:
      std::filesystem::remove(file, gone);
      return {path, "deleted"};
    case 1:
    case 2:
      std::filesystem::resize_file(file, at, gone);
      return {path, absl::StrCat("cut to ", at, " of ", contents.size())};
    case 3: {
      const size_t end = std::min(contents.size(), at + testing::kSectorBytes);
      std::fill(contents.begin() + at, contents.begin() + end, '\0');
      break;
    }
    default:
      contents[at] = static_cast<char>(contents[at] ^ (1 << random->Below(8)));
  }
  testing::WriteFile(file, contents);
  return {path, absl::StrCat("changed at ", at, " of ", contents.size())};
}

// Whether whoever reads the message knows where to look: at the file, or at which
// events are missing.
bool NamesTheDamage(const absl::Status& status, const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  const std::string number = std::filesystem::path(path).stem().string();
  return absl::StrContains(status.message(), name) || absl::StrContains(status.message(), number) ||
         absl::StrContains(status.message(), "acknowledged event") ||
         absl::StrContains(status.message(), "the log holds") ||
         absl::StrContains(status.message(), "its format is");
}

class DamagedFilesTest : public ::testing::Test {
 protected:
  const Whole& WholeFor(uint64_t seed) {
    if (whole_ == nullptr || made_ != seed / kSeedsARun) {
      made_ = seed / kSeedsARun;
      whole_ = MakeWhole(made_);
    }
    return *whole_;
  }

  // Opens what is there and compares what it says; counts how it went.
  std::string Judge(ScriptedRun* run, const Damage& damage) {
    const absl::Status opened = run->Open();
    if (!opened.ok()) {
      ++refused_;
      if (NamesTheDamage(opened, damage.path)) return "";
      return absl::StrCat(damage.Describe(), ", and the error doesn't say so: ", opened.ToString(),
                          "\n");
    }
    const std::string wrong = CheckAnswers(run->store(), kTimeline, run->journal());
    if (!wrong.empty()) return absl::StrCat(damage.Describe(), ": ", wrong);
    if (CheckStore(run->store(), kTimeline, run->journal()).empty()) {
      ++harmless_;
    } else {
      ++noticed_;
    }
    return "";
  }

  std::string Summary() const {
    return absl::StrCat(refused_, " refused, ", noticed_, " noticed on reading, ", harmless_,
                        " harmless");
  }

 private:
  std::unique_ptr<Whole> whole_;
  uint64_t made_ = 0;
  uint64_t refused_ = 0;
  uint64_t noticed_ = 0;
  uint64_t harmless_ = 0;
};

TEST_F(DamagedFilesTest, ClosedStore) {
  const auto round = [&](uint64_t seed) -> std::string {
    const Whole& whole = WholeFor(seed);
    testing::TemporaryDirectory folder;
    whole.image.WriteTo(folder.path());
    model::Random random(seed);
    const Damage damage = DamageOne(folder.path(), &random);
    FaultyDisk disk(folder.path());
    ScriptedRun run(folder.path() + "/store", seed, &disk);
    run.Inherit(whole.journal);
    return Judge(&run, damage);
  };
  RunRounds("damage-closed", RoundsOr(150), round, [&] { return Summary(); });
}

TEST_F(DamagedFilesTest, OpenStore) {
  const auto round = [&](uint64_t seed) -> std::string {
    const Whole& whole = WholeFor(seed);
    testing::TemporaryDirectory folder;
    whole.image.WriteTo(folder.path());
    model::Random random(seed);
    FaultyDisk disk(folder.path());
    ScriptedRun run(folder.path() + "/store", seed, &disk);
    run.Inherit(whole.journal);
    const absl::Status opened = run.Open();
    if (!opened.ok()) return opened.ToString() + "\n";
    const Damage damage = DamageOne(folder.path(), &random);
    std::string wrong = CheckAnswers(run.store(), kTimeline, run.journal());
    if (!wrong.empty()) return absl::StrCat("while open, ", damage.Describe(), ": ", wrong);
    run.GoOn().IgnoreError();  // What it acknowledges, it must account for.
    run.Close();
    wrong = Judge(&run, damage);
    return wrong.empty() ? "" : "closed again: " + wrong;
  };
  RunRounds("damage-open", RoundsOr(150), round, [&] { return Summary(); });
}

}  // namespace
}  // namespace annals::recovery
