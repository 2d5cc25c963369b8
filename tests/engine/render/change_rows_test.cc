#include "engine/render/change_rows.h"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/render/csv.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

// One row that changed in both worlds, one that went, and one that came with nothing.
v1::ViewChange Recount() {
  v1::ViewChange change;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    position: 7 event: "recount"
    rows {
      kind: CHANGED key { key: "prison" value: "a; b" } key { key: "country" value: "ES" }
      cells { column: "freed" world: CERTAIN
              before { quantity { lower: 5 upper: 5 } } after { quantity { lower: 800 upper: 1000 } } }
      cells { column: "freed" world: POSSIBLE after { quantity { lower: 801 } } }
    }
    rows { kind: REMOVED key { key: "country" value: "VE" }
           cells { column: "seen" world: CERTAIN before { text: "yes" } } }
    rows { kind: ADDED key { key: "country" value: "IT" } }
  )",
                                                            &change));
  return change;
}

std::string Csv(Table table, std::vector<std::vector<Table::Cell>> rows) {
  table.rows = std::move(rows);
  std::ostringstream out;
  WriteCsv(table, out);
  return out.str();
}

TEST(ChangeRowsTest, EachCellIsALineWithTheValueBeforeAndAfterInWords) {
  EXPECT_EQ(Csv(ChangeTableForPeople(), ChangeRowsForPeople(Recount(), HomeZone())),
            "position,event,key,column,world,before,after\r\n"
            "7,recount,country=ES; prison=a; b,freed,certain,5,\"800–1,000\"\r\n"
            "7,recount,country=ES; prison=a; b,freed,possible,,at least 801\r\n"
            "7,recount,country=VE,seen,certain,yes,\r\n"
            "7,recount,country=IT,,,,\r\n");
}

TEST(ChangeRowsTest, ProgramsGetQuantitiesSplitAndWhatBecameOfTheRow) {
  EXPECT_EQ(Csv(ChangeTableForPrograms(), ChangeRowsForPrograms(Recount(), HomeZone())),
            "position,event,change,key,column,world,before,before.lower,before.upper,"
            "before.earliest,before.latest,after,after.lower,after.upper,after.earliest,"
            "after.latest\r\n"
            "7,recount,changed,country=ES; prison=a; b,freed,certain,,5,5,,,,800,1000,,\r\n"
            "7,recount,changed,country=ES; prison=a; b,freed,possible,,,,,,,801,,,\r\n"
            "7,recount,removed,country=VE,seen,certain,yes,,,,,,,,,\r\n"
            "7,recount,added,country=IT,,,,,,,,,,,,\r\n");
}

}  // namespace
}  // namespace annals
