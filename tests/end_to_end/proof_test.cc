#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/exit_code.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

int Code(ExitCode code) { return static_cast<int>(code); }

class ProofTest : public ::testing::Test {
 protected:
  // What the command prints, without its line break.
  std::string Line(const std::vector<std::string>& arguments) {
    std::string line = annals_.Print(arguments);
    if (!line.empty() && line.back() == '\n') line.pop_back();
    return line;
  }

  AnnalsRunner annals_;
};

TEST_F(ProofTest, AStoreHasAKeyFromTheBeginning) {
  annals_.Print({"init"});
  const std::string key = Line({"key"});
  EXPECT_THAT(key, MatchesRegex("annals\\.invalid/[0-9a-f]{8}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]*"));
  EXPECT_EQ(Line({"key"}), key);
}

TEST_F(ProofTest, TheOriginIsTheOperatorsToName) {
  EXPECT_THAT(annals_.Print({"init", "--origin", "annals.example.org/history"}),
              HasSubstr("annals.example.org/history"));
  annals_.Print({"init", "--timeline", "sea", "--zone", "UTC", "--title", "The sea"});
  EXPECT_THAT(Line({"key"}), StartsWith("annals.example.org/history+"));
  EXPECT_THAT(annals_.Print({"checkpoint"}), StartsWith("annals.example.org/history/sea\n1\n"));
  const Outcome renamed = annals_.Run({"init", "--timeline", "sea", "--zone", "UTC", "--title",
                                       "The sea", "--origin", "annals.example.org/other"});
  EXPECT_EQ(renamed.code, Code(ExitCode::kConflict));
  EXPECT_THAT(renamed.err, AllOf(HasSubstr("--origin"), HasSubstr("annals.example.org/history")));
}

TEST_F(ProofTest, AnOriginThatIsNoNameIsRefused) {
  const Outcome outcome = annals_.Run({"init", "--origin", "two words"});
  EXPECT_EQ(outcome.code, Code(ExitCode::kInvalidInput));
  EXPECT_THAT(outcome.err, HasSubstr("--origin"));
  EXPECT_FALSE(std::filesystem::exists(annals_.store()));
}

TEST_F(ProofTest, KeysMayBeKeptElsewhere) {
  const std::string keys = annals_.folder() + "/safe";
  annals_.Print({"init", "--keys", keys, "--timeline", "sea", "--zone", "UTC", "--title", "Sea"});
  EXPECT_TRUE(std::filesystem::exists(keys + "/checkpoint.key"));
  EXPECT_FALSE(std::filesystem::exists(annals_.store() + "/keys"));
  const std::string key = Line({"key", "--keys", keys});
  const std::string path =
      annals_.WriteFile("checkpoint", annals_.Print({"checkpoint", "--keys", keys}));
  EXPECT_THAT(annals_.Print({"verify-proof", path, "--key", key}), HasSubstr("sea"));
}

TEST_F(ProofTest, WhereKeysCannotBeMadeItSaysSo) {
  annals_.MakeNotes();
  const Outcome outcome = annals_.Run({"checkpoint", "--keys", annals_.folder() + "/no/keys"});
  EXPECT_EQ(outcome.code, Code(ExitCode::kNotFound));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("/no/keys"), HasSubstr("--keys")));
}

TEST_F(ProofTest, WithoutAStoreThereIsNoKey) {
  const Outcome outcome = annals_.Run({"key", "--store", annals_.folder()});
  EXPECT_EQ(outcome.code, Code(ExitCode::kNotFound));
  EXPECT_THAT(outcome.err, HasSubstr("annals init"));
  EXPECT_FALSE(std::filesystem::exists(annals_.folder() + "/keys"));
}

TEST_F(ProofTest, AProofIsCheckedWithoutTheStore) {
  annals_.MakeNotes();
  annals_.Print({"append"}, SourceLine("courier", "The Courier"));
  const std::string key = Line({"key"});
  const std::string proof = annals_.WriteFile("proof", annals_.Print({"prove", "event-courier"}));
  std::filesystem::remove_all(annals_.store());
  EXPECT_THAT(annals_.Print({"verify-proof", proof, "--key", key}),
              AllOf(HasSubstr("event-courier"), HasSubstr("The Courier"), HasSubstr("notes")));
  EXPECT_THAT(annals_.Print({"verify-proof", proof, "--key", key, "--format", "json"}),
              AllOf(HasSubstr("\"proven\""), HasSubstr("\"title\": \"The Courier\"")));
}

TEST_F(ProofTest, APageNamesTheRootThatItRestsOn) {
  annals_.LoadBundled();
  const std::string note = annals_.Print({"checkpoint"});
  const std::string root = note.substr(note.find("\n82\n") + 4, 44);
  EXPECT_THAT(annals_.Print({"as-of", "2026-01-12"}),
              HasSubstr(absl::StrCat("82 events with the root ", root)));
  EXPECT_THAT(annals_.Print({"as-of", "2026-01-12", "--position", "81"}), Not(HasSubstr(root)));
}

TEST_F(ProofTest, ProvingTakesAnEventOrACheckpoint) {
  annals_.MakeNotes();
  for (const auto& arguments :
       {std::vector<std::string>{"prove"}, {"prove", "1", "--from", "somewhere"}}) {
    const Outcome outcome = annals_.Run(arguments);
    EXPECT_EQ(outcome.code, Code(ExitCode::kInvalidInput));
    EXPECT_THAT(outcome.err, HasSubstr("--from"));
  }
  EXPECT_THAT(annals_.Run({"prove", "--from", annals_.folder() + "/missing"}).err,
              HasSubstr("no such file"));
  EXPECT_THAT(annals_.Run({"prove", "--from", annals_.WriteFile("empty", "")}).err,
              HasSubstr("no checkpoint"));
}

}  // namespace
}  // namespace annals::testing
