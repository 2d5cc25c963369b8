#include "projections/annals/table_builder.h"

#include "engine/base/quantity.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::IsEmpty;

TEST(TableBuilderTest, WithoutCellsThereAreNoRows) {
  EXPECT_THAT(TableBuilder({"a", "b"}).Build(), IsEmpty());
}

TEST(TableBuilderTest, OrdersRowsByKeyAndCellsByColumn) {
  TableBuilder table({"a", "b"});
  table.Set({"y", "1"}, "b", TextValue("third"), {Position{3}});
  table.Set({"x", "2"}, "b", TextValue("second"), {Position{2}});
  table.Set({"x", "2"}, "a", TextValue("first"), {Position{1}});
  const std::vector<WorldRow> rows = table.Build();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].key, (Key{"x", "2"}));
  ASSERT_EQ(rows[0].cells.size(), 2);
  EXPECT_EQ(rows[0].cells[0].value->text(), "first");
  EXPECT_EQ(rows[0].cells[1].value->text(), "second");
  EXPECT_EQ(std::get<Position>(rows[0].cells[1].evidence[0]), Position{2});
  EXPECT_EQ(rows[1].key, (Key{"y", "1"}));
}

TEST(TableBuilderTest, CellsThatAreNotSetHaveNeitherValueNorEvidence) {
  TableBuilder table({"a", "b"});
  table.Set({"x"}, "b", TextValue("set"), {Position{1}});
  const std::vector<WorldRow> rows = table.Build();
  ASSERT_EQ(rows.size(), 1);
  ASSERT_EQ(rows[0].cells.size(), 2);
  EXPECT_FALSE(rows[0].cells[0].value.has_value());
  EXPECT_THAT(rows[0].cells[0].evidence, IsEmpty());
}

TEST(TableBuilderTest, TheLastValueOfACellStands) {
  TableBuilder table({"a"});
  table.Set({"x"}, "a", TextValue("before"), {Position{1}});
  table.Set({"x"}, "a", TextValue("after"), {Position{2}});
  const std::vector<WorldRow> rows = table.Build();
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].cells[0].value->text(), "after");
  EXPECT_EQ(rows[0].cells[0].evidence.size(), 1);
}

}  // namespace
}  // namespace annals
