#include "engine/index/measure/group_directory.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/storage/database.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

class GroupDirectoryTest : public ::testing::Test {
 protected:
  GroupDirectoryTest() : database_(*storage::Database::Open(folder_.path(), true, {})) {}

  void Store(GroupDirectory* directory) {
    storage::Batch batch;
    directory->Stage(&batch);
    EXPECT_OK(database_->Write(std::move(batch), storage::Durability::kBuffered));
  }

  std::unique_ptr<GroupDirectory> Loaded(size_t most_groups) {
    auto directory = std::make_unique<GroupDirectory>("p", most_groups);
    EXPECT_OK(directory->Load(*database_));
    return directory;
  }

  const testing::TemporaryDirectory folder_;
  const std::unique_ptr<storage::Database> database_;
};

TEST_F(GroupDirectoryTest, NumbersGroupsInTheOrderInWhichTheyCame) {
  GroupDirectory directory("p", 10);
  EXPECT_EQ(directory.Count("b"), 0u);
  EXPECT_EQ(directory.Count("a"), 1u);
  EXPECT_EQ(directory.Count("b"), 0u);
  Store(&directory);
  const auto loaded = Loaded(10);
  EXPECT_TRUE(loaded->is_complete());
  ASSERT_TRUE(loaded->Find("b").has_value());
  EXPECT_EQ(loaded->Find("b")->number, 0u);
  EXPECT_EQ(loaded->Find("b")->contributions, 2u);
  EXPECT_EQ(loaded->Count("c"), 2u);
}

TEST_F(GroupDirectoryTest, GroupThatFoundNoRoomGetsNoNumberWhenThereIsMore) {
  GroupDirectory directory("p", 1);
  EXPECT_EQ(directory.Count("a"), 0u);
  EXPECT_EQ(directory.Count("b"), std::nullopt);
  EXPECT_FALSE(directory.is_complete());
  Store(&directory);
  // No forest holds the contribution of "b" that came before.
  const auto roomier = Loaded(10);
  EXPECT_EQ(roomier->Count("b"), std::nullopt);
  EXPECT_FALSE(roomier->Find("b").has_value());
  EXPECT_EQ(roomier->Count("c"), std::nullopt);
  EXPECT_EQ(roomier->Count("a"), 0u);
  EXPECT_FALSE(roomier->is_complete());
}

}  // namespace
}  // namespace annals
