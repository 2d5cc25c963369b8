// The bytes on disk, exactly. A change here is a new version of the format.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "engine/base/timestamp.h"
#include "engine/log/event_log.h"
#include "engine/log/record.h"
#include "engine/proof/merkle_tree.h"
#include "engine/proof/sha256.h"
#include "engine/storage/commit_record.h"
#include "engine/storage/database.h"
#include "engine/storage/durable_head.h"
#include "engine/storage/hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/log/log_fixture.h"
#include "tests/recovery/wal_file.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::kNoon;
using ::annals::testing::LogFixture;
using ::annals::testing::MakeNote;
using ::annals::testing::MakeTimeline;
using ::annals::testing::ReadFile;
using storage::Cursor;
using storage::Family;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StorageFormatTest : public LogFixture {
 protected:
  // The store of the document's example: one commit of two events.
  StorageFormatTest() {
    draw_bytes_ = [](size_t count) {
      std::string bytes;
      for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<char>(i));
      return bytes;
    };
    EXPECT_OK(Reopen());
    EXPECT_OK(Append({MakeTimeline(), MakeNote("a", "s", "hi")}));
  }

  // Every entry of a family as "KEY VALUE", in hex.
  std::vector<std::string> Entries(Family family) {
    std::vector<std::string> entries;
    Cursor cursor = folder().database()->Scan(family, "", "");
    for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
      entries.push_back(absl::StrCat(absl::BytesToHexString(cursor.key()), " ",
                                     absl::BytesToHexString(cursor.value())));
    }
    EXPECT_OK(cursor.status());
    return entries;
  }

  // The first commit is in slot 1.
  std::string NewestHeadSlot() const {
    const size_t size = storage::EncodeHeadSlot({}).size();
    return absl::BytesToHexString(
        ReadFile(path() + "/HEAD").substr(storage::kHeadSlotStride, size));
  }

  // The document has the same bytes, wrapped as it likes.
  void ExpectDocumented(const std::string& entry) {
    std::string digits;
    for (const absl::string_view line :
         absl::StrSplit(ReadFile("docs/storage_format.md"), '\n', absl::SkipEmpty())) {
      for (const absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
        // The notes beside the bytes have shorter or other words.
        if (word.size() >= 8 && std::all_of(word.begin(), word.end(), absl::ascii_isxdigit)) {
          absl::StrAppend(&digits, word);
        }
      }
    }
    EXPECT_THAT(digits, HasSubstr(absl::StrReplaceAll(entry, {{" ", ""}})));
  }
};

TEST_F(StorageFormatTest, EveryFamilyHasExactlyTheseBytes) {
  EXPECT_THAT(Entries(Family::kMeta),
              ElementsAre("636f6d6d6974 "
                          "00000000000000010000000000000002000000010000000000000002c8948ab7"
                          "1ba56b6400de135f8126c65f",
                          "74696d656c696e652f74 "
                          "00000001"));
  EXPECT_THAT(
      Entries(Family::kLog),
      ElementsAre("000000010000000000000001 "
                  "0480e0fa9b24b223414e3697b61f0cd60a07637265617465641201741a0874696d656c696e652001"
                  "280132440a2d747970652e676f6f676c65617069732e636f6d2f616e6e616c732e76312e54696d65"
                  "6c696e654372656174656412130a064120746573741a035554432204746573744a0608c0ada3cb06"
                  "8a011408ffffffffffffffffff011080c099edfe9aa4069201120880c099edfe9aa4061080c099ed"
                  "fe9aa4069a0110000102030405060708090a0b0c0d0e0f",
                  "000000010000000000000002 "
                  "c8948ab71ba56b6400de135f8126c65f0a01611201741a017320012802322f0a27747970652e676f"
                  "6f676c65617069732e636f6d2f616e6e616c732e74657374696e672e4e6f746512040a0268694a09"
                  "08c0ada3cb0610e8078a011408ffffffffffffffffff011082c099edfe9aa4069201120882c099ed"
                  "fe9aa4061082c099edfe9aa4069a0110101112131415161718191a1b1c1d1e1f"));
  EXPECT_THAT(Entries(Family::kEventIds), ElementsAre("0000000161 "
                                                      "0000000000000002",
                                                      "0000000163726561746564 "
                                                      "0000000000000001"));
  EXPECT_THAT(Entries(Family::kStreams), ElementsAre("000000017300010000000000000001 "
                                                     "0000000000000002",
                                                     "0000000174696d656c696e6500010000000000000001 "
                                                     "0000000000000001"));
  EXPECT_THAT(
      Entries(Family::kTypes),
      ElementsAre(
          "00000001616e6e616c732e74657374696e672e4e6f746500010000000000000002 ",
          "00000001616e6e616c732e76312e54696d656c696e654372656174656400010000000000000001 "));
}

TEST_F(StorageFormatTest, DocumentShowsTheSameBytes) {
  for (const Family family :
       {Family::kMeta, Family::kLog, Family::kEventIds, Family::kStreams, Family::kTypes}) {
    for (const std::string& entry : Entries(family)) ExpectDocumented(entry);
  }
  ExpectDocumented(NewestHeadSlot());
}

