#include "engine/storage/database.h"

#include <optional>
#include <string>
#include <vector>

#include "engine/storage/family.h"
#include "engine/storage/rocksdb_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"
#include "tests/testing/write_limit.h"

namespace annals::storage {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::annals::testing::TemporaryDirectory;
using ::annals::testing::WriteLimit;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() { EXPECT_OK(Open()); }

  absl::Status Open(const Database::Options& options = {}) {
    database_.reset();
    auto opened = Database::Open(folder_.path(), /*create_if_missing=*/true, options);
    if (opened.ok()) database_ = *std::move(opened);
    return opened.status();
  }

  absl::Status Put(Family family, const std::string& key, const std::string& value) {
    Batch batch;
    batch.Put(family, key, value);
    return database_->Write(std::move(batch), Durability::kSynced);
  }

  static std::vector<std::string> Keys(Cursor cursor) {
    std::vector<std::string> keys;
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      keys.push_back(std::string(cursor.key()));
    }
    EXPECT_OK(cursor.status());
    return keys;
  }

  TemporaryDirectory folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, KeepsEveryFamilyApart) {
  for (const Family family : kFamilies) {
    ASSERT_OK(Put(family, "key", std::to_string(static_cast<int>(family))));
  }
  ASSERT_OK(Open());
  for (const Family family : kFamilies) {
    EXPECT_THAT(database_->Get(family, "key"),
                IsOkAndHolds(Optional(std::to_string(static_cast<int>(family)))));
    EXPECT_THAT(database_->Get(family, "ke"), IsOkAndHolds(Eq(std::nullopt)));
  }
}

TEST_F(DatabaseTest, BlockCacheLendsUpToThreeQuartersOfItself) {
  ASSERT_OK(Open({.block_cache_bytes = size_t{64} << 20}));
  database_->BorrowFromBlockCache(size_t{8} << 20);
  EXPECT_EQ(database_->block_cache_bytes(), size_t{56} << 20);
  database_->BorrowFromBlockCache(size_t{64} << 20);
  EXPECT_EQ(database_->block_cache_bytes(), size_t{16} << 20);
  database_->BorrowFromBlockCache(0);
  EXPECT_EQ(database_->block_cache_bytes(), size_t{64} << 20);
}

TEST_F(DatabaseTest, BatchIsAppliedWholeAndInOrder) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put(Family::kLog, "a", "1");
  batch.Put(Family::kLog, "b", "2");
  batch.Put(Family::kMeta, "a", std::string("\0x", 2));
  batch.Delete(Family::kLog, "b");
  batch.Put(Family::kLog, "a", "3");
  batch.Put(Family::kLog, "", "");
  EXPECT_FALSE(batch.empty());
  EXPECT_EQ(batch.bytes(), 10);
  ASSERT_OK(database_->Write(std::move(batch), Durability::kBuffered));
  EXPECT_THAT(database_->MultiGet(Family::kLog, {"b", "a", "", "c"}),
              IsOkAndHolds(ElementsAre(Eq(std::nullopt), Optional(Eq("3")), Optional(Eq("")),
                                       Eq(std::nullopt))));
  EXPECT_THAT(database_->Get(Family::kMeta, "a"), IsOkAndHolds(Optional(std::string("\0x", 2))));
  EXPECT_THAT(database_->MultiGet(Family::kLog, {}), IsOkAndHolds(IsEmpty()));
}

TEST_F(DatabaseTest, RangesAreHalfOpen) {
  for (const std::string key : {"a", "b", "c", "d"}) ASSERT_OK(Put(Family::kTypes, key, ""));
  EXPECT_THAT(Keys(database_->Scan(Family::kTypes, "b", "d")), ElementsAre("b", "c"));
  EXPECT_THAT(Keys(database_->Scan(Family::kTypes, "", "")), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Keys(database_->Scan(Family::kTypes, "c", "")), ElementsAre("c", "d"));
  EXPECT_THAT(Keys(database_->Scan(Family::kTypes, "b", "b")), IsEmpty());
  Batch batch;
  batch.DeleteRange(Family::kTypes, "b", "d");
  ASSERT_OK(database_->Write(std::move(batch), Durability::kSynced));
  EXPECT_THAT(Keys(database_->Scan(Family::kTypes, "", "")), ElementsAre("a", "d"));
}

