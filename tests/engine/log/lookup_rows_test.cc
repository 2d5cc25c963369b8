#include "engine/log/lookup_rows.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/log/log_verifier.h"
#include "engine/log/lookup_rebuild.h"
#include "engine/log/record.h"
#include "engine/storage/database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;
using ::annals::testing::StatusIs;
using storage::Batch;
using storage::Cursor;
using storage::Durability;
using storage::Family;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

class LookupRowsTest : public LogFixture {
 protected:
  LookupRowsTest() { CreateTimeline(); }

  // Of stream "s": the first revision, then the positions.
  std::vector<std::vector<uint64_t>> StreamRows() {
    std::vector<std::vector<uint64_t>> rows;
    const std::string prefix = StreamPrefix(1, "s");
    Cursor cursor = folder().database()->Scan(Family::kStreams, prefix, PrefixEnd(prefix));
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      const auto row = ReadStreamRow(cursor);
      EXPECT_OK(row);
      std::vector<uint64_t>& said = rows.emplace_back();
      said.push_back(row->first_revision);
      for (const Position position : row->positions) said.push_back(position.value);
    }
    return rows;
  }

  size_t Count(Family family) {
    size_t rows = 0;
    Cursor cursor = folder().database()->Scan(family, "", "");
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) ++rows;
    return rows;
  }

  absl::Status Verify() {
    return VerifyLog(folder(), log(), [](const VerifyReport&) {}).status();
  }

  // Events of streams that take turns, in appends of that many each.
  void AppendInTurns(size_t appends, size_t events, size_t streams) {
    for (size_t i = 0; i < appends; ++i) {
      std::vector<v1::Event> batch;
      for (size_t j = 0; j < events; ++j) {
        ++appended_;
        batch.push_back(
            MakeNote(absl::StrCat("e", appended_), absl::StrCat("s", appended_ % streams)));
      }
      ASSERT_OK(Append(std::move(batch)));
    }
  }

  // Whoever reads a stream or a type after any position gets what comes after it.
  void ExpectReadFromEverywhere(size_t streams) {
    for (uint64_t after = 0; after <= appended_ + 2; ++after) {
      std::vector<std::string> of_type;
      std::vector<std::string> of_stream;
      // Event i stands at position i + 1.
      for (uint64_t i = std::max<uint64_t>(after, 1); i <= appended_; ++i) {
        of_type.push_back(absl::StrCat("e", i));
        if (i % streams == 1) of_stream.push_back(absl::StrCat("e", i));
      }
      EXPECT_EQ(Ids(log().ReadType("t", "annals.testing.Note", {after})), of_type) << after;
      EXPECT_EQ(Ids(log().ReadStream("t", "s1", {after})), of_stream) << after;
    }
  }

  uint64_t appended_ = 0;
};

TEST_F(LookupRowsTest, EventsOfOneAppendShareARowOfTheirStream) {
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "r"), MakeNote("c", "s")}));
  ASSERT_OK(Append({MakeNote("d", "s")}));
  EXPECT_THAT(StreamRows(), ElementsAre(ElementsAre(1, 2, 4), ElementsAre(3, 5)));
  EXPECT_EQ(Count(Family::kTypes), 3);  // One is of the timeline's creation.
  EXPECT_OK(Verify());
}

TEST_F(LookupRowsTest, StreamsAndTypesAreReadAfterAnyPosition) {
  AppendInTurns(/*appends=*/6, /*events=*/7, /*streams=*/3);
  AppendInTurns(/*appends=*/5, /*events=*/1, /*streams=*/3);
  AppendInTurns(/*appends=*/1, /*events=*/30, /*streams=*/3);
  ExpectReadFromEverywhere(3);
  ASSERT_OK(Reopen());
  AppendInTurns(/*appends=*/3, /*events=*/4, /*streams=*/3);
  ExpectReadFromEverywhere(3);
  EXPECT_OK(Verify());
}

