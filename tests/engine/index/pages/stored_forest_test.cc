// The forest in a database: reopened, and after a crash.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/index/forest/dominance_forest.h"
#include "engine/index/pages/database_page_store.h"
#include "engine/index/pages/page_cache.h"
#include "engine/storage/database.h"
#include "engine/storage/family.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/forest/naive_forest.h"
#include "tests/engine/index/forest/streams.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::forest {
namespace {

using ::annals::testing::ReadFile;
using ::annals::testing::TemporaryDirectory;
using ::annals::testing::WalFiles;
using ::annals::testing::WriteFile;
using storage::Batch;
using storage::Database;
using storage::Durability;
using storage::Family;

// Parts so small that a few thousand points fill every level, and a cache that
// has room for a part of them.
constexpr ForestOptions kTiny = {
    .measures = 2,
    .merges = {.fan = 3, .tail_points = 16, .stored_points = 64},
    .shape = {.page_entries = 8, .leaf_points_log2 = 2, .flat_leaves = 8}};
constexpr size_t kCacheBytes = 40'000;

// A forest and its owner, which keeps the manifest in the same database.
class StoredForest {
 public:
  explicit StoredForest(const std::string& folder) : cache_(kCacheBytes) {
    auto database = Database::Open(folder, /*create_if_missing=*/true, {});
    EXPECT_OK(database.status());
    database_ = *std::move(database);
    pages_.emplace(database_.get(), &cache_, "forest/");
    const auto bytes = database_->Get(Family::kContributions, "manifest");
    EXPECT_OK(bytes.status());
    Manifest manifest;
    if (*bytes) {
      const auto decoded = Manifest::Decode(**bytes);
      EXPECT_OK(decoded.status());
      manifest = *decoded;
    }
    auto forest = DominanceForest::Open(kTiny, &*pages_, manifest);
    EXPECT_OK(forest.status());
    forest_ = *std::move(forest);
  }

  DominanceForest& forest() { return *forest_; }
  Database& database() { return *database_; }
  const PageCache& cache() const { return cache_; }

  void Commit() {
    const Manifest manifest = forest_->manifest();
    Batch batch;
    batch.Put(Family::kContributions, "manifest", manifest.Encode());
    ASSERT_OK(database_->Write(std::move(batch), Durability::kBuffered));
    forest_->Committed(manifest.sequence);
  }
  void CatchUp(const NaiveForest& naive) {
    for (size_t i = forest_->Now().points(); i < naive.points().size(); ++i) {
      ASSERT_OK(forest_->Add(naive.points()[i]));
    }
  }

 private:
  PageCache cache_;
  std::unique_ptr<Database> database_;
  std::optional<DatabasePageStore> pages_;
  std::unique_ptr<DominanceForest> forest_;
};

// Compares both on the first `points` points, at some corners.
void ExpectSameAnswers(const Snapshot& snapshot, const NaiveForest& naive, Stream* stream) {
  for (int i = 0; i < 5; ++i) {
    const Corner corner = stream->AnyCorner();
    ASSERT_OK_AND_ASSIGN(const std::vector<GroupSum> all, snapshot.SumAll({}, corner));
    EXPECT_EQ(all, naive.SumAll({}, corner, snapshot.points()));
    const uint32_t group = stream->AnyGroup();
    ASSERT_OK_AND_ASSIGN(const WeightSum sum, snapshot.Sum(group, corner));
    const auto naive_sum = naive.SumAll({group, group}, corner, snapshot.points());
    EXPECT_EQ(sum, naive_sum.empty() ? WeightSum{} : naive_sum[0].sum);
  }
}

class StoredForestTest : public ::testing::TestWithParam<StreamKind> {};

TEST_P(StoredForestTest, AnswersAsTheNaiveSumDoesHoweverOftenItIsReopened) {
  const uint64_t seed = 31;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  TemporaryDirectory folder;
  Stream stream(GetParam(), seed);
  NaiveForest naive(kTiny.measures);
  auto stored = std::make_unique<StoredForest>(folder.path());
  for (int step = 0; step < 3'000; ++step) {
    SCOPED_TRACE(absl::StrCat("step ", step));
    naive.Add(stream.Next());
    ASSERT_OK(stored->forest().Add(naive.points().back()));
    if (stream.Below(6) == 0) {
      ASSERT_OK(stored->forest().MaintainOnce());
    }
    if (stream.Below(400) == 0) {
      ASSERT_OK(stored->forest().Flush());
    }
    if (stream.Below(50) == 0) stored->Commit();
    if (stream.Below(500) == 0) {
      ASSERT_OK(stored->database().Flush());
    }
    if (stream.Below(100) == 0) ExpectSameAnswers(stored->forest().Now(), naive, &stream);
    if (stream.Below(800) == 0) {
      stored.reset();
      stored = std::make_unique<StoredForest>(folder.path());
      stored->CatchUp(naive);
    }
    if (HasFailure()) return;
  }
  for (int i = 0; i < 5; ++i) {
    while (*stored->forest().MaintainOnce()) continue;
    stored->Commit();
  }
  ExpectSameAnswers(stored->forest().Now(), naive, &stream);
  EXPECT_GT(stored->cache().statistics().hits, 0);
  EXPECT_EQ(stored->forest().manifest().runs.size(), 1);
}

INSTANTIATE_TEST_SUITE_P(Streams, StoredForestTest,
                         ::testing::Values(kStreams[3], kStreams[0], kStreams[5], kStreams[11]),
                         [](const auto& info) { return std::string(info.param.name); });

// What a machine that lost its power may leave: the log's last file cut anywhere,
// and files that the database had flushed. Whatever manifest is found must find
// its pages.
TEST(StoredForestCrashTest, ThePagesOfARecoveredManifestAreThere) {
  const uint64_t seed = 7;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  TemporaryDirectory folder;
  Stream stream(kStreams[3], seed);
  NaiveForest naive(kTiny.measures);
  StoredForest stored(folder.path());
  size_t with_runs = 0;
  for (int crash = 0; crash < 20; ++crash) {
    for (int step = 0; step < 100; ++step) {
      naive.Add(stream.Next());
      ASSERT_OK(stored.forest().Add(naive.points().back()));
      ASSERT_OK(stored.forest().MaintainOnce());
      stored.Commit();
    }
    if (crash % 7 == 3) {
      ASSERT_OK(stored.database().Flush());
    }
    TemporaryDirectory copy;
    std::filesystem::copy(folder.path(), copy.path());
    const std::vector<std::string> wals = WalFiles(copy.path());
    if (!wals.empty()) {
      const std::string wal = ReadFile(wals.back());
      WriteFile(wals.back(), wal.substr(0, stream.Below(wal.size() + 1)));
    }
    StoredForest recovered(copy.path());
    SCOPED_TRACE(
        absl::StrCat("crash ", crash, ", recovered points ", recovered.forest().Now().points()));
    with_runs += recovered.forest().manifest().runs.empty() ? 0 : 1;
    ExpectSameAnswers(recovered.forest().Now(), naive, &stream);
    recovered.CatchUp(naive);
    ExpectSameAnswers(recovered.forest().Now(), naive, &stream);
    if (HasFailure()) return;
  }
  EXPECT_GT(with_runs, 10);
}

}  // namespace
}  // namespace annals::forest