TEST_F(StorageFormatTest, HeadHoldsTheCommitRecordInItsOtherSlot) {
  EXPECT_EQ(NewestHeadSlot(),
            "616e6e686561643100000000000000010000000000000002000000010000000000000002c8948ab7"
            "1ba56b6400de135f8126c65f8c8adcff36ae660167f870355d8e4b93");
  EXPECT_EQ(ReadFile(path() + "/HEAD").size(), storage::kHeadSlots * storage::kHeadSlotStride);
}

// As another program made it of the bytes above: Python's hashlib.
TEST_F(StorageFormatTest, TreeHasExactlyThisRoot) {
  EXPECT_THAT(Entries(Family::kTiles), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const NodeReader nodes, log().TreeNodes("t"));
  ASSERT_OK_AND_ASSIGN(const TreeHash first, nodes({0, 0}));
  ASSERT_OK_AND_ASSIGN(const TreeHash second, nodes({0, 1}));
  ASSERT_OK_AND_ASSIGN(const TreeHash root, RootOf(2, nodes));
  const std::string hashes =
      absl::StrCat(absl::BytesToHexString(AsBytes(first)), absl::BytesToHexString(AsBytes(second)),
                   absl::BytesToHexString(AsBytes(root)));
  EXPECT_EQ(hashes,
            "cb51e133f6607fd7e677e96ac2f6dbacaeb1127d492e17c09772921bd4a78bfd"
            "3b0651c3bb2838bc4026ed0309c5a27af393b3506b0ef9a2777191246d820998"
            "64cfd5a6963c6365ebbc80d466c783cffa7c4a6b3bb6e1dd8557ee7577095292");
  ExpectDocumented(hashes);
}

TEST_F(StorageFormatTest, FormatFileNamesTheVersion) {
  EXPECT_EQ(ReadFile(path() + "/FORMAT"), "annals store 2\n");
}

// Keys that the example doesn't show: an element with a zero byte in it, and
// numbers of more than one byte.
TEST(RecordTest, KeysSortAsTheirPartsDo) {
  EXPECT_EQ(absl::BytesToHexString(TileKey(0x01020304, {1, 0x1122334455667788})),
            "01020304"
            "01"
            "1122334455667788");
  EXPECT_EQ(absl::BytesToHexString(StreamKey(StreamPrefix(0x01020304, absl::string_view("a\0b", 3)),
                                             0x1122334455667788)),
            "01020304"
            "6100ff62"
            "0001"
            "1122334455667788");
  EXPECT_LT(StreamKey(StreamPrefix(1, "a"), 300), StreamKey(StreamPrefix(1, "aa"), 1));
  EXPECT_LT(StreamKey(StreamPrefix(1, "a"), 255), StreamKey(StreamPrefix(1, "a"), 256));
  EXPECT_LT(storage::LogKey(1, Position::Max()), storage::LogKey(2, Position{1}));
}

TEST(RecordTest, TimestampsSurviveARoundTrip) {
  for (const int64_t micros :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{-1'000'001}, int64_t{1'768'478'400'123'456}}) {
    EXPECT_EQ(FromTimestamp(ToTimestamp({micros})).micros, micros);
    EXPECT_GE(ToTimestamp({micros}).nanos(), 0);
  }
}

// Readers decode many events into one object.
TEST(RecordTest, DecodingLeavesNothingOfTheEventBefore) {
  v1::Event full = MakeNote("full", "s");
  *full.mutable_recorded_at() = ToTimestamp(kNoon);
  full.mutable_occurred_bounds()->set_earliest(1);
  full.mutable_known_bounds()->set_latest(2);
  full.set_asserter("somebody");
  full.mutable_correction()->set_reason("reason");
  (*full.mutable_metadata())["key"] = "value";
  v1::Event bare;
  bare.set_id("bare");
  v1::Event half = MakeNote("half", "s", "other");
  half.mutable_known_bounds()->set_earliest(3);

  v1::Event decoded;
  for (const v1::Event& event : {full, bare, half, full, half, bare}) {
    storage::Hash128 chain;
    ASSERT_OK(DecodeEvent(EncodeRecord(event, &chain), &decoded));
    EXPECT_EQ(decoded.ShortDebugString(), event.ShortDebugString());
    EXPECT_EQ(decoded.has_payload(), event.has_payload());
    EXPECT_EQ(decoded.has_recorded_at(), event.has_recorded_at());
    EXPECT_EQ(decoded.has_occurred_bounds(), event.has_occurred_bounds());
    EXPECT_EQ(decoded.has_known_bounds(), event.has_known_bounds());
  }
}

TEST(RecordTest, DamagedValuesAreDataLoss) {
  using ::annals::testing::StatusIs;
  v1::Event event;
  EXPECT_THAT(DecodeEvent("short", &event), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("")));
  EXPECT_THAT(DecodeEvent(std::string(16, 'x') + "\xff", &event),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("no event")));
  EXPECT_THAT(DecodePosition("seven b"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("7 bytes")));
  EXPECT_THAT(NumberAtEnd("seven b"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("short")));
}

}  // namespace
}  // namespace annals
