#include "server/http/negotiation.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/problem.h"
#include "tests/testing/status_matchers.h"

namespace annals::http {
namespace {

using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

absl::StatusOr<absl::string_view> Choose(absl::string_view accept) {
  static constexpr absl::string_view kOffered[] = {kJson, kCsv, kNdjson, kProtobuf};
  return ChooseMediaType(accept, kOffered);
}

TEST(NegotiationTest, OffersTheFirstToWhomAnythingIsFine) {
  EXPECT_THAT(Choose(""), IsOkAndHolds(kJson));
  EXPECT_THAT(Choose("*/*"), IsOkAndHolds(kJson));
  EXPECT_THAT(Choose("text/html, application/xhtml+xml, */*;q=0.8"), IsOkAndHolds(kJson));
}

TEST(NegotiationTest, TakesTheHighestWeight) {
  EXPECT_THAT(Choose("text/csv"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose("application/json;q=0.5, text/csv;q=0.75"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose("application/json; q=0.501 , text/csv; q=0.5"), IsOkAndHolds(kJson));
  EXPECT_THAT(Choose("Text/CSV; charset=utf-8"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose("text/*, application/json;q=0.9"), IsOkAndHolds(kCsv));
}

TEST(NegotiationTest, LetsTheMoreSpecificMemberDecide) {
  EXPECT_THAT(Choose("*/*, application/json;q=0"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose("application/json;q=0, application/*;q=0.5, */*;q=0.1"),
              IsOkAndHolds(kNdjson));
}

TEST(NegotiationTest, RefusesWhatIsNotOffered) {
  const auto refused = Choose("text/html");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("application/json, text/csv")));
  EXPECT_EQ(HttpStatus(refused.status()), 406);
  EXPECT_FALSE(Choose("application/json;q=0").ok());
}

TEST(NegotiationTest, LeavesOutMalformedMembers) {
  EXPECT_THAT(Choose("application/json;q=2, text/csv;q=0.1"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose("application/json;q=-1, text/csv;q=0.1"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose("application/json;q=0.1234, text/csv;q=0.1"), IsOkAndHolds(kCsv));
  EXPECT_THAT(Choose(",,;,application/json;q=, text/csv;q=0."),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("met by none")));
}

TEST(NegotiationTest, TakesParametersOffAContentType) {
  EXPECT_EQ(MediaType("Application/JSON ; charset=utf-8"), "application/json");
}

}  // namespace
}  // namespace annals::http