TEST_F(LookupRowsTest, LongRunsAreSplit) {
  AppendInTurns(/*appends=*/1, /*events=*/2'500, /*streams=*/2);
  EXPECT_EQ(Count(Family::kStreams), 1 + 2 * 2);
  EXPECT_EQ(Count(Family::kTypes), 1 + 3);
  EXPECT_EQ(Ids(log().ReadStream("t", "s1", {2'401})).size(), 50);
  ASSERT_OK_AND_ASSIGN(const EventLog::Census census, log().TakeCensus("t"));
  EXPECT_THAT(census.events_by_type, Contains(Pair("annals.testing.Note", 2'500)));
  EXPECT_EQ(census.streams, 3);
  ASSERT_OK(Reopen());
  ASSERT_OK_AND_ASSIGN(const auto receipts, Append({MakeNote("next", "s1")}));
  EXPECT_EQ(receipts[0].revision, 1'251);
  EXPECT_OK(Verify());
}

TEST_F(LookupRowsTest, RebuiltRowsSayTheSame) {
  AppendInTurns(/*appends=*/10, /*events=*/5, /*streams=*/3);
  log_.reset();
  EXPECT_THAT(RebuildLookups(&folder()), IsOkAndHolds(51));
  ASSERT_OK(Reopen());
  EXPECT_OK(Verify());
  ExpectReadFromEverywhere(3);
}

// Version 1 had a row for every event.
TEST_F(LookupRowsTest, StoreWithARowForEachEventIsOpened) {
  AppendInTurns(/*appends=*/4, /*events=*/10, /*streams=*/3);
  Batch batch;
  for (const Family family : {Family::kStreams, Family::kTypes}) {
    batch.DeleteRange(family, "", "\xff");
  }
  for (Position position = {1}; position.value <= 41; position = position.Next()) {
    ASSERT_OK_AND_ASSIGN(const v1::Event event, log().Read("t", position));
    batch.Put(Family::kStreams, StreamKey(StreamPrefix(1, event.stream()), event.revision()),
              EncodePosition(position));
    batch.Put(Family::kTypes, TypeKey(TypePrefix(1, PayloadTypeName(event)), position), "");
  }
  ASSERT_OK(folder().database()->Write(std::move(batch), Durability::kSynced));
  Close();
  std::ofstream(path() + "/FORMAT", std::ios::trunc) << "annals store 1\n";

  ASSERT_OK(Open());
  EXPECT_EQ(Count(Family::kTypes), 41);
  EXPECT_OK(Verify());
  ExpectReadFromEverywhere(3);
  AppendInTurns(/*appends=*/2, /*events=*/6, /*streams=*/3);
  EXPECT_OK(Verify());
  ExpectReadFromEverywhere(3);
}

TEST_F(LookupRowsTest, RowThatDoesntAscendIsDataLoss) {
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "s")}));
  const std::string first = EncodePosition({2});
  for (const std::string& value : {std::string("short"), first + '\0', first + '\x80',
                                   first + std::string(9, '\xff') + '\x01'}) {
    Batch batch;
    batch.Put(Family::kStreams, StreamKey(StreamPrefix(1, "s"), 1), value);
    ASSERT_OK(folder().database()->Write(std::move(batch), Durability::kBuffered));
    ASSERT_OK_AND_ASSIGN(const auto reader, log().ReadStream("t", "r", Position{}));
    EXPECT_FALSE(reader->Next());
    const auto damaged = log().ReadStream("t", "s", Position{});
    ASSERT_OK(damaged);
    EXPECT_FALSE((*damaged)->Next());
    EXPECT_THAT((*damaged)->status(), StatusIs(StatusCode::kDataLoss, Not(IsEmpty())));
  }
}

TEST_F(LookupRowsTest, RowThatLeadsToAnotherEventIsNoticed) {
  ASSERT_OK(Append({MakeNote("a", "s"), MakeNote("b", "s"), MakeNote("c", "r")}));
  Batch batch;
  batch.Put(Family::kStreams, StreamKey(StreamPrefix(1, "s"), 1), EncodePosition({2}) + '\x02');
  ASSERT_OK(folder().database()->Write(std::move(batch), Durability::kBuffered));
  EXPECT_THAT(Verify(), StatusIs(StatusCode::kDataLoss, HasSubstr("look-up of streams")));
}

}  // namespace
}  // namespace annals
