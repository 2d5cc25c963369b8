// The verbs that ask, in every format, on the bundled timeline.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// One store for all: nothing here writes.
class AnswersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    annals_ = new AnnalsRunner;
    annals_->LoadBundled();
  }
  static void TearDownTestSuite() {
    delete annals_;
    annals_ = nullptr;
  }

  static std::string Print(const std::vector<std::string>& arguments) {
    return annals_->Print(arguments);
  }

  static AnnalsRunner* annals_;
};

AnnalsRunner* AnswersTest::annals_ = nullptr;

TEST_F(AnswersTest, AsOfIsAPageOfEveryView) {
  const std::string page = Print({"as-of", "2026-01-12"});
  EXPECT_THAT(page, StartsWith("Venezuela, January 2026\n"
                               "As of the end of 12 January 2026, as known by 1 June 2026, 08:00, "
                               "going by the first "));
  for (const char* view :
       {"\nconflicts\n", "\nfacilities\n", "\nnationals-freed\n", "\nreleases\n",
        "\nremaining-prisoners\n", "\nsources\n", "\nsummary\n", "\nverification-gap\n"}) {
    EXPECT_THAT(page, HasSubstr(view));
  }
}

TEST_F(AnswersTest, AsOfShowsThePossibleValueBesideTheCertainOne) {
  EXPECT_THAT(Print({"as-of", "2026-01-12", "--view", "remaining-prisoners"}),
              ContainsRegex("human-rights-groups +remain +800–1,000 +800–1,000 +727–951\n"));
  EXPECT_THAT(Print({"as-of", "2026-01-13", "--view", "remaining-prisoners"}),
              ContainsRegex("human-rights-groups +remain +800–1,000 +727–951\n"));
}

