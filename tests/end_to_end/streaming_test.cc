// Events in bulk: batches, receipts, progress, and files over the limit.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/annals_runner.h"

namespace annals::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string Lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += SourceLine(absl::StrCat("s", i), "A title");
  return lines;
}

TEST(StreamingTest, TwentyThousandEventsThroughAppend) {
  AnnalsRunner annals;
  annals.MakeNotes();
  const Outcome outcome = annals.Run({"append"}, Lines(20'000));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "20,000 new events, 0 already there; timeline \"notes\" is recorded up to position "
            "20001\n");
  EXPECT_THAT(annals.Print({"stats", "--format", "csv"}), HasSubstr("\r\nnotes,events,20001,"));
  EXPECT_THAT(annals.Print({"append"}, Lines(20'000)),
              StartsWith("0 new events, 20,000 already there"));
}

TEST(StreamingTest, AFileOverTheLimitIsLoadedInBatchesAndSaysSo) {
  AnnalsRunner annals;
  annals.MakeNotes();
  const std::string file = annals.WriteFile("many.jsonl", Lines(10'001));
  const Outcome outcome = annals.Run({"load", file});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("many.jsonl: more than the log takes at once (10,000 events)"));
  EXPECT_THAT(outcome.out, HasSubstr("10,001 new events, 0 already there"));
}

TEST(StreamingTest, ReceiptsSayWhereEachEventStands) {
  AnnalsRunner annals;
  annals.MakeNotes();
  EXPECT_EQ(annals.Print({"append", "--format", "json"}, SourceLine("a", "A")),
            "{\"id\": \"event-a\", \"position\": 2, \"revision\": 1, "
            "\"recordedAt\": \"2026-06-01T12:00:00.000001Z\", \"outcome\": \"new\", "
            "\"durability\": \"DISK\"}\n");
  EXPECT_THAT(
      annals.Print({"append", "--format", "csv"}, SourceLine("a", "A")),
      AllOf(StartsWith("id,position,revision,recordedAt,outcome,durability\r\nevent-a,2,1,"),
            HasSubstr(",already there,DISK\r\n")));
}

TEST(StreamingTest, AnEventWithoutAnIdDrawsOne) {
  AnnalsRunner annals;
  annals.MakeNotes();
  std::string line = SourceLine("a", "A");
  line.erase(1, std::string("\"id\":\"event-a\",").size());
  EXPECT_THAT(annals.Print({"append", "--format", "json"}, line), HasSubstr("\"drawn-1\""));
}

TEST(StreamingTest, TheInputsFormIsRecognised) {
  AnnalsRunner annals;
  annals.MakeNotes();
  const std::string text =
      "# A comment.\nevent { id: \"a\" stream: \"source/a\" payload { "
      "[type.googleapis.com/annals.v1.SourceRegistered] { source: \"a\" title: \"A\" } } }\n";
  EXPECT_THAT(annals.Print({"append"}, text), StartsWith("1 new event, "));
  EXPECT_THAT(annals.Print({"append", "--input-format", "textproto"}, text),
              StartsWith("0 new events, 1 already there"));
  const Outcome wrong = annals.Run({"append", "--input-format", "jsonl"}, text);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("line 1: "));
  EXPECT_THAT(annals.Print({"append"}, ""), StartsWith("0 new events"));
  EXPECT_THAT(annals.Run({"append"}, "").err, IsEmpty());
}

TEST(StreamingTest, HostileTextIsShownNotSent) {
  AnnalsRunner annals;
  annals.MakeNotes();
  annals.Print({"append"}, SourceLine("a", "\\u001b[2J=1+1|x"));
  EXPECT_THAT(annals.Print({"show", "event-a"}), HasSubstr("␛[2J=1+1|x"));
  EXPECT_THAT(annals.Print({"show", "event-a", "--format", "markdown"}), HasSubstr("␛[2J=1+1\\|x"));
  EXPECT_THAT(annals.Print({"show", "event-a", "--format", "json"}), HasSubstr("\\u001b[2J=1+1|x"));
}

}  // namespace
}  // namespace annals::testing
