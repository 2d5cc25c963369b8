#include "engine/index/forest/dominance_forest.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/index/forest/memory_page_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/forest/naive_forest.h"
#include "tests/engine/index/forest/streams.h"
#include "tests/testing/status_matchers.h"

namespace annals::forest {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Parts so small that a few thousand points fill every level.
ForestOptions TinyOptions(size_t measures) {
  return {.measures = measures,
          .merges = {.fan = 3, .tail_points = 16, .stored_points = 64},
          .shape = {.page_entries = 8, .leaf_points_log2 = 2, .flat_leaves = 8}};
}

std::unique_ptr<DominanceForest> OpenOrDie(const ForestOptions& options, PageStore* store,
                                           const Manifest& manifest = {}) {
  auto forest = DominanceForest::Open(options, store, manifest);
  EXPECT_THAT(forest, IsOk());
  return *std::move(forest);
}

// Compares what both say of the first points, so many.
void ExpectSameAnswersAt(const Snapshot& snapshot, const NaiveForest& naive, uint64_t points,
                         Stream* stream) {
  EXPECT_EQ(snapshot.points(), points);
  const Corner corner = stream->AnyCorner();
  ASSERT_OK_AND_ASSIGN(const std::vector<GroupSum> all, snapshot.SumAll({}, corner));
  EXPECT_EQ(all, naive.SumAll({}, corner, points)) << "of the first " << points << " points";
}

// Compares what both say of one group, of a range, of all and along a sweep.
void ExpectSameAnswers(const Snapshot& snapshot, const NaiveForest& naive, Stream* stream) {
  const Corner corner = stream->AnyCorner();
  const uint32_t group = stream->AnyGroup();
  ASSERT_OK_AND_ASSIGN(const WeightSum sum, snapshot.Sum(group, corner));
  EXPECT_EQ(sum, naive.Sum(group, corner))
      << "group " << group << " at " << corner.valid.micros << ", " << corner.known.micros;
  ASSERT_OK_AND_ASSIGN(const std::vector<GroupSum> all, snapshot.SumAll({}, corner));
  EXPECT_EQ(all, naive.SumAll({}, corner));
  const GroupRange range = {group, group + static_cast<uint32_t>(stream->Below(20))};
  ASSERT_OK_AND_ASSIGN(const std::vector<GroupSum> some, snapshot.SumAll(range, corner));
  EXPECT_EQ(some, naive.SumAll(range, corner)) << "groups " << range.first << "–" << range.last;
  const std::vector<Corner> corners = {stream->AnyCorner(), corner, stream->AnyCorner(), corner};
  ASSERT_OK_AND_ASSIGN(const std::vector<WeightSum> sums, snapshot.Sweep(group, corners));
  for (size_t i = 0; i < corners.size(); ++i) {
    EXPECT_EQ(sums[i], naive.Sum(group, corners[i])) << "corner " << i;
  }
}

class DominanceForestModelTest : public ::testing::TestWithParam<StreamKind> {
 protected:
  // Adds, asks, merges, flushes and reopens at random.
  void Run(const ForestOptions& options, uint64_t seed, size_t steps) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Stream stream(GetParam(), seed);
    NaiveForest naive(options.measures);
    MemoryPageStore store;
    std::unique_ptr<DominanceForest> forest = OpenOrDie(options, &store);
    Manifest committed;
    size_t moments = 0;
    for (size_t step = 0; step < steps; ++step) {
      SCOPED_TRACE(absl::StrCat("step ", step));
      naive.Add(stream.Next());
      ASSERT_OK(forest->Add(naive.points().back()));
      if (stream.Below(6) == 0) {
        ASSERT_OK(forest->MaintainOnce());
      }
      if (stream.Below(400) == 0) {
        ASSERT_OK(forest->Flush());
      }
      if (stream.Below(700) == 0) {
        ASSERT_OK(forest->Compact());
        EXPECT_LE(forest->statistics().run_points.size(), 1);
      }
      if (stream.Below(50) == 0) {
        committed = forest->manifest();
        forest->Committed(committed.sequence);
      }
      if (stream.Below(300) == 0) {
        forest.reset();
        forest = OpenOrDie(options, &store, committed);
        for (size_t i = committed.points(); i < naive.points().size(); ++i) {
          ASSERT_OK(forest->Add(naive.points()[i]));
        }
      }
      if (stream.Below(25) == 0) ExpectSameAnswers(forest->Now(), naive, &stream);
      if (stream.Below(25) == 0) {
        const size_t back = stream.Below(options.merges.tail_points * options.kept_versions);
        const uint64_t points = naive.points().size() - std::min(back, naive.points().size());
        const std::optional<Snapshot> then = forest->At(points);
        if (then) ExpectSameAnswersAt(*then, naive, points, &stream);
        moments += then ? 1 : 0;
      }
      if (HasFailure()) return;
    }
    EXPECT_GT(moments, steps / 50) << "seldom forgotten";
    while (*forest->MaintainOnce()) continue;
    for (int i = 0; i < 50; ++i) ExpectSameAnswers(forest->Now(), naive, &stream);
    EXPECT_EQ(forest->Now().points(), naive.points().size());
  }
};

