// The forest over a store that fails, and under several threads.
#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/index/forest/dominance_forest.h"
#include "engine/index/forest/memory_page_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/index/forest/naive_forest.h"
#include "tests/engine/index/forest/streams.h"
#include "tests/testing/status_matchers.h"

namespace annals::forest {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

// kept_versions: what is replaced goes at once, so that tests can see it go.
constexpr ForestOptions kTiny = {
    .measures = 2,
    .merges = {.fan = 3, .tail_points = 16, .stored_points = 64},
    .shape = {.page_entries = 8, .leaf_points_log2 = 2, .flat_leaves = 8},
    .kept_versions = 1};

// Passes on to a MemoryPageStore, unless it is told to fail.
class FaultyPageStore : public PageStore {
 public:
  bool fail_writes = false;
  bool fail_reads = false;
  bool fail_deletes = false;
  std::optional<PageKind> damage;  // Pages of this kind come back cut in half.
  std::stop_source* stop_at_write = nullptr;
  int reclaimed = 0;

  absl::Status Write(std::vector<Page> pages) override {
    if (fail_writes) return absl::ResourceExhaustedError("disk full");
    if (stop_at_write != nullptr) stop_at_write->request_stop();
    return sound_.Write(std::move(pages));
  }
  absl::StatusOr<PinnedPages> MultiGet(absl::Span<const PageId> ids, Access access) const override {
    if (fail_reads) return absl::UnavailableError("disk busy");
    auto pinned = sound_.MultiGet(ids, access);
    for (size_t i = 0; pinned.ok() && damage && i < ids.size(); ++i) {
      absl::string_view& page = pinned->pages[i];
      if (ids[i].kind == *damage) page = page.substr(0, page.size() / 2);
    }
    return pinned;
  }
  absl::Status DeleteRun(uint32_t run) override {
    if (fail_deletes) return absl::UnavailableError("disk busy");
    return sound_.DeleteRun(run);
  }
  absl::Status Reclaim() override {
    ++reclaimed;
    return absl::OkStatus();
  }
  absl::Status DeleteRunsExcept(absl::Span<const uint32_t> runs) override {
    return sound_.DeleteRunsExcept(runs);
  }
  MemoryPageStore::Usage usage() const { return sound_.usage(); }

 private:
  MemoryPageStore sound_;
};

class DominanceForestFailureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(forest_, DominanceForest::Open(kTiny, &store_, {}));
  }

  void Fill(size_t points) {
    for (size_t i = 0; i < points; ++i) {
      naive_.Add(stream_.Next());
      ASSERT_OK(forest_->Add(naive_.points().back()));
    }
  }
  void ExpectAllThere() {
    ASSERT_OK_AND_ASSIGN(const std::vector<GroupSum> sums, forest_->Now().SumAll({}, {}));
    EXPECT_EQ(sums, naive_.SumAll({}, {}));
  }

  FaultyPageStore store_;
  std::unique_ptr<DominanceForest> forest_;
  Stream stream_{kStreams[3], 99};
  NaiveForest naive_{kTiny.measures};
};

TEST_F(DominanceForestFailureTest, AFailedMergeChangesNothingAndIsTriedAgain) {
  Fill(1'000);
  store_.fail_writes = true;
  EXPECT_THAT(forest_->MaintainOnce(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("disk full")));
  EXPECT_THAT(forest_->Flush(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("disk full")));
  EXPECT_EQ(forest_->manifest().points(), 0);
  ExpectAllThere();
  Fill(20);
  store_.fail_writes = false;
  ASSERT_OK(forest_->Flush());
  EXPECT_EQ(forest_->manifest().points(), 1'020);
  ExpectAllThere();
}

TEST_F(DominanceForestFailureTest, AFailedReadIsReported) {
  Fill(1'000);
  ASSERT_OK(forest_->Flush());
  store_.fail_reads = true;
  const Corner corner = {.valid = Instant{1'500}, .known = Instant{1'500}};
  EXPECT_THAT(forest_->Now().Sum(3, corner),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("disk busy")));
  EXPECT_THAT(forest_->Now().SumAll({}, corner),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("disk busy")));
}

TEST_F(DominanceForestFailureTest, ADamagedPageIsDataLossAndSaysWhere) {
  Fill(1'000);
  ASSERT_OK(forest_->Flush());
  const Corner corner = {.valid = Instant{1'500}, .known = Instant{1'500}};
  for (const auto& [kind, name] :
       {std::pair(PageKind::kTop, "top"), {PageKind::kNode, "node"}, {PageKind::kLeaf, "leaf"}}) {
    store_.damage = kind;
    EXPECT_THAT(
        forest_->Now().Sum(3, corner),
        StatusIs(absl::StatusCode::kDataLoss, HasSubstr(absl::StrCat(", ", name, " page "))));
  }
  store_.damage = PageKind::kFences;
  EXPECT_THAT(DominanceForest::Open(kTiny, &store_, forest_->manifest()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("malformed fences")));
}

TEST_F(DominanceForestFailureTest, AFailedDeletionIsTriedAgain) {
  for (int i = 0; i < 3; ++i) {
    Fill(64);
    ASSERT_OK(forest_->Flush());
  }
  ASSERT_OK(forest_->MaintainOnce());
  forest_->Committed(forest_->manifest().sequence);
  store_.fail_deletes = true;
  EXPECT_THAT(forest_->MaintainOnce(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("disk busy")));
  store_.fail_deletes = false;
  ASSERT_OK(forest_->MaintainOnce());
  EXPECT_EQ(store_.usage().runs, 1);
  ExpectAllThere();
}

TEST_F(DominanceForestFailureTest, AStoppedMergeChangesNothingAndLeavesNothing) {
  for (int i = 0; i < 3; ++i) {
    Fill(64);
    ASSERT_OK(forest_->Flush());
  }
  const Manifest before = forest_->manifest();
  std::stop_source stop;
  store_.stop_at_write = &stop;
  EXPECT_THAT(forest_->MaintainOnce(stop.get_token()),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("told to stop")));
  store_.stop_at_write = nullptr;
  EXPECT_EQ(store_.usage().runs, 4) << "it had begun to write";
  EXPECT_EQ(forest_->manifest().runs, before.runs);
  ExpectAllThere();
  EXPECT_THAT(forest_->MaintainOnce(stop.get_token()),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("told to stop")));
  EXPECT_EQ(store_.usage().runs, 3) << "what it had written is deleted";
  EXPECT_THAT(forest_->MaintainOnce(), IsOkAndHolds(true));
  EXPECT_EQ(forest_->manifest().runs.size(), 1);
  ExpectAllThere();
}

