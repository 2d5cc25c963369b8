// Database::Purge: what was deleted or replaced is in no file any more.
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/storage/database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/file_search.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::storage {
namespace {

using ::absl::StatusCode;
using ::annals::testing::FilesWith;
using ::annals::testing::Incompressible;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

constexpr size_t kValueBytes = 2'000;

class PurgeTest : public ::testing::TestWithParam<Family> {
 protected:
  PurgeTest() {
    auto opened = Database::Open(folder_.path(), /*create_if_missing=*/true, {});
    EXPECT_OK(opened);
    database_ = *std::move(opened);
  }

  // Keys are bytes of their own, since a table's keys stand in other files too.
  static std::string Key(uint32_t number) { return absl::StrCat("k", number, InKey(number)); }
  static std::string InKey(uint32_t number) { return Incompressible(40, 1'000 + number); }
  static std::string Value(uint32_t number) { return Incompressible(kValueBytes, number); }

  void Put(uint32_t number, const std::string& value) {
    Batch batch;
    batch.Put(GetParam(), Key(number), value);
    ASSERT_OK(database_->Write(std::move(batch), Durability::kSynced));
  }
  void Delete(uint32_t number) {
    Batch batch;
    batch.Delete(GetParam(), Key(number));
    ASSERT_OK(database_->Write(std::move(batch), Durability::kSynced));
  }
  absl::Status Purge(std::chrono::milliseconds patience = std::chrono::seconds(30)) {
    Batch done;
    done.Put(Family::kMeta, "purged", "yes");
    return database_->Purge({{GetParam(), "", std::string(8, '\xff')}}, std::move(done), patience);
  }
  std::vector<std::string> Where(const std::string& bytes) {
    return FilesWith(folder_.path(), bytes);
  }

  testing::TemporaryDirectory folder_;
  std::unique_ptr<Database> database_;
};

TEST_P(PurgeTest, LeavesNoTraceOfWhatWasReplacedOrDeleted) {
  for (uint32_t number = 0; number < 20; ++number) Put(number, Value(number));
  ASSERT_OK(Purge());
  // All in tables by now, and uncompressed: otherwise the search would prove nothing.
  ASSERT_THAT(Where(Value(7)), Not(IsEmpty()));
  ASSERT_THAT(Where(Value(19)), Not(IsEmpty()));
  ASSERT_THAT(Where(InKey(19)), Not(IsEmpty()));
  for (uint32_t number = 20; number < 40; ++number) Put(number, Value(number));
  ASSERT_THAT(Where(Value(33)), Not(IsEmpty()));

  Put(7, "new");
  Delete(19);
  Put(33, "new");
  ASSERT_OK(Purge());
  for (const uint32_t gone : {7, 19, 33}) EXPECT_THAT(Where(Value(gone)), IsEmpty()) << gone;
  EXPECT_THAT(Where(InKey(19)), IsEmpty());
  EXPECT_THAT(Where(Value(8)), Not(IsEmpty()));
  EXPECT_THAT(database_->Get(GetParam(), Key(7)), IsOkAndHolds(Optional(std::string("new"))));
  EXPECT_THAT(database_->Get(GetParam(), Key(8)), IsOkAndHolds(Optional(Value(8))));
  EXPECT_THAT(database_->CountKeys(GetParam()), IsOkAndHolds(39));
}

// The key is the first of its file, and stands in the manifest's entry for it.
TEST_P(PurgeTest, LeavesNoKeyInTheManifest) {
  Put(0, Value(0));
  ASSERT_OK(Purge());
  ASSERT_THAT(Where(InKey(0)), ::testing::Contains(HasSubstr("MANIFEST")));
  Delete(0);
  ASSERT_OK(Purge());
  EXPECT_THAT(Where(InKey(0)), IsEmpty());
}

TEST_P(PurgeTest, WaitsForReadersAndSaysWhenItHasWaitedInVain) {
  Put(1, Value(1));
  ASSERT_OK(Purge());
  {
    Cursor reader = database_->Scan(GetParam(), "", "");
    reader.SeekToFirst();
    Delete(1);
    EXPECT_THAT(Purge(std::chrono::milliseconds(50)),
                StatusIs(StatusCode::kUnavailable, HasSubstr("a reader still holds")));
    EXPECT_THAT(Where(Value(1)), Not(IsEmpty()));
  }
  ASSERT_OK(Purge());
  EXPECT_THAT(Where(Value(1)), IsEmpty());
}

// RocksDB leaves files that a lookup was the last to use for whatever it does next in
// the background, which in an idle store is nothing.
TEST_P(PurgeTest, NeedsNoMoreThanThatLookupsEnd) {
  for (uint32_t number = 0; number < 50; ++number) Put(number, Value(number));
  std::vector<std::jthread> askers;
  for (int asker = 0; asker < 3; ++asker) {
    askers.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) EXPECT_OK(database_->Get(GetParam(), Key(7)));
    });
  }
  for (uint32_t number = 10; number < 15; ++number) {
    Delete(number);
    ASSERT_OK(Purge(std::chrono::seconds(10)));
    EXPECT_THAT(Where(Value(number)), IsEmpty());
  }
}

TEST_P(PurgeTest, MarkIsWrittenOnlyWhenAllIsGone) {
  Put(1, Value(1));
  ASSERT_OK(Purge());
  EXPECT_THAT(database_->Get(Family::kMeta, "purged"), IsOkAndHolds(Optional(std::string("yes"))));
  Batch again;
  again.Delete(Family::kMeta, "purged");
  ASSERT_OK(database_->Write(std::move(again), Durability::kSynced));
  Cursor reader = database_->Scan(GetParam(), "", "");
  reader.SeekToFirst();
  Delete(1);
  ASSERT_THAT(Purge(std::chrono::milliseconds(1)),
              StatusIs(StatusCode::kUnavailable, HasSubstr("reader")));
  EXPECT_THAT(database_->Get(Family::kMeta, "purged"),
              IsOkAndHolds(::testing::Eq(std::optional<std::string>())));
}

// kPages keeps large values in files of their own.
INSTANTIATE_TEST_SUITE_P(Families, PurgeTest,
                         ::testing::Values(Family::kLog, Family::kContributions, Family::kPages),
                         [](const auto& info) {
                           return std::string(info.param == Family::kLog     ? "Log"
                                              : info.param == Family::kPages ? "Pages"
                                                                             : "Contributions");
                         });

}  // namespace
}  // namespace annals::storage
