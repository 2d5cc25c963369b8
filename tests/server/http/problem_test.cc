#include "server/http/problem.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::http {
namespace {

using ::testing::HasSubstr;

TEST(ProblemTest, HasTheStatusOfGoogleRpcCode) {
  EXPECT_EQ(HttpStatus(absl::OkStatus()), 200);
  EXPECT_EQ(HttpStatus(absl::InvalidArgumentError("")), 400);
  EXPECT_EQ(HttpStatus(absl::FailedPreconditionError("")), 400);
  EXPECT_EQ(HttpStatus(absl::OutOfRangeError("")), 400);
  EXPECT_EQ(HttpStatus(absl::UnauthenticatedError("")), 401);
  EXPECT_EQ(HttpStatus(absl::PermissionDeniedError("")), 403);
  EXPECT_EQ(HttpStatus(absl::NotFoundError("")), 404);
  EXPECT_EQ(HttpStatus(absl::AbortedError("")), 409);
  EXPECT_EQ(HttpStatus(absl::AlreadyExistsError("")), 409);
  EXPECT_EQ(HttpStatus(absl::ResourceExhaustedError("")), 429);
  EXPECT_EQ(HttpStatus(absl::CancelledError("")), 499);
  EXPECT_EQ(HttpStatus(absl::DataLossError("")), 500);
  EXPECT_EQ(HttpStatus(absl::InternalError("")), 500);
  EXPECT_EQ(HttpStatus(absl::UnknownError("")), 500);
  EXPECT_EQ(HttpStatus(absl::UnimplementedError("")), 501);
  EXPECT_EQ(HttpStatus(absl::UnavailableError("")), 503);
  EXPECT_EQ(HttpStatus(absl::DeadlineExceededError("")), 504);
}

TEST(ProblemTest, KeepsTheCodeUnderAnotherStatus) {
  const Response response =
      ProblemResponse(WithHttpStatus(absl::InvalidArgumentError("no such form"), 406), "id-1");
  EXPECT_EQ(response.status, 406);
  EXPECT_EQ(response.headers.Joined("Content-Type"), "application/problem+json");
  EXPECT_EQ(*response.body,
            R"({"type":"about:blank","title":"Not Acceptable","status":406,)"
            R"("detail":"no such form","instance":"id-1","code":"INVALID_ARGUMENT"})"
            "\n");
}

TEST(ProblemTest, SaysWhenToTryAgainInWholeSeconds) {
  const auto hint = [](const absl::Status& status) {
    return ProblemResponse(status, "id").headers.Joined("Retry-After");
  };
  EXPECT_EQ(hint(absl::UnavailableError("")), "1");
  EXPECT_EQ(hint(absl::InvalidArgumentError("")), "");
  const absl::Status exhausted = absl::ResourceExhaustedError("");
  EXPECT_EQ(hint(WithRetryAfter(exhausted, std::chrono::milliseconds(1))), "1");
  EXPECT_EQ(hint(WithRetryAfter(exhausted, std::chrono::milliseconds(2001))), "3");
}

TEST(ProblemTest, ShowsOnlyTheBeginningOfALongMessage) {
  // The limit falls within an "é".
  const std::string message = absl::StrCat("x", std::string(10, 'y'), "é");
  std::string many = "x";
  while (many.size() < 10'000) many += "é";
  const Response response = ProblemResponse(absl::InvalidArgumentError(many), "id");
  EXPECT_LT(response.body->size(), 4500);
  EXPECT_THAT(*response.body, HasSubstr(absl::StrCat(many.substr(0, 4095), "…\"")));
  EXPECT_THAT(*ProblemResponse(absl::InvalidArgumentError(message), "id").body,
              HasSubstr(absl::StrCat("\"", message, "\"")));
}

TEST(ProblemTest, EscapesWhateverTheMessageSays) {
  EXPECT_EQ(JsonString("a\"b\\c\n\x7f é \xc3( \xed\xa0\x80"),
            "\"a\\\"b\\\\c\\u000a\\u007f é \xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace annals::http
