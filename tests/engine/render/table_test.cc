// The same table in each of its forms.
#include "engine/render/table.h"

#include <sstream>
#include <string>

#include "engine/render/csv.h"
#include "engine/render/json_text.h"
#include "engine/render/markdown.h"
#include "engine/render/table_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Table Example() {
  return {.name = "prisons",
          .columns = {{"prison"},
                      {"held by", Table::Kind::kText, "heldBy"},
                      {"people", Table::Kind::kCount},
                      {"position", Table::Kind::kNumber}},
          .rows = {{"El Helicoide", "state", 1'234, 1'234}, {"Rodeo I", Table::Cell(), -5, 7}}};
}

std::string Text(const Table& table, const TextStyle& style = {}) {
  std::ostringstream out;
  WriteTableText(table, style, out);
  return out.str();
}

TEST(TableTextTest, AlignsColumnsAndSetsNumbersRight) {
  EXPECT_EQ(Text(Example()),
            "prison        held by  people  position\n"
            "El Helicoide  state     1,234      1234\n"
            "Rodeo I       –            -5         7\n");
}

TEST(TableTextTest, AlignsByWidthOnTheScreen) {
  const Table table{.columns = {{"name"}, {"x"}},
                    .rows = {{"Roci\xcc\x81o", "1"}, {"北京", "2"}, {"abcde", "3"}}};
  EXPECT_EQ(Text(table), "name   x\nRoci\xcc\x81o  1\n北京   2\nabcde  3\n");
}

TEST(TableTextTest, SaysWhenThereIsNothing) {
  EXPECT_EQ(Text({.columns = {{"a"}}}), "(nothing)\n");
}

TEST(TableTextTest, WrapsTheWidestTextWithinTheTerminal) {
  const Table table{.columns = {{"id"}, {"says"}},
                    .rows = {{"S0", "a long remark that will not fit on one line"}}};
  EXPECT_EQ(Text(table, {.width = 30}),
            "id  says\n"
            "S0  a long remark that will\n"
            "    not fit on one line\n");
}

TEST(TableTextTest, ColoursOnlyTheHeader) {
  const std::string text = Text(Example(), {.color = true});
  EXPECT_THAT(text, HasSubstr("\x1b[1mprison"));
  EXPECT_THAT(text.substr(text.find('\n')), Not(HasSubstr("\x1b[")));
}

TEST(TableTextTest, AnEventCannotColourTheScreen) {
  const Table table{.columns = {{"a"}}, .rows = {{"\x1b]0;title\a\x1b[31m"}}};
  EXPECT_EQ(Text(table), "a\n␛]0;title␇␛[31m\n");
}

TEST(CsvTest, FollowsRfc4180) {
  std::ostringstream out;
  WriteCsv(Example(), out);
  EXPECT_EQ(out.str(),
            "prison,heldBy,people,position\r\nEl Helicoide,state,1234,1234\r\nRodeo I,,-5,7\r\n");
  EXPECT_EQ(CsvText("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvText("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(CsvText("two\nlines"), "\"two\nlines\"");
}

TEST(CsvTest, DefusesTextThatASpreadsheetWouldRun) {
  EXPECT_EQ(CsvText("=HYPERLINK(1)"), "'=HYPERLINK(1)");
  EXPECT_EQ(CsvText("+1"), "'+1");
  EXPECT_EQ(CsvText("-1"), "'-1");
  EXPECT_EQ(CsvText("@a"), "'@a");
  EXPECT_EQ(CsvText("\tx"), "'\tx");
  EXPECT_EQ(CsvText("\rx"), "\"'\rx\"");
  EXPECT_EQ(CsvText("a=b"), "a=b");
  EXPECT_EQ(CsvText(""), "");
}

TEST(MarkdownTest, WritesAlignedTables) {
  std::ostringstream out;
  WriteMarkdown(Example(), out);
  EXPECT_EQ(out.str(),
            "| prison | held by | people | position |\n"
            "| --- | --- | ---: | ---: |\n"
            "| El Helicoide | state | 1,234 | 1234 |\n"
            "| Rodeo I | – | -5 | 7 |\n");
}

TEST(MarkdownTest, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(MarkdownText("a|b"), "a\\|b");
  EXPECT_EQ(MarkdownText("<script>"), "&lt;script>");
  EXPECT_EQ(MarkdownText("[x](y)"), "[x]\\(y)");
  EXPECT_EQ(MarkdownText("two\nlines"), "two␊lines");
  EXPECT_EQ(MarkdownText("[2026-01-08..2026-01-31]"), "[2026-01-08..2026-01-31]");
}

TEST(JsonTextTest, WritesRowsByColumnName) {
  EXPECT_EQ(RowsToJson(Example(), false),
            "[{\"prison\": \"El Helicoide\", \"heldBy\": \"state\", \"people\": 1234, "
            "\"position\": 1234}, "
            "{\"prison\": \"Rodeo I\", \"heldBy\": null, \"people\": -5, \"position\": 7}]");
}

TEST(JsonTextTest, LaysOutNestedValues) {
  EXPECT_EQ(JsonObject({{"rows", JsonArray({"{\n  \"a\": 1\n}", "2"}, true)}}, true),
            "{\n  \"rows\": [\n    {\n      \"a\": 1\n    },\n    2\n  ]\n}");
  EXPECT_EQ(JsonArray({}, true), "[]");
}

TEST(JsonTextTest, EscapesStrings) {
  EXPECT_EQ(JsonString("\"\\\n\t\x1b"), "\"\\\"\\\\\\n\\t\\u001b\"");
}

}  // namespace
}  // namespace annals
