#include "engine/access/quotas.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kSecond = 1'000'000;

Principal Named(const std::string& id) {
  v1::Token token;
  token.set_id(id);
  return Principal(std::move(token));
}

class QuotasTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_{Instant{1'000'000'000}};
  Quotas quotas_{{.units_per_second = 10, .most_units = 100, .streams = 2}, &clock_};
  const Principal ana_ = Named("ana");
  const Principal ben_ = Named("ben");
};

TEST_F(QuotasTest, LetsThroughWhatWasSavedUpAndThenWhatComes) {
  EXPECT_FALSE(quotas_.Charge(ana_, 60));
  EXPECT_FALSE(quotas_.Charge(ana_, 40));
  const auto refusal = quotas_.Charge(ana_, 20);
  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->status, StatusIs(StatusCode::kResourceExhausted, HasSubstr("in 2 s")));
  EXPECT_EQ(refusal->retry_micros, 2 * kSecond);
  clock_.Advance(refusal->retry_micros);
  EXPECT_FALSE(quotas_.Charge(ana_, 20));
}

TEST_F(QuotasTest, WhatAQuestionTurnedOutToCostIsWaitedForByTheNext) {
  EXPECT_FALSE(quotas_.Charge(ana_, 10));
  quotas_.Debit(ana_, 120);
  const auto refusal = quotas_.Charge(ana_, 10);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->retry_micros, 4 * kSecond) << "30 units short, and 10 to be had";
  clock_.Advance(4 * kSecond);
  EXPECT_FALSE(quotas_.Charge(ana_, 10));
}

TEST_F(QuotasTest, OnesDebtIsNotTheOthers) {
  EXPECT_FALSE(quotas_.Charge(ana_, 100));
  EXPECT_TRUE(quotas_.Charge(ana_, 1));
  EXPECT_FALSE(quotas_.Charge(ben_, 100));
}

TEST_F(QuotasTest, WhatCostsMoreThanAllLeavesADebt) {
  EXPECT_FALSE(quotas_.Charge(ana_, 300));
  const auto refusal = quotas_.Charge(ana_, 10);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->retry_micros, 21 * kSecond);
  clock_.Advance(20 * kSecond);
  EXPECT_TRUE(quotas_.Charge(ana_, 10));
  clock_.Advance(kSecond);
  EXPECT_FALSE(quotas_.Charge(ana_, 10));
}

TEST_F(QuotasTest, AClockThatGoesBackGivesNothing) {
  EXPECT_FALSE(quotas_.Charge(ana_, 100));
  clock_.Advance(-3'600 * kSecond);
  EXPECT_TRUE(quotas_.Charge(ana_, 1));
  clock_.Advance(kSecond);
  EXPECT_FALSE(quotas_.Charge(ana_, 10));
}

TEST_F(QuotasTest, CountsStreamsForAsLongAsTheyLive) {
  auto first = quotas_.OpenStream(ana_);
  auto second = quotas_.OpenStream(ana_);
  ASSERT_NE(first.stream, nullptr);
  ASSERT_NE(second.stream, nullptr);
  const auto third = quotas_.OpenStream(ana_);
  EXPECT_EQ(third.stream, nullptr);
  EXPECT_THAT(third.refusal.status,
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("2 streams")));
  EXPECT_EQ(third.refusal.retry_micros, kSecond);
  EXPECT_NE(quotas_.OpenStream(ben_).stream, nullptr);
  first.stream = nullptr;
  EXPECT_NE(quotas_.OpenStream(ana_).stream, nullptr);
}

// However many there are, whoever has a stream or a debt keeps it.
TEST_F(QuotasTest, ForgetsOnlyWhoHasNothing) {
  const auto stream = quotas_.OpenStream(ana_);
  const auto also = quotas_.OpenStream(ana_);
  EXPECT_FALSE(quotas_.Charge(ben_, 100'000));
  for (int i = 0; i < 10'050; ++i) EXPECT_FALSE(quotas_.Charge(Named(absl::StrCat(i)), 1));
  clock_.Advance(100 * kSecond);
  for (int i = 0; i < 10'050; ++i) EXPECT_FALSE(quotas_.Charge(Named(absl::StrCat(i)), 1));
  EXPECT_EQ(quotas_.OpenStream(ana_).stream, nullptr);
  EXPECT_TRUE(quotas_.Charge(ben_, 1));
}

}  // namespace
}  // namespace annals
