// Why there is a durable head: what RocksDB by itself makes of a damaged log. The
// table is the one in docs/decisions/0002-durable-head.md; damage_test.cc has what
// Annals makes of the same damage.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/temporary_directory.h"

namespace annals::testing {
namespace {

using Mode = rocksdb::WALRecoveryMode;

constexpr int kPuts = 1'000;
constexpr int kRefused = -1;

class PlainRocksDbTest : public ::testing::Test {
 protected:
  // 1,000 puts that were synced, and the files as a killed program leaves them.
  PlainRocksDbTest() {
    rocksdb::DB* opened = nullptr;
    rocksdb::Options options;
    options.create_if_missing = true;
    EXPECT_TRUE(rocksdb::DB::Open(options, folder_.path() + "/live", &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    for (int i = 0; i < kPuts; ++i) {
      EXPECT_TRUE(db->Put(synced, absl::StrCat("key", 10'000 + i), "value").ok());
    }
    std::filesystem::copy(folder_.path() + "/live", left(),
                          std::filesystem::copy_options::recursive);
  }

  std::string left() const { return folder_.path() + "/left"; }

  // How many records there are when a damaged copy is opened in this mode.
  int RecordsAfter(const std::function<void(const std::string& wal)>& damage, Mode mode) {
    const std::string copy = folder_.path() + "/copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(left(), copy, std::filesystem::copy_options::recursive);
    damage(WalFiles(copy).at(0));
    rocksdb::Options options;
    options.wal_recovery_mode = mode;
    options.track_and_verify_wals_in_manifest = true;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, copy, &opened).ok()) return kRefused;
    const std::unique_ptr<rocksdb::DB> db(opened);
    const std::unique_ptr<rocksdb::Iterator> records(db->NewIterator({}));
    int count = 0;
    for (records->SeekToFirst(); records->Valid(); records->Next()) ++count;
    return count;
  }

  // In the order of the table's columns: the default mode first.
  std::vector<int> Row(const std::function<void(const std::string& wal)>& damage) {
    return {RecordsAfter(damage, Mode::kPointInTimeRecovery),
            RecordsAfter(damage, Mode::kTolerateCorruptedTailRecords),
            RecordsAfter(damage, Mode::kAbsoluteConsistency)};
  }

  TemporaryDirectory folder_;
};

TEST_F(PlainRocksDbTest, UndamagedLogIsWhole) {
  EXPECT_EQ(Row([](const std::string&) {}), std::vector<int>({kPuts, kPuts, kPuts}));
}

// The records are of one length, so that the fraction of bytes is one of records;
// the log's blocks take a few bytes too.
TEST_F(PlainRocksDbTest, DefaultModeOpensWithHalfAfterABitFlip) {
  const std::vector<int> row = Row([](const std::string& wal) {
    std::string bytes = ReadFile(wal);
    bytes[bytes.size() / 2] ^= 1;
    WriteFile(wal, bytes);
  });
  EXPECT_NEAR(row[0], kPuts / 2, 2);
  EXPECT_EQ(row[1], kRefused);
  EXPECT_EQ(row[2], kRefused);
}

TEST_F(PlainRocksDbTest, TwoModesOpenWithoutATornLastRecord) {
  const std::vector<int> row = Row([](const std::string& wal) {
    const std::string bytes = ReadFile(wal);
    WriteFile(wal, bytes.substr(0, bytes.size() - 3));
  });
  EXPECT_EQ(row, std::vector<int>({kPuts - 1, kPuts - 1, kRefused}));
}

TEST_F(PlainRocksDbTest, EveryModeOpensWithFiftyAfterACut) {
  const std::vector<int> row = Row([](const std::string& wal) {
    const std::string bytes = ReadFile(wal);
    // Of the first 32 KiB, which is all that RecordEnds reads.
    WriteFile(wal, bytes.substr(0, RecordEnds(bytes.substr(0, 32'768)).at(49)));
  });
  EXPECT_EQ(row, std::vector<int>({50, 50, 50}));
}

TEST_F(PlainRocksDbTest, EveryModeOpensWithNothingWithoutTheLog) {
  const std::vector<int> row = Row([](const std::string& wal) { std::filesystem::remove(wal); });
  EXPECT_EQ(row, std::vector<int>({0, 0, 0}));
}

}  // namespace
}  // namespace annals::testing
