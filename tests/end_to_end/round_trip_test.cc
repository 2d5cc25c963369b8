// A timeline that was exported and loaded again gives the same answers.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Coordinates all over the timeline's life.
const std::vector<std::vector<std::string>> kQuestions = {
    {"as-of", "2026-01-12", "--known", "2026-01-12"},
    {"as-of", "2026-01-12", "--known", "2026-01-20"},
    {"as-of", "2026-01-31", "--known", "2026-06-01"},
    {"as-of", "2026-06-01", "--known", "2026-06-01", "--position", "30"},
    {"as-of", "2026-01-08", "--known", "2026-06-01", "--position", "60"},
    {"as-of", "2026-01-03", "--known", "2026-01-31", "--position", "1"},
    {"diff", "2026-01-08", "2026-01-31", "--known-from", "2026-01-08", "--known-to", "2026-06-01"},
};

class RoundTripTest : public ::testing::Test {
 protected:
  void SetUp() override { annals_.LoadBundled(); }

  std::vector<std::string> Answers(const std::string& store) {
    std::vector<std::string> answers;
    for (std::vector<std::string> question : kQuestions) {
      for (const char* word : {"--format", "json", "--store"}) question.push_back(word);
      question.push_back(store);
      answers.push_back(annals_.Print(question));
    }
    return answers;
  }

  // Loads an export into a fresh store, a month later, and compares.
  void ExpectSameAnswersFrom(const std::string& file) {
    const std::string copy = annals_.folder() + "/copy";
    const std::vector<std::string> answers = Answers(annals_.store());
    annals_.clock().Advance(int64_t{30} * 86'400 * 1'000'000);
    annals_.Print({"init", "--store", copy});
    EXPECT_THAT(annals_.Print({"load", file, "--store", copy}), HasSubstr(" 0 already there"));
    EXPECT_EQ(Answers(copy), answers);
    EXPECT_EQ(annals_.Print({"export", "--store", copy}), annals_.Print({"export"}));
    EXPECT_THAT(annals_.Print({"load", file, "--store", copy}), HasSubstr("0 new events, "));
  }

  AnnalsRunner annals_;
};

TEST_F(RoundTripTest, JsonLinesReadBackGiveTheSameAnswers) {
  ExpectSameAnswersFrom(annals_.WriteFile("export.jsonl", annals_.Print({"export"})));
}

TEST_F(RoundTripTest, TextProtoReadBackGivesTheSameAnswers) {
  ExpectSameAnswersFrom(
      annals_.WriteFile("export.textproto", annals_.Print({"export", "--format", "textproto"})));
}

TEST_F(RoundTripTest, AppendTakesAnExportToo) {
  const std::string copy = annals_.folder() + "/copy";
  const std::string exported = annals_.Print({"export"});
  annals_.clock().Advance(1'000'000);
  annals_.Print({"init", "--store", copy});
  annals_.Print({"append", "--store", copy, "--batch", "7"}, exported);
  EXPECT_EQ(annals_.Print({"export", "--store", copy}), exported);
}

TEST_F(RoundTripTest, CsvIsFlatAndHasALineForEveryEvent) {
  EXPECT_THAT(annals_.Print({"export", "--format", "csv"}),
              AllOf(StartsWith("position,id,timeline,stream,revision,type,occurred,"),
                    HasSubstr("\r\n1,timeline-created,venezuela-2026,timeline,1,"
                              "annals.v1.TimelineCreated,"),
                    HasSubstr(",SUPERSEDES,maduro-captured,")));
}

TEST_F(RoundTripTest, LoadingTheBundledTimelineAgainChangesNothing) {
  const std::string before = annals_.Print({"export"});
  EXPECT_THAT(annals_.Print({"load", BundledFolder(), "--format", "json"}),
              HasSubstr("\"new\": 0, \"alreadyThere\": "));
  EXPECT_EQ(annals_.Print({"export"}), before);
}

}  // namespace
}  // namespace annals::testing