TEST_F(AnswersTest, AsOfEndsWithTheCommandThatReproducesIt) {
  const std::string page = Print({"as-of", "now", "--known", "2026-01-20"});
  const size_t at = page.find("  annals ");
  ASSERT_NE(at, std::string::npos) << page;
  std::vector<std::string> command =
      absl::StrSplit(page.substr(at + 9, page.size() - at - 10), ' ');
  EXPECT_EQ(command[0], "as-of");
  EXPECT_EQ(command[1], "2026-06-01T08:00:00.000081-04:00");
  annals_->clock().Advance(3'600'000'000);
  EXPECT_EQ(Print(command), page);
}

TEST_F(AnswersTest, AsOfPrintsADashWhereNothingIsRecorded) {
  EXPECT_THAT(Print({"as-of", "2026-01-12", "--view", "nationals-freed"}),
              ContainsRegex("IT +– +at least 2\n"));
  EXPECT_THAT(Print({"as-of", "2020", "--view", "releases"}), HasSubstr("(nothing)"));
}

TEST_F(AnswersTest, AsOfAsJsonIsTheViewResult) {
  const std::string json =
      Print({"as-of", "2026-01-12", "--view", "nationals-freed", "--format", "json"});
  EXPECT_THAT(json, AllOf(StartsWith("{\"timeline\": \"venezuela-2026\", \"view\": "
                                     "\"nationals-freed\", \"asOf\": {\"valid\": "
                                     "\"2026-01-12T23:59:59.999999-04:00\""),
                          HasSubstr("{\"lower\": 5, \"upper\": 5}")));
  EXPECT_THAT(Print({"as-of", "2026-01-12", "--format", "json"}),
              StartsWith("{\"views\": [{\"timeline\": \"venezuela-2026\", \"view\": \"summary\""));
}

TEST_F(AnswersTest, AsOfAsCsvSplitsEveryValue) {
  const std::string csv =
      Print({"--format", "csv", "as-of", "2026-01-12", "--view", "nationals-freed"});
  EXPECT_THAT(csv, StartsWith("country,freed.certain.lower,freed.certain.upper,"
                              "freed.possible.lower,freed.possible.upper\r\nES,5,5,5,5\r\n"));
  EXPECT_THAT(csv, HasSubstr("\r\nIT,,,2,\r\n"));
  EXPECT_THAT(Print({"as-of", "2026-01-12", "--format", "csv"}),
              AllOf(StartsWith("view,key,column,unit,certain,"),
                    HasSubstr("\r\nnationals-freed,country=ES,freed,persons,,5,5,,,,5,5,,\r\n")));
}

TEST_F(AnswersTest, AsOfAsMarkdownHasHeadingsAndTables) {
  EXPECT_THAT(Print({"as-of", "2026-01-12", "--format", "markdown"}),
              AllOf(StartsWith("# Venezuela, January 2026\n"), HasSubstr("\n## releases\n\n"),
                    HasSubstr("| country | freed (persons) | possibly |\n| --- | ---: | ---: |\n"
                              "| ES | 5 |  |\n")));
}

TEST_F(AnswersTest, DiffTellsTheWorldFromWhatWeLearned) {
  const std::string learned = Print(
      {"diff", "2026-01-12", "2026-01-12", "--known-from", "2026-01-12", "--view", "summary"});
  EXPECT_THAT(learned,
              AllOf(HasSubstr("We learned: summary\n"),
                    ContainsRegex("maduro-captured +occurred +certain +\\[\\.\\.2026-01-08\\] +"
                                  "2026-01-03\n"),
                    Not(HasSubstr("The world changed"))));
  const std::string changed =
      Print({"diff", "2026-01-12", "2026-01-13", "--view", "verification-gap"});
  EXPECT_THAT(changed, AllOf(HasSubstr("The world changed: verification-gap\n"),
                             ContainsRegex("all +verified +certain +– +49–73\n"),
                             Not(HasSubstr("We learned"))));
  EXPECT_THAT(Print({"diff", "2026-01-12", "2026-01-12"}), HasSubstr("\nNothing changed.\n"));
}

TEST_F(AnswersTest, DiffInTheOtherFormats) {
  const std::vector<std::string> diff = {"diff",   "2026-01-12",       "2026-01-13",
                                         "--view", "verification-gap", "--format"};
  const auto as = [&](const std::string& format) {
    std::vector<std::string> arguments = diff;
    arguments.push_back(format);
    return Print(arguments);
  };
  EXPECT_THAT(as("json"), AllOf(HasSubstr("\"changes\": ["), HasSubstr("\"WORLD_CHANGED\"")));
  EXPECT_THAT(as("csv"),
              AllOf(StartsWith("view,cause,key,column,world,before,before.lower"),
                    HasSubstr("verification-gap,WORLD_CHANGED,scope=all,verified,CERTAIN,,,,,,,49,"
                              "73,,\r\n")));
  EXPECT_THAT(as("markdown"), HasSubstr("## The world changed: verification-gap\n\n| scope |"));
  EXPECT_THAT(Print({"diff", "2026-01-12", "2026-01-13", "--format", "json"}),
              StartsWith("{\"diffs\": [{"));
}

TEST_F(AnswersTest, HistoryHasALineForEveryStep) {
  const std::string days = Print({"history", "verification-gap", "--from", "2026-01-11", "--to",
                                  "2026-01-13", "--step", "1d"});
  EXPECT_THAT(days, AllOf(HasSubstr("\n2026-01-11  all"), HasSubstr("\n2026-01-12  all"),
                          HasSubstr("\n2026-01-13  all"), Not(HasSubstr("2026-01-14"))));
  EXPECT_THAT(Print({"history", "summary", "--axis", "known", "--from", "2026-01-08", "--to",
                     "2026-01-31", "--step", "1w"}),
              AllOf(HasSubstr("as known by"),
                    ContainsRegex("2026-01-08 +maduro-captured +\\[\\.\\.2026-01-08\\]")));
}

TEST_F(AnswersTest, HistoryInTheOtherFormats) {
  const auto as = [&](const std::string& format) {
    return Print({"history", "verification-gap", "--from", "2026-01-12", "--to", "2026-01-13",
                  "--format", format});
  };
  EXPECT_THAT(as("json"), AllOf(HasSubstr("\"points\": [{\"asOf\": {\"valid\": "
                                          "\"2026-01-12T23:59:59.999999-04:00\"")));
  EXPECT_THAT(as("csv"), AllOf(StartsWith("asOf.valid,asOf.known,asOf.position,scope,"),
                               HasSubstr("\r\n2026-01-13T23:59:59.999999-04:00,")));
  EXPECT_THAT(as("markdown"), HasSubstr("| 2026-01-13 | all |"));
}

TEST_F(AnswersTest, HistorySaysAtEachStepWhatAsOfSays) {
  for (const std::string view : {"conflicts", "facilities", "nationals-freed", "releases",
                                 "remaining-prisoners", "sources", "summary", "verification-gap"}) {
    const std::string history =
        Print({"history", view, "--from", "2026-01-02", "--to", "2026-01-22", "--step", "5d",
               "--known", "2026-02-01", "--format", "csv"});
    for (const std::string day :
         {"2026-01-02", "2026-01-07", "2026-01-12", "2026-01-17", "2026-01-22"}) {
      std::vector<std::string> rows;
      for (const absl::string_view line : absl::StrSplit(history, "\r\n")) {
        // The as-of's three columns come first.
        const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(',', 3));
        if (parts.size() == 4 && absl::StartsWith(line, day)) rows.push_back(parts[3]);
      }
      std::vector<std::string> lines = absl::StrSplit(
          Print({"as-of", day, "--view", view, "--known", "2026-02-01", "--format", "csv"}), "\r\n",
          absl::SkipEmpty());
      lines.erase(lines.begin());  // The header.
      EXPECT_EQ(rows, lines) << view << " on " << day;
    }
  }
}

