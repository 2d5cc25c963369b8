#include "engine/query/json/json_syntax.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Repeat(absl::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text.append(part.data(), part.size());
  return text;
}

TEST(JsonSyntaxTest, AcceptsJson) {
  for (const absl::string_view json :
       {"{}", "[]", " {\"a\" : [1, -2.5e+10, 0, 0.5E-3]} \r\n\t", "\"text\"", "true", "null",
        "{\"a\": {\"a\": 1}, \"b\": {\"a\": 1}}",  // A name again, in other objects.
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00 é 😀\""}) {
    EXPECT_THAT(CheckJsonSyntax(json), IsOk()) << json;
  }
}

struct Refused {
  std::string json;
  std::string message;
};

class JsonSyntaxRefusalTest : public ::testing::TestWithParam<Refused> {};

TEST_P(JsonSyntaxRefusalTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(CheckJsonSyntax(GetParam().json), StatusIs(absl::StatusCode::kInvalidArgument,
                                                         StartsWith("JSON, " + GetParam().message)))
      << GetParam().json;
}

INSTANTIATE_TEST_SUITE_P(
    Json, JsonSyntaxRefusalTest,
    ::testing::Values(
        Refused{"", "column 1: the text is empty"}, Refused{"  ", "column 3: the text is empty"},
        Refused{"{\"a\": 1", "column 1: the object that begins here has no end"},
        Refused{"{\"a\": [1, 2", "column 7: the array that begins here has no end"},
        Refused{"{\"a\"", "column 1: the object that begins here has no end"},
        Refused{"{\"a\":", "column 1: the object that begins here has no end"},
        Refused{"{\"a\": \"b", "column 7: the string that begins here has no end"},
        Refused{"{} x", "column 4: after the value's end there is 'x'"},
        Refused{"{}{}", "column 3: after the value's end there is '{'"},
        Refused{"{\"a\": 1, \"b\": 2, \"a\": 3}", "column 18: the name \"a\" stands twice"},
        Refused{"{\"a\": 1, \"\\u0061\": 3}", "column 10: the name \"a\" stands twice"},
        Refused{"{'a': 1}", "column 2: there is ''' where a name in double quotes was expected"},
        Refused{"{a: 1}", "column 2: there is 'a' where a name in double quotes was expected"},
        Refused{"{\"a\": 1,}", "column 9: there is '}' where a name in double quotes"},
        Refused{"[1,]", "column 4: there is ']' where a value was expected"},
        Refused{"{\"a\" 1}", "column 6: there is '1' where \":\" was expected"},
        Refused{"{\"a\": 1 \"b\"}", "column 9: there is '\"' where \",\" or \"}\" was expected"},
        Refused{"[1 2]", "column 4: there is '2' where \",\" or \"]\" was expected"},
        Refused{"{\n  \"a\": ?\n}", "line 2, column 8: there is '?' where a value was expected"},
        Refused{"[01]", "column 2: what begins here is no number"},
        Refused{"[-]", "column 2: what begins here is no number"},
        Refused{"[1.]", "column 2: what begins here is no number"},
        Refused{"[1e]", "column 2: what begins here is no number"},
        Refused{"[.5]", "column 2: there is '.' where a value was expected"},
        Refused{"[NaN]", "column 2: there is 'N' where a value was expected"},
        Refused{"[\"a\\q\"]", "column 4: no such escape"},
        Refused{"[\"\\u12\"]", "column 7: \\u needs four hexadecimal digits"},
        Refused{"[\"\\uD800x\"]", "column 3: half of a surrogate pair"},
        Refused{"[\"\\uDC00\"]", "column 3: half of a surrogate pair"},
        Refused{"[\"a\tb\"]", "column 4: the control character 0x09 stands in a string"},
        Refused{"[\"a\xFF\"]", "column 4: the byte 0xff isn't UTF-8"},
        Refused{"[\"\xC0\xAF\"]", "column 3: the byte 0xc0 isn't UTF-8"},
        Refused{"[\"\xED\xA0\x80\"]", "column 3: the byte 0xed isn't UTF-8"},
        Refused{"[\"\xE2\x82\"]", "column 3: the byte 0xe2 isn't UTF-8"}));

TEST(JsonSyntaxTest, NestingHasALimit) {
  EXPECT_THAT(CheckJsonSyntax(Repeat("[", 100) + Repeat("]", 100)), IsOk());
  EXPECT_THAT(CheckJsonSyntax(Repeat("[", 101) + Repeat("]", 101)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("column 101: nested deeper than 100")));
  // Long before the stack is at its end.
  EXPECT_THAT(CheckJsonSyntax(Repeat("{\"a\":[", 1'000'000)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested deeper than 100")));
}

TEST(JsonSyntaxTest, EveryCutOffTextIsRefused) {
  const std::string json = "{\"a\": [true, {\"b\": \"\\u00e9\\n\"}], \"c\": null, \"d\": {}}";
  ASSERT_THAT(CheckJsonSyntax(json), IsOk());
  for (size_t length = 0; length < json.size(); ++length) {
    EXPECT_THAT(CheckJsonSyntax(json.substr(0, length)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("JSON, column")))
        << length;
  }
}

}  // namespace
}  // namespace annals
