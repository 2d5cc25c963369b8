#include "engine/index/pages/database_page_store.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/index/pages/page_cache.h"
#include "engine/storage/database.h"
#include "engine/storage/family.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::forest {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::annals::testing::TemporaryDirectory;
using storage::Database;
using storage::Family;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

PageId Top(uint32_t run, uint32_t index) { return {run, PageKind::kTop, index}; }

class DatabasePageStoreTest : public ::testing::Test {
 protected:
  DatabasePageStoreTest() { Reopen(); }

  void Reopen() {
    store_.reset();
    cache_.reset();
    database_.reset();
    auto database = Database::Open(folder_.path(), /*create_if_missing=*/true, {});
    EXPECT_OK(database.status());
    database_ = *std::move(database);
    cache_ = std::make_unique<PageCache>(cache_bytes_);
    store_ = std::make_unique<DatabasePageStore>(database_.get(), cache_.get(), "forest/");
  }

  std::vector<std::string> Pages(const std::vector<PageId>& ids, Access access = Access::kQuery) {
    const auto pinned = store_->MultiGet(ids, access);
    EXPECT_OK(pinned.status());
    if (!pinned.ok()) return {};
    return {pinned->pages.begin(), pinned->pages.end()};
  }
  absl::StatusCode CodeOf(PageId id) {
    return store_->MultiGet({&id, 1}, Access::kQuery).status().code();
  }

  TemporaryDirectory folder_;
  size_t cache_bytes_ = 1 << 20;
  std::unique_ptr<Database> database_;
  std::unique_ptr<PageCache> cache_;
  std::unique_ptr<DatabasePageStore> store_;
};

TEST_F(DatabasePageStoreTest, KeysAreThePrefixRunKindAndIndex) {
  ASSERT_OK(store_->Write({{{0x01020304, PageKind::kLeaf, 0x0A0B0C0D}, "leaf"}}));
  EXPECT_THAT(database_->Get(Family::kPages, std::string("forest/\1\2\3\4\2\n\v\f\r")),
              IsOkAndHolds(Optional(std::string("leaf"))));
}

TEST_F(DatabasePageStoreTest, ReadsWhatWasWrittenAndAgainAfterReopening) {
  const std::string large(3'000'000, 'x');
  ASSERT_OK(store_->Write({{Top(1, 0), "a"}, {Top(1, 1), large}, {Top(300, 0), "c"}}));
  ASSERT_OK(store_->Write({{Top(1, 0), "replaced"}}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Pages({Top(300, 0), Top(1, 0), Top(1, 1), Top(1, 0)}),
                ElementsAre("c", "replaced", large, "replaced"));
    Reopen();
  }
}

TEST_F(DatabasePageStoreTest, QueriesFillTheCacheAndMergesDont) {
  ASSERT_OK(store_->Write({{Top(1, 0), "a"}, {Top(1, 1), "b"}}));
  EXPECT_THAT(Pages({Top(1, 0), Top(1, 1)}, Access::kMerge), ElementsAre("a", "b"));
  EXPECT_EQ(cache_->statistics().bytes, 0);
  EXPECT_THAT(Pages({Top(1, 1)}), ElementsAre("b"));
  EXPECT_EQ(cache_->statistics().hits, 0);
  EXPECT_THAT(Pages({Top(1, 0), Top(1, 1)}), ElementsAre("a", "b"));
  EXPECT_EQ(cache_->statistics().hits, 1);
}

