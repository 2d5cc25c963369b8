#include "client/problem_document.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/problem.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kServer[] = "http://h";
constexpr char kProblem[] = "application/problem+json";

TEST(ProblemDocumentTest, EveryErrorOfTheServerIsWhatItWas) {
  for (int code = 1; code <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++code) {
    const absl::Status sent(static_cast<absl::StatusCode>(code), "no such \"thing\"\n\xe2\x80\x93");
    const http::Response response = http::ProblemResponse(sent, "id");
    EXPECT_EQ(StatusOfProblem(response.status, kProblem, *response.body, kServer), sent);
  }
}

TEST(ProblemDocumentTest, WhatIsNoDocumentGoesByItsHttpStatus) {
  const auto code_of = [](int status) {
    return StatusOfProblem(status, "text/html", "<h1>no</h1>", kServer).code();
  };
  EXPECT_EQ(code_of(401), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(code_of(403), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code_of(413), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code_of(429), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(code_of(502), absl::StatusCode::kUnavailable);
  EXPECT_THAT(StatusOfProblem(404, "text/html", "", kServer),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("http://h answers with 404"),
                             HasSubstr("is that an Annals server?"))));
}

TEST(ProblemDocumentTest, ADocumentThatMakesNoSenseIsNone) {
  for (const char* body : {"", "{", "[]", "{\"code\":7}", "{\"code\":\"OK\"}",
                           "{\"code\":\"NOT_A_CODE\",\"detail\":\"x\"}"}) {
    EXPECT_THAT(StatusOfProblem(503, kProblem, body, kServer),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("503")))
        << body;
  }
}

}  // namespace
}  // namespace annals
