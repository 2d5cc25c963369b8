#include "engine/index/following/generation.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::annals::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Generation kGeneration = {.number = 5,
                                .projection = "releases",
                                .version = 2,
                                .state = GenerationState::kLive,
                                .position = {300}};

TEST(GenerationTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(EncodeGeneration(kGeneration)),
            "00000002"
            "00000002"
            "000000000000012c"
            "72656c6561736573"
            "0001");
  EXPECT_THAT(DecodeGeneration(5, EncodeGeneration(kGeneration)), IsOkAndHolds(kGeneration));
}

TEST(GenerationTest, WhatIsNoRecordIsDataLoss) {
  const std::string bytes = EncodeGeneration(kGeneration);
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(DecodeGeneration(5, bytes.substr(0, i)).status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_THAT(DecodeGeneration(5, bytes + "x"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("generation 5 is too long")));
  EXPECT_THAT(DecodeGeneration(5, std::string(4, '\x09') + bytes.substr(4)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("unknown state")));
}

TEST(GenerationTest, DeletingOneTakesItsRowsAndNoOthers) {
  TemporaryDirectory folder;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<storage::Database> database,
                       storage::Database::Open(folder.path(), true, {}));
  const IndexKeys keys(1);
  Generation other = kGeneration;
  other.number = 6;
  storage::Batch batch;
  PutGeneration(keys, kGeneration, &batch);
  PutGeneration(keys, other, &batch);
  for (const uint32_t number : {5, 6}) {
    batch.Put(storage::Family::kContributions, keys.GroupsPrefix(number, 0) + "row", "value");
  }
  ASSERT_OK(database->Write(std::move(batch), storage::Durability::kBuffered));
  EXPECT_THAT(ReadGenerations(*database, keys), IsOkAndHolds(ElementsAre(kGeneration, other)));
  EXPECT_THAT(ReadGenerations(*database, IndexKeys(2)), IsOkAndHolds(IsEmpty()));

  storage::Batch deletion;
  DeleteGeneration(keys, 5, &deletion);
  ASSERT_OK(database->Write(std::move(deletion), storage::Durability::kBuffered));
  EXPECT_THAT(ReadGenerations(*database, keys), IsOkAndHolds(ElementsAre(other)));
  EXPECT_THAT(database->Get(storage::Family::kContributions, keys.GroupsPrefix(5, 0) + "row"),
              IsOkAndHolds(std::nullopt));
  EXPECT_THAT(database->Get(storage::Family::kContributions, keys.GroupsPrefix(6, 0) + "row"),
              IsOkAndHolds("value"));
}

}  // namespace
}  // namespace annals
