#include "cli/exit_code.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

TEST(ExitCodeTest, EachClassOfErrorHasItsOwn) {
  const auto code = [](absl::StatusCode status) {
    return static_cast<int>(ToExitCode(absl::Status(status, "x")));
  };
  EXPECT_EQ(static_cast<int>(ToExitCode(absl::OkStatus())), 0);
  EXPECT_EQ(code(absl::StatusCode::kInvalidArgument), 2);
  EXPECT_EQ(code(absl::StatusCode::kNotFound), 3);
  EXPECT_EQ(code(absl::StatusCode::kOutOfRange), 3);
  EXPECT_EQ(code(absl::StatusCode::kAborted), 4);
  EXPECT_EQ(code(absl::StatusCode::kAlreadyExists), 4);
  EXPECT_EQ(code(absl::StatusCode::kUnavailable), 5);
  EXPECT_EQ(code(absl::StatusCode::kDataLoss), 6);
  EXPECT_EQ(code(absl::StatusCode::kResourceExhausted), 7);
  EXPECT_EQ(code(absl::StatusCode::kFailedPrecondition), 8);
  EXPECT_EQ(code(absl::StatusCode::kDeadlineExceeded), 5);
  EXPECT_EQ(code(absl::StatusCode::kPermissionDenied), 9);
  EXPECT_EQ(code(absl::StatusCode::kUnauthenticated), 9);
  EXPECT_EQ(code(absl::StatusCode::kInternal), 70);
  EXPECT_EQ(code(absl::StatusCode::kUnknown), 70);
}

TEST(ExitCodeTest, TheHelpListsThem) {
  EXPECT_THAT(ExitCodesInWords(), HasSubstr("    3  no such store"));
  EXPECT_THAT(ExitCodesInWords(), HasSubstr("  141  the reader"));
}

}  // namespace
}  // namespace annals