TEST_F(DatabasePageStoreTest, PagesThatTheCacheHasNoRoomForAreReadAllTheSame) {
  cache_bytes_ = 1'000;
  Reopen();
  const std::string large(5'000, 'x');
  ASSERT_OK(store_->Write({{Top(1, 0), large}, {Top(1, 1), "b"}}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Pages({Top(1, 0), Top(1, 1)}), ElementsAre(large, "b"));
  }
}

TEST_F(DatabasePageStoreTest, MissingPageIsDataLossAndNamed) {
  ASSERT_OK(store_->Write({{Top(1, 0), "a"}}));
  EXPECT_THAT(store_->MultiGet(std::vector<PageId>{Top(1, 0), Top(1, 7)}, Access::kQuery),
              StatusIs(StatusCode::kDataLoss, HasSubstr("page 7 of kind 0 of run 1 is missing (key "
                                                        "666f726573742f000000010000000007)")));
}

TEST_F(DatabasePageStoreTest, DeletedRunsAreGoneFromTheCacheAsWell) {
  ASSERT_OK(store_->Write({{Top(1, 0), "a"}, {Top(2, 0), "b"}, {Top(3, 0), "c"}}));
  EXPECT_THAT(Pages({Top(1, 0), Top(2, 0), Top(3, 0)}), ElementsAre("a", "b", "c"));
  ASSERT_OK(store_->DeleteRun(2));
  EXPECT_EQ(CodeOf(Top(2, 0)), StatusCode::kDataLoss);
  EXPECT_THAT(Pages({Top(1, 0), Top(3, 0)}), ElementsAre("a", "c"));
}

TEST_F(DatabasePageStoreTest, DeletesAllRunsButThoseNamed) {
  std::vector<Page> pages;
  const std::vector<uint32_t> runs = {0, 1, 5, 6, 0xFFFFFFFF};
  for (const uint32_t run : runs) {
    for (uint32_t index = 0; index < 3; ++index) {
      pages.push_back({Top(run, index), "page"});
      pages.push_back({{run, PageKind::kFences, index}, "fences"});
    }
  }
  ASSERT_OK(store_->Write(pages));
  DatabasePageStore neighbour(database_.get(), cache_.get(), "forest0");
  ASSERT_OK(neighbour.Write({{Top(1, 0), "neighbour's"}}));
  for (const uint32_t run : runs) Pages({Top(run, 0)});
  ASSERT_OK(store_->DeleteRunsExcept({6, 1}));
  EXPECT_THAT(Pages({Top(1, 2), Top(6, 0)}), ElementsAre("page", "page"));
  for (const uint32_t run : {0u, 5u, 0xFFFFFFFFu}) {
    EXPECT_EQ(CodeOf(Top(run, 0)), StatusCode::kDataLoss);
  }
  EXPECT_OK(neighbour.MultiGet(std::vector<PageId>{Top(1, 0)}, Access::kQuery).status());
  ASSERT_OK(store_->DeleteRunsExcept({}));
  EXPECT_EQ(CodeOf(Top(1, 2)), StatusCode::kDataLoss);
  EXPECT_OK(neighbour.MultiGet(std::vector<PageId>{Top(1, 0)}, Access::kQuery).status());
}

TEST_F(DatabasePageStoreTest, GivesTheSpaceOfDeletedRunsBack) {
  const auto fill = [&](uint32_t run, uint32_t pages) {
    for (uint32_t i = 0; i < pages; ++i) {
      ASSERT_OK(store_->Write({{Top(run, i), std::string(4'000, 'x')}}));
    }
    ASSERT_OK(database_->Flush());
  };
  fill(1, 100);
  fill(2, 10);
  ASSERT_OK(store_->DeleteRun(1));
  EXPECT_GT(*database_->SizeBytes(Family::kPages), 400'000);
  ASSERT_OK(store_->Reclaim());
  EXPECT_LT(*database_->SizeBytes(Family::kPages), 100'000);
  EXPECT_THAT(Pages({Top(2, 9)}), ElementsAre(std::string(4'000, 'x')));
}

TEST_F(DatabasePageStoreTest, StoresOfOneCacheDontSeeEachOthersPages) {
  DatabasePageStore neighbour(database_.get(), cache_.get(), "neighbour/");
  ASSERT_OK(store_->Write({{Top(1, 0), "mine"}}));
  ASSERT_OK(neighbour.Write({{Top(1, 0), "neighbour's"}}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Pages({Top(1, 0)}), ElementsAre("mine"));
    ASSERT_OK_AND_ASSIGN(const PinnedPages pinned,
                         neighbour.MultiGet(std::vector<PageId>{Top(1, 0)}, Access::kQuery));
    EXPECT_THAT(pinned.pages, ElementsAre("neighbour's"));
  }
}

}  // namespace
}  // namespace annals::forest
