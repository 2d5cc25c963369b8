#include "cli/input/event_text.h"

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// "TIMELINE/ID@LINE" of every event.
std::vector<std::string> All(EventSource* source) {
  std::vector<std::string> all;
  for (LocatedEvent event; source->Next(&event);) {
    all.push_back(absl::StrCat(event.event.timeline(), "/", event.event.id(), "@", event.line));
  }
  return all;
}

TEST(JsonLinesTest, OneEventALine) {
  std::istringstream in(
      "{\"id\":\"a\"}\n\n  \n{\"id\":\"b\",\"timeline\":\"t\"}\r\n{\"id\":\"c\"}");
  const std::unique_ptr<EventSource> source = ReadJsonLines(&in, "x.jsonl");
  EXPECT_THAT(All(source.get()), ElementsAre("/a@1", "t/b@4", "/c@5"));
  EXPECT_THAT(source->status(), IsOk());
  EXPECT_EQ(source->Place(4), "x.jsonl:4");
}

TEST(JsonLinesTest, AnErrorNamesTheLine) {
  std::istringstream in("{\"id\":\"a\"}\n{\"id\":3,}\n");
  const std::unique_ptr<EventSource> source = ReadJsonLines(&in, "");
  EXPECT_THAT(All(source.get()), ElementsAre("/a@1"));
  EXPECT_THAT(source->status(), StatusIs(kInvalid, StartsWith("line 2: ")));
}

TEST(JsonLinesTest, ACutOffLineIsSuspected) {
  std::istringstream in("{\"id\":\"a\"}\n{\"id\":\"b");
  const std::unique_ptr<EventSource> source = ReadJsonLines(&in, "x.jsonl");
  EXPECT_THAT(All(source.get()), ElementsAre("/a@1"));
  EXPECT_THAT(source->status(),
              StatusIs(kInvalid, AllOf(StartsWith("x.jsonl:2: "), HasSubstr("cut off"))));
}

TEST(TextProtoTest, EventsTakeTheFilesTimelineAndKnowTheirLines) {
  std::istringstream in(
      "# Comment.\ntimeline: \"t\"\n\nevent { id: \"a\" }\nevent {\n  id: \"b\"\n  timeline: "
      "\"u\"\n}\n");
  const std::unique_ptr<EventSource> source = ReadTextProto(&in, "x.textproto");
  EXPECT_THAT(All(source.get()), ElementsAre("t/a@4", "u/b@5"));
  EXPECT_THAT(source->status(), IsOk());
}

TEST(TextProtoTest, AnErrorNamesLineAndColumn) {
  std::istringstream in("event {\n  id: \"a\"\n  colour: \"red\"\n}\n");
  const std::unique_ptr<EventSource> source = ReadTextProto(&in, "x.textproto");
  EXPECT_THAT(All(source.get()), ElementsAre());
  EXPECT_THAT(source->status(),
              StatusIs(kInvalid, AllOf(StartsWith("x.textproto:3:"), HasSubstr("colour"))));
}

TEST(TextProtoTest, StandardInputHasNoName) {
  std::istringstream in("event {\n");
  const std::unique_ptr<EventSource> source = ReadTextProto(&in, "");
  EXPECT_THAT(All(source.get()), ElementsAre());
  EXPECT_THAT(source->status(), StatusIs(kInvalid, StartsWith("line 2, column 1: ")));
}

TEST(DetectFormatTest, LooksAtTheFirstCharacterAndLeavesIt) {
  std::istringstream json(" \n\t{\"id\":\"a\"}\n");
  EXPECT_EQ(DetectFormat(&json), InputFormat::kJsonLines);
  EXPECT_EQ(json.get(), '{');
  std::istringstream text("\n# Comment.\n");
  EXPECT_EQ(DetectFormat(&text), InputFormat::kTextProto);
  EXPECT_EQ(text.get(), '#');
  std::istringstream nothing("");
  EXPECT_EQ(DetectFormat(&nothing), InputFormat::kJsonLines);
}

}  // namespace
}  // namespace annals
