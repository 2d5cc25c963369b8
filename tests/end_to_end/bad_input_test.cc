// Every bad input has its exit code, and a message that says what, where and
// the way out.
#include <cstdint>
#include <filesystem>
#include <fstream>
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
using ::testing::IsEmpty;

constexpr int kInvalid = 2;
constexpr int kNotFound = 3;
constexpr int kConflict = 4;
constexpr int kDataLoss = 6;
constexpr int kExhausted = 7;
constexpr int kWrongState = 8;

class BadInputTest : public ::testing::Test {
 protected:
  void SetUp() override { annals_.MakeNotes(); }

  // What the command complains about; it must print nothing else.
  std::string Complaint(int code, const std::vector<std::string>& arguments,
                        const std::string& input = "") {
    const Outcome outcome = annals_.Run(arguments, input);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
    return outcome.err;
  }

  AnnalsRunner annals_;
};

TEST_F(BadInputTest, UnparsableDates) {
  EXPECT_THAT(Complaint(kInvalid, {"as-of", "2026-13-01"}), HasSubstr("13"));
  EXPECT_THAT(Complaint(kInvalid, {"as-of", "2026~"}), HasSubstr("2026~"));
  EXPECT_THAT(Complaint(kInvalid, {"as-of", "now", "--known", "tomorrow"}),
              AllOf(HasSubstr("known"), HasSubstr("tomorrow")));
  EXPECT_THAT(Complaint(kInvalid, {"as-of", ""}), HasSubstr("valid"));
  EXPECT_THAT(Complaint(kInvalid, {"timeline", "--from", "yesterday"}),
              AllOf(HasSubstr("--from"), HasSubstr("yesterday")));
  EXPECT_THAT(Complaint(kInvalid, {"timeline", "--from", "2026-02", "--to", "2026-01"}),
              HasSubstr("--to 2026-01 lies before --from 2026-02"));
}

TEST_F(BadInputTest, HistoriesThatCannotBeStepped) {
  const auto history = [](const std::string& step) {
    return std::vector<std::string>{"history", "sources",    "--from", "2026-01-01",
                                    "--to",    "2026-12-31", "--step", step};
  };
  EXPECT_THAT(Complaint(kInvalid, history("1min")), HasSubstr("more than 10000 steps"));
  EXPECT_THAT(Complaint(kInvalid, history("1x")), HasSubstr("--step \"1x\""));
  EXPECT_THAT(Complaint(kInvalid, {"history", "sources", "--from", "2026-02", "--to", "2026-01"}),
              HasSubstr("--to lies before --from"));
  EXPECT_THAT(Complaint(kInvalid, {"history", "sources", "--from", "2026-01", "--to", "2026-02",
                                   "--axis", "known", "--known", "2026"}),
              HasSubstr("leave it out"));
}

TEST_F(BadInputTest, CrossedDatesInAnEvent) {
  const std::string event =
      "{\"id\":\"a\",\"stream\":\"source/a\",\"occurred\":\"2027-01-01\",\"payload\":{\"@type\":"
      "\"type.googleapis.com/annals.v1.SourceRegistered\",\"source\":\"a\",\"title\":\"A\"}}\n";
  EXPECT_THAT(Complaint(kInvalid, {"append"}, event),
              AllOf(HasSubstr("line 1: event 1 \"a\""), HasSubstr("2027-01-01"),
                    HasSubstr("nothing was recorded")));
}

TEST_F(BadInputTest, UnknownFieldsAndTypes) {
  EXPECT_THAT(Complaint(kInvalid, {"append"}, "{\"id\":\"a\",\"colour\":\"red\"}\n"),
              AllOf(HasSubstr("line 1: "), HasSubstr("colour")));
  EXPECT_THAT(
      Complaint(kInvalid, {"append"},
                SourceLine("a", "A") + "{\"id\":\"b\",\"stream\":\"s\",\"payload\":{\"@type\":"
                                       "\"type.googleapis.com/no.such.Type\"}}\n"),
      AllOf(HasSubstr("line 2: "), HasSubstr("no.such.Type"), HasSubstr("nothing was recorded")));
  const std::string file = annals_.WriteFile("a.textproto",
                                             "timeline: \"notes\"\nevent {\n  id: \"a\"\n"
                                             "  colour: \"red\"\n}\n");
  EXPECT_THAT(Complaint(kInvalid, {"load", file}),
              AllOf(HasSubstr("a.textproto:4:"), HasSubstr("colour")));
}

