#include "engine/render/reads.h"

#include <sstream>

#include "engine/render/csv.h"
#include "engine/render/table_text.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

v1::ExplainResult Explained() {
  v1::ExplainResult result;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    view: "freed"
    reads {
      world: CERTAIN read: "sets" measure: "releases.nationals" strategy: "sums"
      reason: "the position is one of the latest" groups: 12 contributions: 34567 rows: 11
      elapsed_micros: 1234
    }
    reads {
      world: POSSIBLE read: "members" measure: "releases.people" prefix: "ES" prefix: "verified"
      strategy: "paged scan" reason: "members are read in order" rows: 5
    }
  )",
                                                            &result));
  return result;
}

TEST(ReadsTableTest, HasARowForEachRead) {
  std::ostringstream out;
  WriteTableText(ReadsTable(Explained()), {}, out);
  EXPECT_THAT(out.str(),
              AllOf(ContainsRegex("certain +sets +releases.nationals +sums +the position "
                                  "is one of the latest +12 +34,567 +11 +1,234\n"),
                    ContainsRegex("possible +members +releases.people +ES, verified "
                                  "+paged scan +members are read in order +0 +0 +5 "
                                  "+0\n")));
}

TEST(ReadsTableTest, IsPlainForPrograms) {
  std::ostringstream out;
  WriteCsv(ReadsTable(Explained()), out);
  EXPECT_THAT(out.str(),
              AllOf(HasSubstr(",rows,elapsedMicros\r\ncertain,sets,releases.nationals,,sums,"),
                    HasSubstr(",12,34567,11,1234\r\npossible,members,releases.people,\"ES, "
                              "verified\",paged scan,")));
}

}  // namespace
}  // namespace annals