TEST_F(DatabaseTest, CursorMovesBothWaysAndStaysInItsRange) {
  for (const std::string key : {"a", "b", "c", "d"}) ASSERT_OK(Put(Family::kTypes, key, "v" + key));
  Cursor cursor = database_->Scan(Family::kTypes, "b", "d");
  cursor.SeekToLast();
  ASSERT_TRUE(cursor.Valid());
  EXPECT_EQ(cursor.key(), "c");
  EXPECT_EQ(cursor.value(), "vc");
  cursor.Previous();
  EXPECT_EQ(cursor.key(), "b");
  cursor.Previous();
  EXPECT_FALSE(cursor.Valid());
  EXPECT_OK(cursor.status());
  cursor.Seek("bb");
  EXPECT_EQ(cursor.key(), "c");
  cursor.SeekForPrevious("bb");
  EXPECT_EQ(cursor.key(), "b");
  cursor.Seek("d");
  EXPECT_FALSE(cursor.Valid());
}

TEST_F(DatabaseTest, CursorSeesWhatWasThereWhenItWasMade) {
  ASSERT_OK(Put(Family::kTypes, "a", ""));
  Cursor cursor = database_->Scan(Family::kTypes, "", "");
  ASSERT_OK(Put(Family::kTypes, "b", ""));
  EXPECT_THAT(Keys(std::move(cursor)), ElementsAre("a"));
}

TEST_F(DatabaseTest, CountsKeysInMemoryAndInFiles) {
  EXPECT_THAT(database_->CountKeys(Family::kLog), IsOkAndHolds(0));
  ASSERT_OK(Put(Family::kLog, "a", ""));
  ASSERT_OK(database_->Flush());
  ASSERT_OK(Put(Family::kLog, "b", ""));
  ASSERT_OK(Put(Family::kTypes, "c", ""));
  EXPECT_THAT(database_->CountKeys(Family::kLog), IsOkAndHolds(2));
  ASSERT_OK(Open());
  EXPECT_THAT(database_->CountKeys(Family::kLog), IsOkAndHolds(2));
}

