#include "engine/storage/message_log.h"

#include <cstdarg>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/temporary_directory.h"
#include "tests/testing/write_limit.h"

namespace annals::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MessageLogTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/LOG"; }

  std::string Text(const std::string& path) const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TemporaryDirectory folder_;
};

TEST_F(MessageLogTest, GoesOnWhereItEnded) {
  for (const char* message : {"first", "second"}) {
    MessageLog log(path());
    rocksdb::Warn(&log, "the %s message", message);
    rocksdb::Info(&log, "nobody asked for this");
  }
  EXPECT_THAT(Text(path()), AllOf(HasSubstr("the first message\n"),
                                  HasSubstr("the second message\n"), Not(HasSubstr("nobody"))));
}

TEST_F(MessageLogTest, LargeFileIsSetAside) {
  std::ofstream(path()) << std::string(3 << 20, 'x');
  MessageLog log(path());
  rocksdb::Warn(&log, "new");
  EXPECT_THAT(Text(path()), HasSubstr("new"));
  EXPECT_LT(std::filesystem::file_size(path()), 100u);
  EXPECT_EQ(std::filesystem::file_size(path() + ".old"), 3u << 20);
}

TEST_F(MessageLogTest, MessagesThatCannotBeWrittenAreDropped) {
  MessageLog log(path());
  {
    const testing::WriteLimit full(0);
    rocksdb::Warn(&log, "one");
    rocksdb::Warn(&log, "two");
  }
  rocksdb::Warn(&log, "three");
  EXPECT_THAT(Text(path()), AllOf(HasSubstr("three"), Not(HasSubstr("one"))));
  MessageLog nowhere(folder_.path() + "/missing/LOG");
  rocksdb::Warn(&nowhere, "four");
}

}  // namespace
}  // namespace annals::storage
