#include "engine/index/measure/presence_table.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/storage/database.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

MemberPresences From(int64_t valid) {
  MemberPresences presences;
  presences.certain.Add({valid}, {valid + 1});
  presences.possible.Add({valid}, {valid});
  return presences;
}

class PresenceTableTest : public ::testing::Test {
 protected:
  PresenceTableTest() : database_(*storage::Database::Open(folder_.path(), true, {})) {}

  std::unique_ptr<PresenceTable> Table(bool is_new, size_t cached_members) {
    return std::make_unique<PresenceTable>(database_.get(), "p", is_new, cached_members);
  }

  static void Put(PresenceTable* table, const std::string& list, MemberPresences presences) {
    const absl::StatusOr<uint32_t> member = table->Find(list);
    ASSERT_OK(member);
    table->Put(*member, std::move(presences));
  }

  static MemberPresences Find(PresenceTable* table, const std::string& list) {
    const absl::StatusOr<uint32_t> member = table->Find(list);
    EXPECT_OK(member);
    return member.ok() ? table->At(*member) : MemberPresences();
  }

  void Store(PresenceTable* table) {
    storage::Batch batch;
    table->Stage(&batch);
    EXPECT_OK(database_->Write(std::move(batch), storage::Durability::kBuffered));
  }

  const testing::TemporaryDirectory folder_;
  const std::unique_ptr<storage::Database> database_;
};

TEST_F(PresenceTableTest, AMemberIsNeverThereUntilItIsPut) {
  const auto table = Table(true, 10);
  EXPECT_EQ(Find(table.get(), "a"), MemberPresences());
  Put(table.get(), "a", From(1));
  Put(table.get(), "a", From(2));
  EXPECT_EQ(Find(table.get(), "a"), From(2));
}

TEST_F(PresenceTableTest, StoresWhatWasPut) {
  const auto table = Table(true, 10);
  Put(table.get(), "b", From(1));
  Find(table.get(), "c");
  Put(table.get(), "a", From(2));
  Store(table.get());
  Put(table.get(), "b", From(3));
  Store(table.get());
  const auto other = Table(false, 10);
  EXPECT_EQ(Find(other.get(), "a"), From(2));
  EXPECT_EQ(Find(other.get(), "b"), From(3));
  EXPECT_EQ(Find(other.get(), "c"), MemberPresences());
}

// Some are in memory, some in the old generation, some in the database alone.
TEST_F(PresenceTableTest, WhatIsForgottenIsReadAgain) {
  constexpr int kMembers = 20;
  const auto table = Table(true, 3);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < kMembers; ++i) {
      const std::string list = absl::StrCat("member ", i * 7 % kMembers);
      EXPECT_EQ(Find(table.get(), list), round == 0 ? MemberPresences() : From(round - 1)) << list;
      Put(table.get(), list, From(round));
      if (i % 4 == 3) Store(table.get());
    }
  }
}

TEST_F(PresenceTableTest, ADamagedRowIsDataLoss) {
  storage::Batch batch;
  batch.Put(storage::Family::kContributions, "pa", "\xff");
  ASSERT_OK(database_->Write(std::move(batch), storage::Durability::kBuffered));
  EXPECT_EQ(Table(false, 10)->Find("a").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace annals
