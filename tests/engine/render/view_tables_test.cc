#include "engine/render/view_tables.h"

#include <sstream>
#include <string>
#include <vector>

#include "engine/render/csv.h"
#include "engine/render/table_text.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

// One row whose worlds agree, one where only the possible world has a value.
v1::ViewResult Freed() {
  return Parse<v1::ViewResult>(R"(
    view: "freed"
    columns { name: "country" kind: KEY }
    columns { name: "freed" kind: QUANTITY unit: "persons" }
    columns { name: "since" kind: DATE }
    rows {
      key { key: "country" value: "ES" }
      cells { key: "freed" value {
        certain { quantity { lower: 5 upper: 5 } } possible { quantity { lower: 5 upper: 5 } } } }
      cells { key: "since" value {
        certain { date { edtf: "2026-01-08" bounds { earliest: 0 latest: 1000000 } } }
        possible { date { edtf: "2026-01-08" bounds { earliest: 0 latest: 1000000 } } } } }
    }
    rows {
      key { key: "country" value: "IT" }
      cells { key: "freed" value { possible { quantity { lower: 2 } } } }
    })");
}

std::string Text(const Table& table) {
  std::ostringstream out;
  WriteTableText(table, {}, out);
  return out.str();
}

std::string Csv(const Table& table) {
  std::ostringstream out;
  WriteCsv(table, out);
  return out.str();
}

template <typename Result>
google::protobuf::RepeatedPtrField<Result> Listed(const Result& result) {
  google::protobuf::RepeatedPtrField<Result> list;
  *list.Add() = result;
  return list;
}

TEST(ViewTablesTest, PeopleSeeThePossibleValueWhereItDiffers) {
  const Table table = ViewForPeople(Freed(), HomeZone());
  EXPECT_TRUE(HasPossibly(table));
  EXPECT_EQ(Text(table),
            "country  freed (persons)    possibly  since\n"
            "ES                     5              2026-01-08\n"
            "IT                     –  at least 2  –\n");
}

TEST(ViewTablesTest, NoColumnForWhatNeverDiffers) {
  v1::ViewResult result = Freed();
  result.mutable_rows()->RemoveLast();
  const Table table = ViewForPeople(result, HomeZone());
  EXPECT_FALSE(HasPossibly(table));
  EXPECT_EQ(Text(table), "country  freed (persons)  since\nES                     5  2026-01-08\n");
}

TEST(ViewTablesTest, ProgramsGetEveryValueSplit) {
  EXPECT_EQ(Csv(ViewForPrograms(Freed(), HomeZone())),
            "country,freed.certain.lower,freed.certain.upper,freed.possible.lower,"
            "freed.possible.upper,since.certain,since.certain.earliest,since.certain.latest,"
            "since.possible,since.possible.earliest,since.possible.latest\r\n"
            "ES,5,5,5,5,2026-01-08,1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,2026-01-08,"
            "1970-01-01T00:00:00Z,1970-01-01T00:00:01Z\r\n"
            "IT,,,2,,,,,,,\r\n");
}

TEST(ViewTablesTest, AllViewsInOneTableAreLong) {
  EXPECT_THAT(Csv(ViewsForPrograms(Listed(Freed()), HomeZone())),
              HasSubstr("\r\nfreed,country=IT,freed,persons,,,,,,,2,,,\r\n"));
}

TEST(ViewTablesTest, AHistoryHasALineForAnEmptyPoint) {
  const auto result = Parse<v1::HistoryResult>(R"(
    view: "freed"
    columns { name: "country" kind: KEY }
    columns { name: "freed" kind: QUANTITY }
    points { as_of { valid: "a" } }
    points { as_of { valid: "b" } rows {
      key { key: "country" value: "ES" }
      cells { key: "freed" value {
        certain { quantity { lower: 5 upper: 5 } } possible { quantity { lower: 5 upper: 5 } } } } } })");
  EXPECT_EQ(Text(HistoryForPeople(result, "as of", {"2026-01-07", "2026-01-08"}, HomeZone())),
            "as of       country  freed\n2026-01-07  –            –\n2026-01-08  ES           5\n");
}

TEST(ViewTablesTest, ChangesAreToldByCause) {
  const auto result = Parse<v1::DiffResult>(R"(
    view: "freed"
    columns { name: "country" kind: KEY }
    columns { name: "freed" kind: QUANTITY }
    changes {
      cause: WORLD_CHANGED key { key: "country" value: "ES" } column: "freed" world: CERTAIN
      after { quantity { lower: 5 upper: 5 } }
    })");
  EXPECT_EQ(Text(ChangesForPeople(result, v1::Change::WORLD_CHANGED, HomeZone())),
            "country  column  world    before  after\nES       freed   certain  –       5\n");
  EXPECT_EQ(Text(ChangesForPeople(result, v1::Change::LEARNED, HomeZone())), "(nothing)\n");
  EXPECT_THAT(Csv(ChangesForPrograms(Listed(result), HomeZone())),
              HasSubstr("\r\nfreed,WORLD_CHANGED,country=ES,freed,CERTAIN,,,,,,,5,5,,\r\n"));
}

}  // namespace
}  // namespace annals