TEST_P(DominanceForestModelTest, AnswersAsTheNaiveSumDoes) {
  for (uint64_t seed = 1; seed <= 3; ++seed) Run(TinyOptions(kMaxMeasures), seed, 3'000);
}

TEST_P(DominanceForestModelTest, AnswersAsTheNaiveSumDoesWithOneMeasureAndOneLevel) {
  ForestOptions options = TinyOptions(1);
  options.merges.fan = 2;
  options.shape = {.page_entries = 5, .leaf_points_log2 = 3, .flat_leaves = 1'000'000};
  Run(options, 11, 3'000);
}

TEST_P(DominanceForestModelTest, AnswersAsTheNaiveSumDoesAtItsRealSizes) {
  const ForestOptions options = {.measures = 2};
  const uint64_t seed = 21;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  Stream stream(GetParam(), seed);
  NaiveForest naive(options.measures);
  MemoryPageStore store;
  auto forest = OpenOrDie(options, &store);
  // Enough for one run with node pages.
  while (naive.points().size() < 300'000) {
    naive.Add(stream.Next());
    ASSERT_OK(forest->Add(naive.points().back()));
  }
  ASSERT_OK(forest->Flush());
  for (int i = 0; i < 8; ++i) ExpectSameAnswers(forest->Now(), naive, &stream);
}

INSTANTIATE_TEST_SUITE_P(Streams, DominanceForestModelTest, ::testing::ValuesIn(kStreams),
                         [](const auto& info) { return std::string(info.param.name); });

Point At(uint32_t group, int64_t valid, int64_t known, int64_t weight) {
  return {group, Instant{valid}, Instant{known}, {weight}};
}

TEST(DominanceForestTest, EmptyForestHasNothing) {
  MemoryPageStore store;
  auto forest = OpenOrDie(TinyOptions(1), &store);
  ASSERT_OK_AND_ASSIGN(const WeightSum sum, forest->Now().Sum(0, {}));
  EXPECT_EQ(sum, WeightSum{});
  ASSERT_OK_AND_ASSIGN(const std::vector<GroupSum> all, forest->Now().SumAll({}, {}));
  EXPECT_THAT(all, IsEmpty());
  EXPECT_THAT(forest->manifest().runs, IsEmpty());
}

TEST(DominanceForestTest, SumsBeyond64BitsAreExact) {
  MemoryPageStore store;
  auto forest = OpenOrDie(TinyOptions(1), &store);
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  for (int i = 0; i < 500; ++i) ASSERT_OK(forest->Add(At(1, i, 500 - i, kMost)));
  for (int i = 0; i < 500; ++i) ASSERT_OK(forest->Add(At(2, i, 500 - i, kLeast)));
  ASSERT_OK(forest->Flush());
  ASSERT_OK_AND_ASSIGN(const WeightSum most, forest->Now().Sum(1, {}));
  EXPECT_EQ(most[0], absl::int128(kMost) * 500);
  ASSERT_OK_AND_ASSIGN(const WeightSum least, forest->Now().Sum(2, {}));
  EXPECT_EQ(least[0], absl::int128(kLeast) * 500);
  // Valid up to 299, known up to 400: the ones from 100 to 299.
  ASSERT_OK_AND_ASSIGN(const WeightSum some,
                       forest->Now().Sum(1, {.valid = Instant{299}, .known = Instant{400}}));
  EXPECT_EQ(some[0], absl::int128(kMost) * 200);
}

TEST(DominanceForestTest, SnapshotKeepsItsPointsAndItsPages) {
  MemoryPageStore store;
  auto forest = OpenOrDie(TinyOptions(1), &store);
  for (int i = 0; i < 100; ++i) ASSERT_OK(forest->Add(At(1, i, i, 1)));
  ASSERT_OK(forest->Flush());
  for (int i = 0; i < 5; ++i) ASSERT_OK(forest->Add(At(1, i, i, 1)));
  const Snapshot snapshot = forest->Now();
  for (int i = 0; i < 5'000; ++i) ASSERT_OK(forest->Add(At(1, i, i, 1)));
  while (*forest->MaintainOnce()) forest->Committed(forest->manifest().sequence);
  EXPECT_EQ(snapshot.points(), 105);
  ASSERT_OK_AND_ASSIGN(const WeightSum then, snapshot.Sum(1, {}));
  EXPECT_EQ(then[0], 105);
  ASSERT_OK_AND_ASSIGN(const WeightSum now, forest->Now().Sum(1, {}));
  EXPECT_EQ(now[0], 5'105);
}

TEST(DominanceForestTest, ReplacedRunsGoWhenCommittedAndUnused) {
  MemoryPageStore store;
  ForestOptions options = TinyOptions(1);
  options.kept_versions = 1;
  auto forest = OpenOrDie(options, &store);
  const auto stored_runs = [&] { return store.usage().runs; };
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 64; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
    ASSERT_OK(forest->Flush());
  }
  EXPECT_EQ(stored_runs(), 3);
  std::optional<Snapshot> snapshot = forest->Now();
  ASSERT_OK_AND_ASSIGN(const bool merged, forest->MaintainOnce());
  EXPECT_TRUE(merged);
  ASSERT_OK(forest->MaintainOnce());
  EXPECT_EQ(stored_runs(), 4) << "a committed manifest may still name them";
  forest->Committed(forest->manifest().sequence);
  ASSERT_OK(forest->MaintainOnce());
  EXPECT_EQ(stored_runs(), 4) << "a snapshot still reads them";
  snapshot.reset();
  ASSERT_OK(forest->MaintainOnce());
  EXPECT_EQ(stored_runs(), 1);
}

TEST(DominanceForestTest, GoesBackAsManyTailsAsItKeeps) {
  for (const bool merge : {false, true}) {
    MemoryPageStore store;
    ForestOptions options = TinyOptions(1);
    options.kept_versions = 3;
    auto forest = OpenOrDie(options, &store);
    for (int i = 0; i < 100; ++i) {
      ASSERT_OK(forest->Add(At(1, i, i, 1)));
      while (merge && *forest->MaintainOnce()) continue;
    }
    // The tails begin at 96, 80 and 64.
    for (const uint64_t points : {64, 65, 79, 80, 81, 95, 96, 99, 100}) {
      const std::optional<Snapshot> then = forest->At(points);
      ASSERT_TRUE(then.has_value()) << points;
      EXPECT_EQ(then->points(), points);
      ASSERT_OK_AND_ASSIGN(const WeightSum sum, then->Sum(1, {}));
      EXPECT_EQ(sum[0], points);
    }
    for (const uint64_t points : {0, 16, 63, 101}) EXPECT_FALSE(forest->At(points)) << points;
  }
}

TEST(DominanceForestTest, GoesBackAcrossFlushes) {
  MemoryPageStore store;
  auto forest = OpenOrDie(TinyOptions(1), &store);
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK(forest->Add(At(1, i, i, 1)));
    if (i % 7 == 0) {
      ASSERT_OK(forest->Flush());
    }
    if (i == 13) {
      ASSERT_OK(forest->Compact());
    }
  }
  ASSERT_OK(forest->Flush());
  ASSERT_OK(forest->Flush());
  for (uint64_t points = 0; points <= 20; ++points) {
    const std::optional<Snapshot> then = forest->At(points);
    ASSERT_TRUE(then.has_value()) << points;
    ASSERT_OK_AND_ASSIGN(const WeightSum sum, then->Sum(1, {}));
    EXPECT_EQ(sum[0], points);
  }
}

TEST(DominanceForestTest, KeptVersionsGiveWayToNewTails) {
  MemoryPageStore store;
  const ForestOptions options = TinyOptions(1);
  auto forest = OpenOrDie(options, &store);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 64; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
    ASSERT_OK(forest->Flush());
  }
  ASSERT_OK(forest->MaintainOnce());
  forest->Committed(forest->manifest().sequence);
  ASSERT_OK(forest->MaintainOnce());
  EXPECT_GT(store.usage().runs, 1) << "a kept version may be asked";
  for (size_t i = 0; i < options.kept_versions * options.merges.tail_points; ++i) {
    ASSERT_OK(forest->Add(At(1, 0, 0, 1)));
  }
  ASSERT_OK(forest->MaintainOnce());
  forest->Committed(forest->manifest().sequence);
  ASSERT_OK(forest->MaintainOnce());
  EXPECT_EQ(store.usage().runs, forest->manifest().runs.size());
}

TEST(DominanceForestTest, IdleForestHasOneStoredRunAndOneInMemory) {
  MemoryPageStore store;
  auto forest = OpenOrDie(TinyOptions(1), &store);
  const auto maintain = [&] {
    const auto merged = forest->MaintainOnce();
    EXPECT_THAT(merged, IsOk());
    forest->Committed(forest->manifest().sequence);
    return *merged;
  };
  for (int j = 0; j < 128; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  ASSERT_OK(forest->Flush());
  for (int j = 0; j < 64; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  ASSERT_OK(forest->Flush());
  for (int j = 0; j < 40; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  const std::vector<uint64_t> sizes = {128, 64, 16, 16};
  EXPECT_FALSE(maintain());
  EXPECT_EQ(forest->statistics().run_points, sizes) << "nothing is due";
  ASSERT_OK(forest->Add(At(1, 0, 0, 1)));
  EXPECT_FALSE(maintain());
  EXPECT_EQ(forest->statistics().run_points, sizes) << "it isn't idle";
  while (maintain()) continue;
  EXPECT_EQ(forest->statistics().run_points, (std::vector<uint64_t>{192, 32}));
  ASSERT_OK_AND_ASSIGN(const WeightSum sum, forest->Now().Sum(1, {}));
  EXPECT_EQ(sum[0], 233);
  maintain();
  EXPECT_EQ(store.usage().runs, 1) << "kept versions with replaced runs are gone";
  EXPECT_TRUE(forest->At(233));
  EXPECT_FALSE(forest->At(130));
}

TEST(DominanceForestTest, OpeningDeletesWhatNoManifestNames) {
  MemoryPageStore store;
  auto forest = OpenOrDie(TinyOptions(1), &store);
  for (int j = 0; j < 64; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  ASSERT_OK(forest->Flush());
  const Manifest committed = forest->manifest();
  for (int j = 0; j < 64; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  ASSERT_OK(forest->Flush());
  forest.reset();
  EXPECT_EQ(store.usage().runs, 2);
  forest = OpenOrDie(TinyOptions(1), &store, committed);
  EXPECT_EQ(store.usage().runs, 1);
  EXPECT_EQ(forest->Now().points(), 64);
}

TEST(DominanceForestTest, RunsStayFew) {
  MemoryPageStore store;
  const ForestOptions options = TinyOptions(1);
  auto forest = OpenOrDie(options, &store);
  Stream stream(kStreams[3], 5);
  for (int i = 0; i < 40'000; ++i) {
    ASSERT_OK(forest->Add(stream.Next()));
    if (i % 16 == 0) {
      while (*forest->MaintainOnce()) continue;
    }
  }
  // log3(40,000 / 16) is 7.1: levels 0 to 7, two runs each at most.
  EXPECT_LE(forest->statistics().run_points.size(), 16);
}

TEST(DominanceForestTest, CompactRefusesMoreThanTheLargestRun) {
  MemoryPageStore store;
  ForestOptions options = TinyOptions(1);
  options.merges.largest_points = 100;
  auto forest = OpenOrDie(options, &store);
  for (int j = 0; j < 100; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  ASSERT_OK(forest->Compact());
  ASSERT_OK(forest->Add(At(1, 0, 0, 1)));
  EXPECT_THAT(forest->Compact(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          HasSubstr("101 points exceed the largest run of 100")));
}

TEST(DominanceForestTest, OpenRefusesOptionsAndManifestsThatDontFit) {
  MemoryPageStore store;
  EXPECT_THAT(DominanceForest::Open({.measures = 6}, &store, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 to 5 measures, not 6")));
  EXPECT_THAT(DominanceForest::Open({.merges = {.fan = 1}}, &store, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fan of 2")));
  EXPECT_THAT(DominanceForest::Open({.kept_versions = 0}, &store, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one version or more")));
  EXPECT_THAT(
      DominanceForest::Open({.shape = {.leaf_points_log2 = 40}}, &store, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("leaves at most 65536 points")));
  auto forest = OpenOrDie(TinyOptions(2), &store);
  for (int j = 0; j < 10; ++j) ASSERT_OK(forest->Add(At(1, j, j, 1)));
  ASSERT_OK(forest->Flush());
  Manifest manifest = forest->manifest();
  EXPECT_THAT(DominanceForest::Open(TinyOptions(3), &store, manifest),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("2 measures, not 3")));
  manifest.runs[0].points = 11;
  EXPECT_THAT(DominanceForest::Open(TinyOptions(2), &store, manifest),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("the manifest says 11")));
  manifest.runs[0].id = 77;
  EXPECT_THAT(DominanceForest::Open(TinyOptions(2), &store, manifest),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("run 77 is missing")));
}

}  // namespace
}  // namespace annals::forest