TEST_F(AnswersTest, ExplainListsWhatAViewReads) {
  const std::string page = Print({"explain", "nationals-freed", "--as-of", "2026-01-13"});
  EXPECT_THAT(page, AllOf(StartsWith("As of the end of 13 January 2026, as known by "),
                          ContainsRegex("\nworld +read +measure +prefix +strategy +reason +groups "
                                        "+contributions +rows +time \\(µs\\)\n"),
                          ContainsRegex("\ncertain +sets +venezuela.releases.nationals +"),
                          ContainsRegex("\npossible +members +venezuela.releases.people +")));
  EXPECT_THAT(page, Not(HasSubstr("contributors")));
  EXPECT_THAT(Print({"explain", "sources", "--key", "S1"}),
              ContainsRegex("\ncertain +contributors +annals.sources.events +S1 +"));
}

TEST_F(AnswersTest, ExplainInTheOtherFormats) {
  const auto as = [&](const std::string& format) {
    return Print({"explain", "nationals-freed", "--as-of", "2026-01-13", "--format", format});
  };
  EXPECT_THAT(as("json"),
              AllOf(StartsWith("{\"timeline\": \"venezuela-2026\", \"view\": "
                               "\"nationals-freed\", \"key\": [], \"asOf\": {"),
                    HasSubstr("\"reads\": [{\"world\": \"CERTAIN\", \"read\": \"registers\", "
                              "\"measure\": \"venezuela.releases.totals\", \"prefix\": [], "
                              "\"strategy\": \""),
                    HasSubstr("\"elapsedMicros\": ")));
  EXPECT_THAT(as("csv"), AllOf(StartsWith("world,read,measure,prefix,strategy,reason,groups,"
                                          "contributions,rows,elapsedMicros\r\n"),
                               HasSubstr("\r\npossible,sets,venezuela.releases.nationals,,")));
  EXPECT_THAT(as("markdown"), HasSubstr("\n| certain | sets | venezuela.releases.nationals |"));
}

TEST_F(AnswersTest, WhyListsTheEventsAndWhatTheirSourcesSay) {
  const std::string why = Print(
      {"why", "remaining-prisoners", "human-rights-groups", "remain", "--as-of", "2026-01-12"});
  EXPECT_THAT(why, AllOf(HasSubstr("remaining: 800–1,000 for certain, possibly 727–951\n"),
                         ContainsRegex("#[0-9]+  foro-penal-and-others-verify  ReleaseVerified "
                                       "\\(possible world only\\)\n"),
                         HasSubstr("occurred [2026-01-12..2026-01-13]; claimed by "
                                   "foro-penal-and-others\n"),
                         HasSubstr("\n      S3, paragraphs 3 and 5: ")));
}

TEST_F(AnswersTest, WhyInTheOtherFormats) {
  const auto as = [&](const std::string& format) {
    return Print({"why", "nationals-freed", "ES", "--format", format});
  };
  EXPECT_THAT(as("json"), AllOf(StartsWith("{\"reasons\": [{\"timeline\": "),
                                HasSubstr("\"id\": \"five-spaniards-verified\"")));
  EXPECT_THAT(as("csv"), AllOf(StartsWith("key,column,world,position,id,"),
                               HasSubstr("\r\ncountry = ES,freed,CERTAIN,")));
  EXPECT_THAT(as("markdown"), HasSubstr("| country = ES | freed | CERTAIN |"));
}

TEST_F(AnswersTest, TimelineIsInTheOrderOfHistoryAndFiltered) {
  const std::string all = Print({"timeline"});
  EXPECT_LT(all.find("san-miguel-detained-s0"), all.find("maduro-captured-refined"));
  EXPECT_LT(all.find("maduro-captured-refined"), all.find("five-spaniards-verified"));
  EXPECT_THAT(Print({"timeline", "--text", "marquez"}), HasSubstr("marquez-reported"));
  EXPECT_THAT(Print({"timeline", "--text", "marquez"}), Not(HasSubstr("maduro-captured")));
  EXPECT_THAT(Print({"timeline", "--type", "MaduroCaptured"}),
              AllOf(HasSubstr("maduro-captured-refined"), HasSubstr("corrected by")));
  EXPECT_THAT(Print({"timeline", "--asserter", "foro-penal", "--format", "csv"}),
              AllOf(HasSubstr("foro-penal"), Not(HasSubstr("human-rights-groups"))));
  EXPECT_THAT(Print({"timeline", "--stream", "person/", "--source", "S3", "--from", "2026-01-03",
                     "--to", "2026-01-03"}),
              HasSubstr("maduro-captured-refined"));
  EXPECT_THAT(Print({"timeline", "--type", "MaduroCaptured", "--format", "json"}),
              AllOf(HasSubstr("\"events\": ["), HasSubstr("\"correctedBy\": [")));
}

