#include "bench/as_of/claim_stream.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::bench {
namespace {

using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;

TEST(ClaimStreamTest, OnTimeEveryClaimIsKnownSoonAfterItHappenedAndAfterTheOneBefore) {
  const ClaimStream claims({.size = 5'000});
  Instant before = Instant::Beginning();
  for (uint64_t number = 1; number <= 5'000; ++number) {
    const Claim claim = claims.At(number);
    EXPECT_LT(before, claim.known) << number;
    before = claim.known;
    EXPECT_LE(claim.valid, claim.known) << number;
    EXPECT_GE(claim.valid.micros, claim.known.micros - kDay - 1'000'000) << number;
    EXPECT_EQ(claim.valid.micros % 1'000'000, 0) << number;
    EXPECT_EQ(claim.group, claims.GroupOf(claim.member)) << number;
    EXPECT_EQ(claim.superseded, Instant::End()) << number;
  }
}

TEST(ClaimStreamTest, TheLateShareIsLateOnItsAxisAlone) {
  const ClaimStream late_valid({.size = 10'000, .late_valid = 0.5});
  const ClaimStream late_known({.size = 10'000, .late_known = 0.5});
  int happened_long_before = 0;
  int known_out_of_order = 0;
  for (uint64_t number = 1; number <= 10'000; ++number) {
    const Claim a = late_valid.At(number);
    EXPECT_LE(a.valid, a.known);
    if (a.known.micros - a.valid.micros > 2 * kDay) ++happened_long_before;
    const Claim b = late_known.At(number);
    EXPECT_LE(b.valid, b.known);
    EXPECT_LE(b.known.micros - b.valid.micros, kDay + 1'000'000);
    if (b.known != a.known) ++known_out_of_order;
  }
  EXPECT_NEAR(happened_long_before, 4'900, 300);
  EXPECT_NEAR(known_out_of_order, 5'000, 300);
}

TEST(ClaimStreamTest, EveryRestatementSupersedesAllFormerOnes) {
  const ClaimStream claims({.size = 2'000, .corrections = 9});
  ASSERT_GT(claims.chains(), 50);
  std::vector<std::vector<uint64_t>> chains(claims.chains());
  for (uint64_t number = 1; number <= 2'000; ++number) {
    const Claim claim = claims.At(number);
    if (claim.member < claims.options().members) {
      EXPECT_TRUE(claim.supersedes.empty()) << number;
      continue;
    }
    std::vector<uint64_t>& chain = chains.at(claim.member - claims.options().members);
    EXPECT_EQ(claim.supersedes, chain) << number;
    if (!chain.empty()) {
      EXPECT_EQ(claims.At(chain.back()).superseded, claim.known) << number;
      EXPECT_EQ(claims.At(chain.back()).valid, claim.valid) << number;
    }
    chain.push_back(number);
  }
  for (const std::vector<uint64_t>& chain : chains) {
    ASSERT_EQ(chain.size(), 10);
    EXPECT_EQ(claims.At(chain.back()).superseded, Instant::End());
  }
}

TEST(ClaimStreamTest, AnotherSeedMakesOtherClaims) {
  const ClaimStream a({.seed = 1, .size = 1'000});
  const ClaimStream b({.seed = 2, .size = 1'000});
  int same = 0;
  for (uint64_t number = 1; number <= 1'000; ++number) {
    if (a.At(number).member == b.At(number).member) ++same;
  }
  EXPECT_LT(same, 10);
}

TEST(ClaimStreamTest, OptionsThatDontFitAreRefused) {
  EXPECT_OK(ClaimStream::Check({.size = 1'000, .corrections = 100}));
  EXPECT_THAT(ClaimStream::Check({.late_valid = 1.5}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1.5")));
  EXPECT_THAT(ClaimStream::Check({.late_known = 0.5, .corrections = 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("on time")));
  EXPECT_THAT(ClaimStream::Check({.size = 100, .corrections = 100}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("202")));
}

}  // namespace
}  // namespace annals::bench
