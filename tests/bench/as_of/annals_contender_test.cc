// The benchmark's questions to Annals, compared with the naive model's answers.
#include "bench/as_of/annals_contender.h"

#include <memory>
#include <string>

#include "bench/as_of/model_contender.h"
#include "bench/as_of/questioning.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::bench {
namespace {

using ::annals::testing::IsOkAndHolds;

constexpr Measures kAll = {.tally = true, .set = true, .latest = true};

// Both are asked the same, and must agree.
void ExpectAgreement(const ClaimStream::Options& options) {
  ASSERT_OK(ClaimStream::Check(options));
  const ClaimStream claims(options);
  const testing::TemporaryDirectory folder;
  const std::unique_ptr<Contender> annals = NewAnnalsContender(folder.path() + "/store");
  const std::unique_ptr<Contender> model = NewModelContender();
  ASSERT_OK(annals->Load(claims, kAll));
  ASSERT_OK(model->Load(claims, kAll));
  for (const char* const question : {"group", "all", "members", "latest", "why"}) {
    const Inquest inquest = {.question = question, .count = 20};
    ASSERT_OK_AND_ASSIGN(const pb::Figure ours, Ask(inquest, claims, annals.get()));
    ASSERT_OK_AND_ASSIGN(const pb::Figure right, Ask(inquest, claims, model.get()));
    ASSERT_EQ(ours.answers_size(), 20);
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(ours.answers(i), right.answers(i)) << question << " " << i;
    }
  }
}

TEST(AnnalsContenderTest, AnswersAsTheModelDoesOnTime) {
  ExpectAgreement({.size = 2'000, .groups = 7, .members = 90});
}

TEST(AnnalsContenderTest, AnswersAsTheModelDoesWhenBothTimesAreLate) {
  ExpectAgreement({.size = 2'000, .groups = 7, .members = 90, .late_valid = 1, .late_known = 1});
}

TEST(AnnalsContenderTest, AnswersAsTheModelDoesUnderCorrections) {
  ExpectAgreement({.size = 1'000, .groups = 7, .members = 90, .corrections = 4});
}

TEST(AnnalsContenderTest, AnswersStayTheSameAfterARebuild) {
  const ClaimStream claims({.size = 500, .groups = 3});
  const testing::TemporaryDirectory folder;
  const std::unique_ptr<Contender> annals = NewAnnalsContender(folder.path() + "/store");
  ASSERT_OK(annals->Load(claims, kAll));
  const Question question = DrawQuestions(claims, 1, 1)[0];
  ASSERT_OK_AND_ASSIGN(const std::vector<int64_t> before, annals->Sums(question));
  EXPECT_THAT(before, ::testing::SizeIs(3));
  EXPECT_OK(annals->Rebuild());
  EXPECT_THAT(annals->Sums(question), IsOkAndHolds(before));
}

}  // namespace
}  // namespace annals::bench