TEST_F(AnswersTest, ShowTellsEverythingOfOneEvent) {
  const std::string page = Print({"show", "maduro-captured-refined"});
  EXPECT_THAT(page, AllOf(ContainsRegex("occurred +2026-01-03 \\(3 January 2026, 00:00 to the end "
                                        "of 3 January 2026\\)\n"),
                          ContainsRegex("correction +supersedes maduro-captured \\(#[0-9]+\\): "),
                          ContainsRegex("captors +United States special forces\n")));
  EXPECT_THAT(Print({"show", "1", "--format", "json"}),
              StartsWith("{\"id\": \"timeline-created\""));
  EXPECT_THAT(Print({"show", "1", "--format", "csv"}), StartsWith("field,value\r\nid,"));
  EXPECT_THAT(Print({"show", "1", "--format", "markdown"}), StartsWith("| field | value |"));
}

TEST_F(AnswersTest, TailIsTheLogInTheOrderRecorded) {
  EXPECT_THAT(Print({"tail", "--after", "0", "--limit", "1"}), HasSubstr("timeline-created"));
  EXPECT_THAT(Print({"tail", "--after", "0", "--limit", "1"}), Not(HasSubstr("SourceRegistered")));
  const std::string lines = Print({"tail", "--limit", "3", "--format", "json"});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_THAT(lines, StartsWith("{\"id\": \""));
}

TEST_F(AnswersTest, ListingsNameWhatThereIs) {
  EXPECT_THAT(Print({"views"}), HasSubstr("nationals-freed      key country, freed (persons)  "));
  EXPECT_THAT(Print({"types"}),
              ContainsRegex("venezuela.v1.ReleaseAnnounced +An authority announced that prisoners "
                            "would be released\\. +announcer, office, count, covers\n"));
  EXPECT_THAT(Print({"timelines", "--format", "json"}),
              AllOf(StartsWith("{\"timelines\": [{\"timeline\": \"venezuela-2026\", \"title\": "
                               "\"Venezuela, January 2026\""),
                    HasSubstr("\"homeZone\": \"America/Caracas\"")));
  EXPECT_THAT(Print({"views", "--format", "csv"}), StartsWith("view,columns,description\r\n"));
  EXPECT_THAT(Print({"timelines", "--format", "markdown"}), HasSubstr("| venezuela-2026 |"));
}

TEST_F(AnswersTest, StatsCountEventsAndFollowTheProjections) {
  EXPECT_THAT(Print({"stats"}),
              AllOf(ContainsRegex("venezuela-2026 +events of annals.v1.SourceRegistered +5"),
                    HasSubstr("projection venezuela.releases at position")));
}

TEST_F(AnswersTest, VerifySaysWhatItChecked) {
  EXPECT_THAT(Print({"verify"}),
              AllOf(HasSubstr("every checksum holds"),
                    ContainsRegex("projections +[1-9][0-9]* +have taken in"),
                    ContainsRegex("tree of venezuela-2026 +[1-9][0-9]* +has the root "
                                  "[A-Za-z0-9+/]{43}=")));
}

TEST_F(AnswersTest, RebuildChangesNoAnswer) {
  const std::string before = Print({"as-of", "2026-01-12", "--format", "json"});
  EXPECT_THAT(Print({"rebuild"}), AllOf(HasSubstr("look-ups of events"),
                                        HasSubstr("projection venezuela.releases at position")));
  EXPECT_EQ(Print({"as-of", "2026-01-12", "--format", "json"}), before);
}

TEST_F(AnswersTest, ATerminalGetsColourAndLaidOutJson) {
  Environment& environment = annals_->environment();
  environment.output_is_terminal = true;
  environment.terminal_columns = 80;
  EXPECT_THAT(Print({"views"}), HasSubstr("\x1b[1mview"));
  EXPECT_THAT(Print({"show", "1", "--format", "json"}), StartsWith("{\n  \"id\": "));
  environment.variables["NO_COLOR"] = "1";
  EXPECT_THAT(Print({"views"}), Not(HasSubstr("\x1b[")));
  environment.variables.erase("NO_COLOR");
  environment.output_is_terminal = false;
  EXPECT_THAT(Print({"views"}), Not(HasSubstr("\x1b[")));
}

}  // namespace
}  // namespace annals::testing
