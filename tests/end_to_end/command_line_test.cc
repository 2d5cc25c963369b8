// The command line itself: help, suggestions, defaults, where options stand.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const char* const kCommands[] = {
    "init",      "load",       "append",  "as-of",  "diff",    "history", "why",    "timeline",
    "show",      "tail",       "views",   "types",  "stats",   "verify",  "export", "rebuild",
    "timelines", "completion", "explain", "backup", "restore", "repair"};

TEST(CommandLineTest, EveryCommandHasHelpWithAnExample) {
  AnnalsRunner annals;
  const std::string help = annals.Print({"--help"});
  EXPECT_THAT(help, AllOf(HasSubstr("Exit codes:\n    0  done\n"), HasSubstr("Example:\n")));
  for (const std::string command : kCommands) {
    EXPECT_THAT(help, HasSubstr("\n  " + command + " "));
    EXPECT_THAT(annals.Print({command, "--help"}),
                AllOf(HasSubstr("Usage: annals " + command), HasSubstr("Example"),
                      HasSubstr("  annals " + command)))
        << command;
  }
}

TEST(CommandLineTest, TellsItsVersion) {
  AnnalsRunner annals;
  EXPECT_EQ(annals.Print({"--version"}), "annals 0.1.0\n");
}

TEST(CommandLineTest, SuggestsTheCommandAndTheOptionThatWasMeant) {
  AnnalsRunner annals;
  const Outcome command = annals.Run({"asof", "2026-01-12"});
  EXPECT_EQ(command.code, 1);
  EXPECT_THAT(command.err, HasSubstr("unknown command \"asof\"; did you mean \"as-of\"?"));
  const Outcome option = annals.Run({"as-of", "2026-01-12", "--konwn", "2026"});
  EXPECT_EQ(option.code, 1);
  EXPECT_THAT(option.err, AllOf(HasSubstr("unknown option \"--konwn\"; did you mean \"--known\"?"),
                                HasSubstr("Try: annals as-of --help")));
}

TEST(CommandLineTest, UsageErrorsSayWhatIsMissingOrWrong) {
  AnnalsRunner annals;
  EXPECT_THAT(annals.Run({}).err, HasSubstr("no command given"));
  EXPECT_EQ(annals.Run({}).code, 1);
  EXPECT_THAT(annals.Run({"as-of"}).err, HasSubstr("DATE is required"));
  EXPECT_THAT(annals.Run({"as-of", "now", "--format", "xml"}).err,
              HasSubstr("--format: \"xml\" is none of table, json, csv, markdown"));
  EXPECT_THAT(annals.Run({"as-of", "now", "--position", "abc"}).err,
              HasSubstr("--position: \"abc\" is no whole number"));
  EXPECT_EQ(annals.Run({"as-of", "now", "--position", "-3"}).code, 1);
  EXPECT_EQ(annals.Run({"as-of", "now", "then"}).code, 1);
  EXPECT_EQ(annals.Run({"append", "--batch", "0"}).code, 1);
}

TEST(CommandLineTest, GlobalOptionsStandBeforeAndAfterTheCommand) {
  AnnalsRunner annals;
  annals.MakeNotes();
  const std::string before = annals.Print({"--format", "csv", "--store", annals.store(), "views"});
  const std::string after = annals.Print({"views", "--format", "csv", "--store", annals.store()});
  EXPECT_EQ(before, after);
  EXPECT_THAT(before, StartsWith("view,columns,description\r\n"));
}

TEST(CommandLineTest, TheStoreComesFromTheEnvironment) {
  AnnalsRunner annals;
  auto& variables = annals.environment().variables;
  variables.erase("ANNALS_STORE");
  variables["HOME"] = annals.folder() + "/home";
  EXPECT_THAT(annals.Print({"init"}), HasSubstr(annals.folder() + "/home/.local/share/annals"));
  variables["XDG_DATA_HOME"] = annals.folder() + "/xdg";
  EXPECT_THAT(annals.Print({"init"}), HasSubstr(annals.folder() + "/xdg/annals"));
  variables["ANNALS_STORE"] = annals.folder() + "/own";
  EXPECT_THAT(annals.Print({"init"}), HasSubstr(annals.folder() + "/own"));
  EXPECT_THAT(annals.Print({"init", "--store", annals.folder() + "/given"}),
              HasSubstr(annals.folder() + "/given"));
  variables.clear();
  const Outcome nowhere = annals.Run({"views"});
  EXPECT_EQ(nowhere.code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("give --store DIR or set ANNALS_STORE"));
}

TEST(CommandLineTest, AMissingStoreNamesTheCommandThatMakesOne) {
  AnnalsRunner annals;
  const Outcome outcome = annals.Run({"views"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(StartsWith("annals: "), HasSubstr("`annals init --store ")));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST(CommandLineTest, SeveralTimelinesMustBeToldApart) {
  AnnalsRunner annals;
  annals.Print({"init"});
  EXPECT_THAT(annals.Run({"views"}).err, HasSubstr("the store has no timeline yet"));
  for (const char* name : {"rome", "athens"}) {
    annals.Print({"init", "--timeline", name, "--zone", "Europe/Rome", "--title", name});
  }
  const Outcome outcome = annals.Run({"views"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("several timelines (athens, rome); name one with --timeline"));
  EXPECT_THAT(annals.Print({"views", "--timeline", "rome"}), HasSubstr("sources"));
}

TEST(CommandLineTest, InitTwiceChangesNothingButIsToldApart) {
  AnnalsRunner annals;
  annals.MakeNotes();
  EXPECT_THAT(annals.Print(
                  {"init", "--timeline", "notes", "--zone", "America/Caracas", "--title", "Notes"}),
              HasSubstr("was there"));
  const Outcome other = annals.Run(
      {"init", "--timeline", "notes", "--zone", "Europe/Rome", "--title", "Other notes"});
  EXPECT_EQ(other.code, 4);
  const Outcome again = annals.Run({"init"});
  EXPECT_EQ(again.code, 4);
  EXPECT_THAT(again.err, HasSubstr(annals.store()));
  EXPECT_THAT(annals.Run({"init", "--title", "x"}).err, HasSubstr("name it with --timeline"));
  EXPECT_THAT(annals.Run({"init", "--timeline", "x"}).err, HasSubstr("needs --zone"));
}

TEST(CommandLineTest, ErrorsAreRedOnATerminalAlone) {
  AnnalsRunner annals;
  EXPECT_THAT(annals.Run({"views"}).err, Not(HasSubstr("\x1b[")));
  annals.environment().error_is_terminal = true;
  EXPECT_THAT(annals.Run({"views"}).err, StartsWith("\x1b[31mannals:\x1b[0m "));
}

TEST(CommandLineTest, AMessageCannotCarryTerminalControls) {
  AnnalsRunner annals;
  annals.MakeNotes();
  EXPECT_THAT(annals.Run({"as-of", "\x1b]0;x\a"}).err, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace annals::testing