TEST_F(BadInputTest, ATextProtoEventIsRefusedWithItsLine) {
  const std::string file = annals_.WriteFile(
      "facts.textproto",
      "timeline: \"notes\"\n\nevent {\n  id: \"good\"\n  stream: \"source/good\"\n"
      "  payload { [type.googleapis.com/annals.v1.SourceRegistered] {\n"
      "    source: \"good\" title: \"Good\" } }\n}\n\n"
      "event {\n  id: \"bad\"\n  stream: \"source/bad\"\n"
      "  occurred: \"2026-02-30\"\n"
      "  payload { [type.googleapis.com/annals.v1.SourceRegistered] {\n"
      "    source: \"bad\" title: \"Bad\" } }\n}\n");
  EXPECT_THAT(Complaint(kInvalid, {"load", file}),
              AllOf(HasSubstr("facts.textproto:10: event 2 \"bad\""), HasSubstr("2026-02-30"),
                    HasSubstr("nothing was recorded")));
  EXPECT_THAT(Complaint(kNotFound, {"show", "good"}), HasSubstr("good"));
}

TEST_F(BadInputTest, UnknownTimelinesViewsKeysEventsAndPositions) {
  EXPECT_THAT(Complaint(kNotFound, {"views", "--timeline", "note"}),
              AllOf(HasSubstr("note"), HasSubstr("notes")));
  EXPECT_THAT(Complaint(kNotFound, {"as-of", "now", "--view", "source"}),
              HasSubstr("did you mean \"sources\"?"));
  EXPECT_THAT(Complaint(kNotFound,
                        {"history", "nothing", "--from", "2026", "--to", "2027", "--step", "1m"}),
              HasSubstr("sources"));
  EXPECT_THAT(Complaint(kNotFound, {"why", "sources", "S9"}), HasSubstr("S9"));
  EXPECT_THAT(Complaint(kNotFound, {"explain", "source"}), HasSubstr("did you mean \"sources\"?"));
  EXPECT_THAT(Complaint(kNotFound, {"explain", "sources", "--key", "S9"}), HasSubstr("S9"));
  EXPECT_THAT(Complaint(kNotFound, {"explain", "sources", "--position", "99"}), HasSubstr("99"));
  EXPECT_THAT(Complaint(kNotFound, {"show", "nobody"}), HasSubstr("nobody"));
  EXPECT_THAT(Complaint(kNotFound, {"show", "99"}), HasSubstr("99"));
  EXPECT_THAT(Complaint(kNotFound, {"show", "99999999999999999999999"}), HasSubstr("beyond"));
  EXPECT_THAT(Complaint(kNotFound, {"as-of", "now", "--position", "99"}), HasSubstr("99"));
  EXPECT_THAT(Complaint(kNotFound, {"tail", "--after", "99"}), HasSubstr("last event, 1"));
}

TEST_F(BadInputTest, AnIdThatIsTakenByOtherBytes) {
  annals_.Print({"append"}, SourceLine("a", "One title"));
  EXPECT_THAT(Complaint(kConflict, {"append"}, SourceLine("a", "Another title")),
              AllOf(HasSubstr("line 1: event 1 \"event-a\""), HasSubstr("position 2")));
}

TEST_F(BadInputTest, AStaleRevision) {
  annals_.Print({"append", "--expect", "none"}, SourceLine("a", "One"));
  std::string second = SourceLine("a", "Two");
  second.replace(second.find("event-a"), 7, "event-b");
  EXPECT_THAT(Complaint(kConflict, {"append", "--expect", "none"}, second),
              AllOf(HasSubstr("line 1"), HasSubstr("source/a")));
  EXPECT_THAT(Complaint(kConflict, {"append", "--expect", "7"}, second), HasSubstr("7"));
  EXPECT_THAT(annals_.Print({"append", "--expect", "1"}, second), HasSubstr("1 new event"));
  EXPECT_THAT(Complaint(kInvalid, {"append", "--expect", "sometimes"}, second),
              AllOf(HasSubstr("--expect"), HasSubstr("sometimes")));
}

