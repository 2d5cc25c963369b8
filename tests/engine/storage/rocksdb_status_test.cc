#include "engine/storage/rocksdb_status.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/status.h"
#include "tests/testing/status_matchers.h"

namespace annals::storage {
namespace {

using ::absl::StatusCode;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

TEST(FromRocksDbTest, KeepsWhatAndWhereInTheMessage) {
  using rocksdb::Status;
  EXPECT_OK(FromRocksDb(Status::OK()));
  EXPECT_THAT(FromRocksDb(Status::Corruption("block checksum", "000012.sst")),
              StatusIs(StatusCode::kDataLoss, HasSubstr("block checksum: 000012.sst")));
  EXPECT_THAT(FromRocksDb(Status::PathNotFound("While open", "000012.sst")),
              StatusIs(StatusCode::kDataLoss, HasSubstr("000012.sst")));
  EXPECT_THAT(FromRocksDb(Status::NoSpace("While appending", "000013.log")),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("000013.log")));
  EXPECT_THAT(FromRocksDb(Status::IOError("While appending", "000013.log")),
              StatusIs(StatusCode::kUnavailable, HasSubstr("000013.log")));
  EXPECT_THAT(FromRocksDb(Status::Busy("locked")),
              StatusIs(StatusCode::kUnavailable, HasSubstr("locked")));
  EXPECT_THAT(FromRocksDb(Status::NotFound("key")),
              StatusIs(StatusCode::kNotFound, HasSubstr("key")));
  EXPECT_THAT(FromRocksDb(Status::MemoryLimit("too much")),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("too much")));
  EXPECT_THAT(FromRocksDb(Status::NotSupported("read only")),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("read only")));
  EXPECT_THAT(FromRocksDb(Status::InvalidArgument("options")),
              StatusIs(StatusCode::kInternal, HasSubstr("options")));
}

}  // namespace
}  // namespace annals::storage
