#include "engine/index/index_row.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

const EventTimes kTimes = {.occurred = {{-2}, {298}}, .known = {{256}, {256}}};
const WorldSteps kSteps = {.certain = {{{256}, -1}, {{512}, 1}}, .possible = {{{-1}, -2}}};

// What is on disk: a change here needs a new format version.
TEST(IndexRowTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(EncodeStatedRow(kTimes, "xy")),
            "01"
            "fffffffffffffffe"
            "ac02"
            "0000000000000100"
            "00"
            "7879");
  EXPECT_EQ(absl::BytesToHexString(EncodeChangedRow(kSteps)),
            "02"
            "02"
            "000000000000010001"
            "000000000000020002"
            "01"
            "ffffffffffffffff03");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity({-3, 300})), "0305d804");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity(Quantity::AtLeast(2))), "0104");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity({std::nullopt, 2})), "0204");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity({std::nullopt, std::nullopt})), "00");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity(Quantity::Exactly(0))), "08");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity(Quantity::Exactly(2))), "0c");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity(Quantity::Exactly(-124))), "ff");
  EXPECT_EQ(absl::BytesToHexString(EncodeQuantity(Quantity::Exactly(124))), "04f801");
}

TEST(IndexRowTest, StatedRowsComeBackAsTheyWere) {
  const std::vector<TimeBounds> all = {{Instant::Beginning(), Instant::End()},
                                       {Instant::Beginning(), {0}},
                                       {{0}, Instant::End()},
                                       {{kGreatest}, {kGreatest}},
                                       {{kLeast}, {kLeast}},
                                       {{-1}, {1}}};
  for (const TimeBounds& occurred : all) {
    for (const TimeBounds& known : all) {
      const std::string bytes = EncodeStatedRow({occurred, known}, "content");
      ASSERT_TRUE(IsStatedRow(bytes));
      ASSERT_OK_AND_ASSIGN(const StatedRow row, DecodeStatedRow(bytes));
      EXPECT_EQ(row.times, (EventTimes{occurred, known}));
      EXPECT_EQ(row.content, "content");
    }
  }
}

TEST(IndexRowTest, ChangedRowsComeBackAsTheyWere) {
  const std::vector<WorldSteps> all = {
      {}, kSteps, {.certain = {}, .possible = {{Instant::Beginning(), 1}, {Instant::End(), -1}}}};
  for (const WorldSteps& steps : all) {
    const std::string bytes = EncodeChangedRow(steps);
    EXPECT_FALSE(IsStatedRow(bytes));
    EXPECT_THAT(DecodeChangedRow(bytes), IsOkAndHolds(steps));
  }
}

TEST(IndexRowTest, QuantitiesComeBackAsTheyWere) {
  for (const Quantity& quantity :
       {Quantity::Exactly(0), Quantity::Exactly(kLeast), Quantity::Exactly(kGreatest),
        Quantity::Exactly(-124), Quantity::Exactly(-125), Quantity::Exactly(123),
        Quantity::Exactly(124), Quantity{kLeast, kGreatest}, Quantity::AtLeast(-7),
        Quantity{std::nullopt, 7}, Quantity{std::nullopt, std::nullopt}}) {
    EXPECT_THAT(DecodeQuantity(EncodeQuantity(quantity)), IsOkAndHolds(quantity));
  }
}

TEST(IndexRowTest, WhatIsCutOffIsDataLoss) {
  const std::string stated = EncodeStatedRow(kTimes, "");
  for (size_t bytes = 0; bytes < stated.size(); ++bytes) {
    EXPECT_EQ(DecodeStatedRow(stated.substr(0, bytes)).status().code(), kDataLoss) << bytes;
  }
  const std::string changed = EncodeChangedRow(kSteps);
  for (size_t bytes = 0; bytes < changed.size(); ++bytes) {
    EXPECT_EQ(DecodeChangedRow(changed.substr(0, bytes)).status().code(), kDataLoss) << bytes;
  }
  for (const Quantity& quantity : {Quantity{-3, 300}, Quantity::Exactly(300)}) {
    const std::string encoded = EncodeQuantity(quantity);
    for (size_t bytes = 0; bytes < encoded.size(); ++bytes) {
      EXPECT_EQ(DecodeQuantity(encoded.substr(0, bytes)).status().code(), kDataLoss) << bytes;
    }
  }
}

TEST(IndexRowTest, WhatIsTooLongOrOfAnotherKindIsDataLoss) {
  EXPECT_THAT(DecodeChangedRow(EncodeChangedRow(kSteps) + "x"),
              StatusIs(kDataLoss, HasSubstr("longer than its steps")));
  EXPECT_THAT(DecodeQuantity(EncodeQuantity({1, 2}) + "x"),
              StatusIs(kDataLoss, HasSubstr("longer than its quantity")));
  EXPECT_THAT(DecodeQuantity(EncodeQuantity(Quantity::Exactly(1)) + "x"),
              StatusIs(kDataLoss, HasSubstr("longer than its quantity")));
  EXPECT_THAT(DecodeQuantity("\x05"), StatusIs(kDataLoss, HasSubstr("unknown flags")));
  EXPECT_THAT(DecodeStatedRow(EncodeChangedRow(kSteps)),
              StatusIs(kDataLoss, HasSubstr("should state a contribution")));
  EXPECT_THAT(DecodeChangedRow(EncodeStatedRow(kTimes, "")),
              StatusIs(kDataLoss, HasSubstr("should hold steps")));
}

TEST(IndexRowTest, ANumberThatNeverEndsIsDataLoss) {
  for (const char* flags : {"\x01", "\x04"}) {
    EXPECT_THAT(DecodeQuantity(flags + std::string(11, '\xff')),
                StatusIs(kDataLoss, HasSubstr("inside a number")));
  }
}

}  // namespace
}  // namespace annals