TEST_F(BadInputTest, AnEventOverTheLimit) {
  EXPECT_THAT(Complaint(kExhausted, {"append"}, SourceLine("a", std::string(2 << 20, 'x'))),
              HasSubstr("line 1: event 1 \"event-a\""));
}

TEST_F(BadInputTest, TextThatIsNoUtf8) {
  EXPECT_THAT(Complaint(kInvalid, {"append"}, SourceLine("a", "caf\xe9")),
              AllOf(HasSubstr("line 1: "), HasSubstr("UTF-8")));
}

TEST_F(BadInputTest, ALineThatIsCutOff) {
  const std::string whole = SourceLine("a", "A") + SourceLine("b", "B") + SourceLine("c", "C");
  const std::string cut = whole.substr(0, whole.size() - 10);
  EXPECT_THAT(Complaint(kInvalid, {"append", "--batch", "2"}, cut),
              AllOf(HasSubstr("line 3: "), HasSubstr("cut off"),
                    HasSubstr("lines 1–2 are recorded; nothing from line 3 on was")));
  EXPECT_THAT(annals_.Print({"append"}, whole), HasSubstr("1 new event, 2 already there"));
}

TEST_F(BadInputTest, FilesThatAreNoEventFiles) {
  EXPECT_THAT(Complaint(kNotFound, {"load", annals_.folder() + "/none.jsonl"}),
              HasSubstr("no such file"));
  EXPECT_THAT(Complaint(kInvalid, {"load", annals_.WriteFile("notes.txt", "x")}),
              HasSubstr("*.textproto"));
  std::filesystem::create_directory(annals_.folder() + "/empty");
  EXPECT_THAT(Complaint(kNotFound, {"load", annals_.folder() + "/empty"}),
              HasSubstr("no *.textproto"));
}

TEST_F(BadInputTest, AFileOfTwoTimelines) {
  std::string other = SourceLine("b", "B");
  other.insert(1, "\"timeline\":\"elsewhere\",");
  const std::string file = annals_.WriteFile("two.jsonl", SourceLine("a", "A") + other);
  EXPECT_THAT(Complaint(kInvalid, {"load", file}),
              AllOf(HasSubstr("two.jsonl:2: "), HasSubstr("of one timeline"),
                    HasSubstr("nothing was recorded")));
  EXPECT_THAT(Complaint(kInvalid, {"append", "--timeline", "notes"}, other),
              AllOf(HasSubstr("\"elsewhere\""), HasSubstr("--timeline says \"notes\"")));
  EXPECT_THAT(Complaint(kNotFound, {"append"}, other), HasSubstr("elsewhere"));
}

TEST_F(BadInputTest, ExportsHaveNoMarkdown) {
  EXPECT_THAT(Complaint(kInvalid, {"--format", "markdown", "export"}), HasSubstr("textproto"));
}

TEST_F(BadInputTest, AFolderThatHoldsSomethingElse) {
  const std::string folder = annals_.folder() + "/letters";
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/letter.txt") << "Dear …";
  EXPECT_THAT(Complaint(kWrongState, {"init", "--store", folder}), HasSubstr(folder));
}

TEST_F(BadInputTest, ADamagedStore) {
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += SourceLine(absl::StrCat("s", i), "A title");
  annals_.Print({"append"}, lines);
  // Another opening moves what is in the write-ahead log into a table.
  annals_.Print({"verify"});
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(annals_.store() + "/db")) {
    const std::string extension = entry.path().extension();
    if (extension != ".sst" && extension != ".log") continue;
    const uint64_t size = entry.file_size();
    if (size == 0) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (uint64_t at = size / 4; at < size; at += size / 4 + 1) {
      file.seekg(at);
      const char byte = static_cast<char>(file.get());
      file.seekp(at);
      file.put(static_cast<char>(byte ^ 0x55));
    }
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  const Outcome outcome = annals_.Run({"verify"});
  EXPECT_EQ(outcome.code, kDataLoss) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
}

}  // namespace
}  // namespace annals::testing
