#include "engine/base/quantity.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr absl::StatusCode kOutOfRange = absl::StatusCode::kOutOfRange;

Quantity Between(int64_t lower, int64_t upper) { return {lower, upper}; }
Quantity AtMost(int64_t upper) { return {std::nullopt, upper}; }

TEST(QuantityTest, IsZeroByDefault) { EXPECT_EQ(Quantity(), Quantity::Exactly(0)); }

TEST(QuantityTest, AddsBoundByBound) {
  EXPECT_THAT(Add(Quantity::Exactly(5), Between(49, 73)), IsOkAndHolds(Between(54, 78)));
  EXPECT_THAT(Add(Between(-3, 2), Between(1, 1)), IsOkAndHolds(Between(-2, 3)));
}

TEST(QuantityTest, AMissingLimitStaysMissing) {
  EXPECT_THAT(Add(Quantity::AtLeast(801), Between(1, 2)), IsOkAndHolds(Quantity::AtLeast(802)));
  EXPECT_THAT(Add(AtMost(9), Between(1, 2)), IsOkAndHolds(AtMost(11)));
  EXPECT_THAT(Add(AtMost(9), Quantity::AtLeast(1)),
              IsOkAndHolds(Quantity{std::nullopt, std::nullopt}));
}

TEST(QuantityTest, SubtractsTheOppositeBound) {
  EXPECT_THAT(Subtract(Between(10, 20), Between(3, 4)), IsOkAndHolds(Between(6, 17)));
  EXPECT_THAT(Subtract(Between(10, 20), Between(10, 20)), IsOkAndHolds(Between(-10, 10)));
  EXPECT_THAT(Subtract(Between(10, 20), Quantity::AtLeast(3)), IsOkAndHolds(AtMost(17)));
  EXPECT_THAT(Subtract(Quantity::AtLeast(10), Between(3, 4)), IsOkAndHolds(Quantity::AtLeast(6)));
  EXPECT_THAT(Subtract(Between(10, 20), AtMost(3)), IsOkAndHolds(Quantity::AtLeast(7)));
}

TEST(QuantityTest, NeverWraps) {
  EXPECT_THAT(Add(Quantity::Exactly(kMax), Quantity::Exactly(1)),
              StatusIs(kOutOfRange, HasSubstr("the sum of 9223372036854775807 and 1 exceeds")));
  EXPECT_THAT(Add(Between(0, kMax), Between(0, 1)), StatusIs(kOutOfRange, HasSubstr("the sum")));
  EXPECT_THAT(Subtract(Quantity::Exactly(kMin), Quantity::Exactly(1)),
              StatusIs(kOutOfRange, HasSubstr("the difference of -9223372036854775808 and 1")));
  EXPECT_THAT(Subtract(Quantity::Exactly(0), Quantity::Exactly(kMin)),
              StatusIs(kOutOfRange, HasSubstr("the difference")));
  EXPECT_THAT(Add(Quantity::Exactly(kMax), Quantity::Exactly(0)),
              IsOkAndHolds(Quantity::Exactly(kMax)));
}

TEST(QuantityTest, GoesThroughItsProto) {
  for (const Quantity& quantity : {Quantity::Exactly(0), Between(-2, 7), Quantity::AtLeast(2),
                                   AtMost(9), Quantity{std::nullopt, std::nullopt}}) {
    EXPECT_THAT(Quantity::FromProto(quantity.ToProto()), IsOkAndHolds(quantity));
  }
}

TEST(QuantityTest, AnAbsentLimitIsNotZero) {
  v1::Quantity proto;
  proto.set_upper(9);
  EXPECT_THAT(Quantity::FromProto(proto), IsOkAndHolds(AtMost(9)));
  EXPECT_FALSE(AtMost(9).ToProto().has_lower());
  EXPECT_TRUE(Quantity::Exactly(0).ToProto().has_lower());
}

TEST(QuantityTest, RefusesLimitsThatCross) {
  v1::Quantity proto;
  proto.set_lower(3);
  proto.set_upper(2);
  EXPECT_THAT(Quantity::FromProto(proto),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("lower limit, 3, is above its upper limit, 2")));
}

TEST(QuantityTest, ReadsAsPeopleSayIt) {
  EXPECT_EQ(ToString(Quantity::Exactly(5)), "5");
  EXPECT_EQ(ToString(Quantity::Exactly(0)), "0");
  EXPECT_EQ(ToString(Between(49, 73)), "49–73");
  EXPECT_EQ(ToString(Quantity::AtLeast(2)), "at least 2");
  EXPECT_EQ(ToString(AtMost(9)), "at most 9");
  EXPECT_EQ(ToString(Quantity{std::nullopt, std::nullopt}), "any number");
}

}  // namespace
}  // namespace annals
