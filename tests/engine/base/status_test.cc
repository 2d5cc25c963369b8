#include "engine/base/status.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;

constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;

TEST(AnnotateTest, PutsThePlaceBeforeTheMessage) {
  EXPECT_THAT(Annotate(absl::NotFoundError("no such source"), "event 3"),
              StatusIs(kNotFound, "event 3: no such source"));
}

TEST(AnnotateTest, LeavesOkAsItIs) { EXPECT_THAT(Annotate(absl::OkStatus(), "event 3"), IsOk()); }

TEST(AnnotateTest, KeepsPayloads) {
  absl::Status status = absl::NotFoundError("no such source");
  status.SetPayload("annals/source", absl::Cord("foro-penal"));
  const auto payload = Annotate(status, "event 3").GetPayload("annals/source");
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(*payload, "foro-penal");
}

// Counts how far a function came before it returned.
absl::Status ReturnEarly(const absl::Status& first, int* steps) {
  ANNALS_RETURN_IF_ERROR(first);
  ++*steps;
  return absl::OkStatus();
}

TEST(ReturnIfErrorTest, ReturnsTheErrorAndOtherwiseGoesOn) {
  int steps = 0;
  EXPECT_THAT(ReturnEarly(absl::NotFoundError("gone"), &steps), StatusIs(kNotFound, "gone"));
  EXPECT_EQ(steps, 0);
  EXPECT_THAT(ReturnEarly(absl::OkStatus(), &steps), IsOk());
  EXPECT_EQ(steps, 1);
}

absl::StatusOr<int> Sum(const absl::StatusOr<int>& a, const absl::StatusOr<int>& b) {
  int sum = 0;
  ANNALS_ASSIGN_OR_RETURN(const int first, a);
  ANNALS_ASSIGN_OR_RETURN(sum, b);
  return first + sum;
}

TEST(AssignOrReturnTest, DeclaresAndAssigns) { EXPECT_THAT(Sum(2, 3), IsOkAndHolds(5)); }

TEST(AssignOrReturnTest, ReturnsTheFirstError) {
  EXPECT_THAT(Sum(absl::NotFoundError("a"), absl::InternalError("b")), StatusIs(kNotFound, "a"));
  EXPECT_THAT(Sum(2, absl::InternalError("b")), StatusIs(absl::StatusCode::kInternal, "b"));
}

absl::StatusOr<std::unique_ptr<std::string>> Forward(
    absl::StatusOr<std::unique_ptr<std::string>> value) {
  ANNALS_ASSIGN_OR_RETURN(std::unique_ptr<std::string> moved, std::move(value));
  return moved;
}

TEST(AssignOrReturnTest, MovesWhatCannotBeCopied) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<std::string> text,
                       Forward(std::make_unique<std::string>("helicoide")));
  EXPECT_EQ(*text, "helicoide");
}

}  // namespace
}  // namespace annals
