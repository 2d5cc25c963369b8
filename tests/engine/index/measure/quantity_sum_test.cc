#include "engine/index/measure/quantity_sum.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

TEST(QuantitySumTest, OfNothingIsZero) {
  EXPECT_THAT(QuantitySum().Total(), IsOkAndHolds(Quantity::Exactly(0)));
}

TEST(QuantitySumTest, AddsLimitByLimit) {
  QuantitySum sum;
  sum.Add({49, 73});
  sum.Add(Quantity::Exactly(-5));
  EXPECT_THAT(sum.Total(), IsOkAndHolds(Quantity{44, 68}));
}

TEST(QuantitySumTest, WhatIsWithoutLimitStaysSo) {
  QuantitySum sum;
  sum.Add(Quantity::AtLeast(2));
  sum.Add(Quantity::Exactly(3));
  EXPECT_THAT(sum.Total(), IsOkAndHolds(Quantity::AtLeast(5)));
  sum.Add({std::nullopt, 1});
  EXPECT_THAT(sum.Total(), IsOkAndHolds(Quantity{std::nullopt, std::nullopt}));
}

TEST(QuantitySumTest, OnlyTheTotalMustBeInRange) {
  QuantitySum sum;
  sum.Add(Quantity::Exactly(kGreatest));
  sum.Add(Quantity::Exactly(1));
  EXPECT_THAT(sum.Total(), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("exceeds 64 bits")));
  sum.Add(Quantity::Exactly(-1));
  EXPECT_THAT(sum.Total(), IsOkAndHolds(Quantity::Exactly(kGreatest)));
}

TEST(QuantitySumTest, EitherLimitMayBeOutOfRange) {
  QuantitySum below;
  below.Add({-kGreatest, 0});
  below.Add({-kGreatest, 0});
  EXPECT_THAT(below.Total(), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("64 bits")));
}

}  // namespace
}  // namespace annals