TEST_F(DominanceForestFailureTest, ReclaimsOnceWhenItIsIdle) {
  for (int i = 0; i < 3; ++i) {
    Fill(64);
    ASSERT_OK(forest_->Flush());
  }
  EXPECT_THAT(forest_->MaintainOnce(), IsOkAndHolds(true));
  forest_->Committed(forest_->manifest().sequence);
  EXPECT_THAT(forest_->MaintainOnce(), IsOkAndHolds(false));
  EXPECT_EQ(store_.usage().runs, 1);
  EXPECT_EQ(store_.reclaimed, 0) << "more may come";
  for (int i = 0; i < 3; ++i) EXPECT_THAT(forest_->MaintainOnce(), IsOkAndHolds(false));
  EXPECT_EQ(store_.reclaimed, 1);
}

// One thread adds and flushes, one merges, two ask: each snapshot must hold a
// prefix of the stream, whole.
TEST(DominanceForestThreadsTest, QuestionsSeeAPrefixOfTheStream) {
  MemoryPageStore store;
  ForestOptions options = kTiny;
  options.kept_versions = 8;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<DominanceForest> forest,
                       DominanceForest::Open(options, &store, {}));
  constexpr int64_t kPoints = 6'000;
  std::atomic<bool> done = false;
  std::thread merger([&] {
    while (!done) {
      EXPECT_THAT(forest->MaintainOnce(), IsOk());
      forest->Committed(forest->manifest().sequence);
    }
  });
  std::vector<std::thread> askers;
  askers.reserve(2);
  for (int i = 0; i < 2; ++i) {
    askers.emplace_back([&, i] {
      while (!done) {
        const Snapshot snapshot = forest->Now();
        const auto sums = snapshot.SumAll({}, {});
        ASSERT_THAT(sums, IsOk());
        absl::int128 points = 0;
        for (const GroupSum& sum : *sums) points += sum.sum[0];
        EXPECT_EQ(points, snapshot.points());
        // Point i became known at i.
        const auto known = static_cast<int64_t>(snapshot.points() / 2);
        const auto half = snapshot.Sweep(1, {{.known = Instant{known - 1}}, {}});
        ASSERT_THAT(half, IsOk());
        EXPECT_EQ((*half)[0][0], known / 4 + (known % 4 > 1 ? 1 : 0));
        const std::optional<Snapshot> earlier = forest->At(snapshot.points() - i);
        if (!earlier) continue;
        const auto all = earlier->SumAll({}, {});
        ASSERT_THAT(all, IsOk());
        absl::int128 earlier_points = 0;
        for (const GroupSum& sum : *all) earlier_points += sum.sum[0];
        EXPECT_EQ(earlier_points, snapshot.points() - i);
      }
    });
  }
  for (int64_t i = 0; i < kPoints; ++i) {
    EXPECT_THAT(
        forest->Add(
            {static_cast<uint32_t>(i % 4), Instant{i * 7'919 % kPoints}, Instant{i}, {1, i}}),
        IsOk());
    if (i % 1'000 == 999) {
      EXPECT_THAT(forest->Flush(), IsOk());
    }
  }
  done = true;
  merger.join();
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(forest->Now().points(), kPoints);
}

}  // namespace
}  // namespace annals::forest