TEST_F(DatabaseTest, SizeGrowsWithWhatIsStored) {
  ASSERT_OK_AND_ASSIGN(const uint64_t before, database_->SizeBytes(Family::kLog));
  ASSERT_OK(Put(Family::kLog, "a", std::string(100'000, 'x')));
  ASSERT_OK_AND_ASSIGN(const uint64_t after, database_->SizeBytes(Family::kLog));
  EXPECT_GE(after, before + 100'000);
}

TEST_F(DatabaseTest, ReadOnlyDatabaseReadsWhatIsInTheLogAndRefusesWrites) {
  ASSERT_OK(Put(Family::kLog, "a", "1"));
  ASSERT_OK(Open({.read_only = true}));
  EXPECT_THAT(database_->Get(Family::kLog, "a"), IsOkAndHolds(Optional(Eq("1"))));
  EXPECT_THAT(database_->CountKeys(Family::kLog), IsOkAndHolds(1));
  EXPECT_THAT(Put(Family::kLog, "b", "2"),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("read only")));
}

// As a program from before there was the family left it, once `missing` is one of
// the last.
void DropFamily(const std::string& folder, Family missing) {
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, folder, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::Options());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, folder, families, &handles, &db).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (handle->GetName() == NameOf(missing)) {
      EXPECT_TRUE(db->DropColumnFamily(handle).ok());
    }
    EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  delete db;
}

TEST_F(DatabaseTest, StoreOlderThanTheTilesGetsThem) {
  ASSERT_OK(Put(Family::kPages, "p", "page"));
  database_.reset();
  DropFamily(folder_.path(), Family::kTiles);
  ASSERT_OK(Open({.read_only = true}));
  EXPECT_THAT(database_->Get(Family::kPages, "p"), IsOkAndHolds(Optional(Eq("page"))));
  EXPECT_THAT(database_->Get(Family::kTiles, "t"), IsOkAndHolds(Eq(std::nullopt)));
  ASSERT_OK(Open({}));
  ASSERT_OK(Put(Family::kTiles, "t", "tile"));
  ASSERT_OK(Open({}));
  EXPECT_THAT(database_->Get(Family::kTiles, "t"), IsOkAndHolds(Optional(Eq("tile"))));
}

TEST_F(DatabaseTest, StoreOlderThanThePagesGetsThem) {
  ASSERT_OK(Put(Family::kLog, "a", "1"));
  database_.reset();
  DropFamily(folder_.path(), Family::kTiles);
  DropFamily(folder_.path(), Family::kPages);
  const auto reopen = [&](bool read_only) {
    database_.reset();
    auto opened =
        Database::Open(folder_.path(), /*create_if_missing=*/false, {.read_only = read_only});
    ASSERT_OK(opened.status());
    database_ = *std::move(opened);
  };
  reopen(/*read_only=*/true);
  EXPECT_THAT(database_->Get(Family::kLog, "a"), IsOkAndHolds(Optional(Eq("1"))));
  EXPECT_THAT(database_->Get(Family::kPages, "a"), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(database_->MultiGet(Family::kPages, {"a"}),
              IsOkAndHolds(ElementsAre(Eq(std::nullopt))));
  EXPECT_THAT(Keys(database_->Scan(Family::kPages, "", "")), IsEmpty());
  EXPECT_THAT(database_->CountKeys(Family::kPages), IsOkAndHolds(0));
  EXPECT_THAT(database_->SizeBytes(Family::kPages), IsOkAndHolds(0));
  reopen(/*read_only=*/false);
  ASSERT_OK(Put(Family::kPages, "p", "page"));
  reopen(/*read_only=*/true);
  EXPECT_THAT(database_->Get(Family::kLog, "a"), IsOkAndHolds(Optional(Eq("1"))));
  EXPECT_THAT(database_->Get(Family::kPages, "p"), IsOkAndHolds(Optional(Eq("page"))));
}

TEST_F(DatabaseTest, AnyOtherMissingFamilyIsDataLoss) {
  database_.reset();
  DropFamily(folder_.path(), Family::kPages);  // Newer ones are there.
  EXPECT_THAT(Database::Open(folder_.path(), /*create_if_missing=*/false, {}),
              StatusIs(StatusCode::kDataLoss, HasSubstr("Column family not found")));
  DropFamily(folder_.path(), Family::kTypes);
  EXPECT_THAT(Database::Open(folder_.path(), /*create_if_missing=*/false, {}),
              StatusIs(StatusCode::kDataLoss, HasSubstr("Column family not found")));
}

TEST_F(DatabaseTest, LongPagesAreReadScannedAndVerifiedFromTheirFiles) {
  const std::string page(4'000, 'p');
  for (const std::string key : {"a", "b", "c"}) ASSERT_OK(Put(Family::kPages, key, page + key));
  ASSERT_OK(database_->Flush());
  ASSERT_OK(Open());
  EXPECT_THAT(
      database_->MultiGet(Family::kPages, {"c", "a", "x"}),
      IsOkAndHolds(ElementsAre(Optional(page + "c"), Optional(page + "a"), Eq(std::nullopt))));
  EXPECT_THAT(Keys(database_->Scan(Family::kPages, "", "")), ElementsAre("a", "b", "c"));
  ASSERT_OK_AND_ASSIGN(const uint64_t bytes, database_->SizeBytes(Family::kPages));
  EXPECT_GE(bytes, 3 * page.size());
  EXPECT_OK(database_->VerifyChecksums());
}

TEST_F(DatabaseTest, MissingDatabaseIsNotFound) {
  EXPECT_THAT(Database::Open(folder_.path() + "/nowhere", false, {}),
              StatusIs(StatusCode::kNotFound, HasSubstr("nowhere")));
}

TEST_F(DatabaseTest, ChecksumsOfSoundFilesAgree) {
  ASSERT_OK(Put(Family::kLog, "a", "1"));
  ASSERT_OK(database_->Flush());
  EXPECT_OK(database_->VerifyChecksums());
}

TEST_F(DatabaseTest, FailedWriteFailsEveryLaterOneUntilReopened) {
  ASSERT_OK(Put(Family::kLog, "a", "1"));
  {
    const WriteLimit limit(/*file_bytes=*/4'096);
    EXPECT_FALSE(Put(Family::kLog, "b", std::string(100'000, 'x')).ok());
  }
  EXPECT_THAT(Put(Family::kLog, "c", "3"),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("open it again")));
  EXPECT_THAT(database_->Get(Family::kLog, "a"), IsOkAndHolds(Optional(Eq("1"))));
  ASSERT_OK(Open());
  EXPECT_THAT(database_->Get(Family::kLog, "a"), IsOkAndHolds(Optional(Eq("1"))));
  EXPECT_THAT(database_->Get(Family::kLog, "c"), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_OK(Put(Family::kLog, "c", "3"));
}

}  // namespace
}  // namespace annals::storage
