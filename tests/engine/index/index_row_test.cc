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

const WorldSteps kSteps = {.certain = {{{256}, -1}, {{512}, 1}}, .possible = {{{-1}, -2}}};

// What is on disk: a change here needs a new format version.
TEST(IndexRowTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(EncodeChangedRow(kSteps)),
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

TEST(IndexRowTest, BoundsComeBackAsTheyWere) {
  for (const TimeBounds& bounds :
       {TimeBounds{Instant::Beginning(), Instant::End()}, TimeBounds{Instant::Beginning(), {0}},
        TimeBounds{{0}, Instant::End()}, TimeBounds{{kGreatest}, {kGreatest}},
        TimeBounds{{kLeast}, {kLeast}}, TimeBounds{{-1}, {1}}}) {
    std::string bytes;
    AppendBounds(&bytes, bounds);
    absl::string_view rest = bytes;
    EXPECT_THAT(ReadBounds(&rest), IsOkAndHolds(bounds));
    EXPECT_EQ(rest, "");
  }
}

TEST(IndexRowTest, ChangedRowsComeBackAsTheyWere) {
  const std::vector<WorldSteps> all = {
      {}, kSteps, {.certain = {}, .possible = {{Instant::Beginning(), 1}, {Instant::End(), -1}}}};
  for (const WorldSteps& steps : all) {
    const std::string bytes = EncodeChangedRow(steps);
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

TEST(IndexRowTest, ReadsAnExactQuantityFromItsOwnEncodingAlone) {
  for (const int64_t exact : {int64_t{0}, int64_t{-124}, int64_t{124}, kLeast, kGreatest}) {
    EXPECT_EQ(ReadExactQuantity(EncodeQuantity(Quantity::Exactly(exact))), std::optional(exact));
  }
  for (const Quantity& quantity : {Quantity::AtLeast(7), Quantity{1, 2}}) {
    EXPECT_EQ(ReadExactQuantity(EncodeQuantity(quantity)), std::nullopt);
  }
  EXPECT_EQ(ReadExactQuantity(""), std::nullopt);
  EXPECT_EQ(ReadExactQuantity("\x0a\x02"), std::nullopt);       // Longer than a small one.
  EXPECT_EQ(ReadExactQuantity("\x04\x02"), std::nullopt);       // A small one, written long.
  EXPECT_EQ(ReadExactQuantity("\x04\xf8\x01x"), std::nullopt);  // Longer than a large one.
  EXPECT_EQ(ReadExactQuantity(absl::string_view("\x04\xf8", 2)), std::nullopt);  // Cut off.
}

TEST(IndexRowTest, WhatIsCutOffIsDataLoss) {
  std::string bounds;
  AppendBounds(&bounds, {{0}, {300}});
  for (size_t bytes = 0; bytes < bounds.size(); ++bytes) {
    absl::string_view part = absl::string_view(bounds).substr(0, bytes);
    EXPECT_EQ(ReadBounds(&part).status().code(), kDataLoss) << bytes;
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

TEST(IndexRowTest, WhatIsTooLongOrUnknownIsDataLoss) {
  EXPECT_THAT(DecodeChangedRow(EncodeChangedRow(kSteps) + "x"),
              StatusIs(kDataLoss, HasSubstr("longer than its steps")));
  EXPECT_THAT(DecodeQuantity(EncodeQuantity({1, 2}) + "x"),
              StatusIs(kDataLoss, HasSubstr("longer than its quantity")));
  EXPECT_THAT(DecodeQuantity(EncodeQuantity(Quantity::Exactly(1)) + "x"),
              StatusIs(kDataLoss, HasSubstr("longer than its quantity")));
  EXPECT_THAT(DecodeQuantity("\x05"), StatusIs(kDataLoss, HasSubstr("unknown flags")));
}

TEST(IndexRowTest, ANumberThatNeverEndsIsDataLoss) {
  for (const char* flags : {"\x01", "\x04"}) {
    EXPECT_THAT(DecodeQuantity(flags + std::string(11, '\xff')),
                StatusIs(kDataLoss, HasSubstr("inside a number")));
  }
}

}  // namespace
}  // namespace annals
