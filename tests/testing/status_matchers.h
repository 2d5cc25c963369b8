// Matchers for Status and StatusOr, which Debian's Abseil lacks.
//
//   EXPECT_THAT(log.Append(batch), IsOk());
//   EXPECT_THAT(Edtf::Parse("2026-13"), StatusIs(absl::StatusCode::kInvalidArgument,
//                                                HasSubstr("month 13")));
//   EXPECT_THAT(log.Head(), IsOkAndHolds(Position{3}));
#ifndef ANNALS_TESTS_TESTING_STATUS_MATCHERS_H_
#define ANNALS_TESTS_TESTING_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status status = StatusOf(arg);
  if (!status.ok()) *result_listener << "which is " << status.ToString();
  return status.ok();
}

MATCHER_P2(StatusIs, code, message, "has a given code, and a message that matches") {
  const absl::Status status = StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

MATCHER_P(IsOkAndHolds, value, "is OK and holds a value that matches") {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(value, *arg, result_listener);
}

}  // namespace annals::testing

// Fails the test if `expression` is an error; otherwise declares its value.
#define ASSERT_OK_AND_ASSIGN(declaration, expression)                                      \
  ASSERT_OK_AND_ASSIGN_(ANNALS_TEST_CONCAT_(annals_test_statusor_, __LINE__), declaration, \
                        expression)
#define ANNALS_TEST_CONCAT_INNER_(a, b) a##b
#define ANNALS_TEST_CONCAT_(a, b) ANNALS_TEST_CONCAT_INNER_(a, b)
#define ASSERT_OK_AND_ASSIGN_(statusor, declaration, expression) \
  auto statusor = (expression);                                  \
  ASSERT_THAT(statusor, ::annals::testing::IsOk());              \
  declaration = std::move(statusor).value()

#define ASSERT_OK(expression) ASSERT_THAT((expression), ::annals::testing::IsOk())
#define EXPECT_OK(expression) EXPECT_THAT((expression), ::annals::testing::IsOk())

#endif  // ANNALS_TESTS_TESTING_STATUS_MATCHERS_H_
