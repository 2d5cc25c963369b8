#include "engine/query/json/json.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/service.pb.h"
#include "proto/annals/v1/view.pb.h"
#include "tests/testing/shipwrecks/shipwrecks.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::annals::testing::IsOk;
using ::annals::testing::IsOkAndHolds;
using ::annals::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::string Bytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

HomeZone Berlin() { return HomeZone::Load("Europe/Berlin").value(); }

// --- Answers -----------------------------------------------------------------

TEST(AnswerToJsonTest, AViewResultIsAsTheContractShowsIt) {
  const auto answer = Parse<v1::ViewResult>(R"pb(
    timeline: "example"
    view: "nationals-freed"
    as_of { valid: "2031-05-02T23:59:59.999999+02:00" known: "2031-06-01T00:00:00Z" position: 61 }
    columns { name: "country" kind: KEY }
    columns { name: "freed" kind: QUANTITY unit: "persons" }
    rows {
      key { key: "country" value: "IS" }
      cells {
        key: "freed"
        value {
          certain { quantity { lower: 3 upper: 3 } }
          possible { quantity { lower: 5 } }
          evidence { position: 12 event: "…" world: CERTAIN }
          evidence { position: 40 event: "…" world: POSSIBLE }
        }
      }
    })pb");
  EXPECT_EQ(
      AnswerToJson(answer, Berlin(), {}),
      R"({"timeline": "example", "view": "nationals-freed", "asOf": {"valid": "2031-05-02T23:59:59.999999+02:00", "known": "2031-06-01T00:00:00Z", "position": 61}, "columns": [{"name": "country", "kind": "KEY"}, {"name": "freed", "kind": "QUANTITY", "unit": "persons"}], "rows": [{"key": {"country": "IS"}, "cells": {"freed": {"certain": {"quantity": {"lower": 3, "upper": 3}}, "possible": {"quantity": {"lower": 5, "upper": null}}, "evidence": [{"position": 12, "event": "…", "world": "CERTAIN"}, {"position": 40, "event": "…", "world": "POSSIBLE"}]}}}]})");
}

TEST(AnswerToJsonTest, NothingRecordedIsNullAndEmptyListsAreThere) {
  EXPECT_EQ(AnswerToJson(Parse<v1::ViewResult>("timeline: 't' view: 'v' as_of {}"), HomeZone(), {}),
            R"({"timeline": "t", "view": "v", "asOf": {"valid": "", "known": "", "position": 0}, )"
            R"("columns": [], "rows": []})");
  EXPECT_EQ(AnswerToJson(v1::Cell(), HomeZone(), {}),
            R"({"certain": null, "possible": null, "evidence": []})");
  EXPECT_EQ(
      AnswerToJson(Parse<v1::Change>("cause: LEARNED column: 'c' world: POSSIBLE"), HomeZone(), {}),
      R"({"cause": "LEARNED", "key": {}, "column": "c", "world": "POSSIBLE", )"
      R"("before": null, "after": null, "evidence": []})");
  EXPECT_EQ(AnswerToJson(Parse<v1::CellReason>("column: 'c'"), HomeZone(), {}),
            R"({"column": "c", "certain": null, "possible": null, "reasons": []})");
}

TEST(AnswerToJsonTest, AValueIsItsOneField) {
  const auto json = [](const std::string& value) {
    return AnswerToJson(Parse<v1::Value>(value), Berlin(), {});
  };
  EXPECT_EQ(json("quantity {}"), R"({"quantity": {"lower": null, "upper": null}})");
  EXPECT_EQ(json("quantity { lower: 0 upper: -1 }"), R"({"quantity": {"lower": 0, "upper": -1}})");
  EXPECT_EQ(json("quantity { upper: 9223372036854775807 }"),
            R"({"quantity": {"lower": null, "upper": 9223372036854775807}})");
  EXPECT_EQ(json("text: ''"), R"({"text": ""})");
  EXPECT_EQ(json("flag: false"), R"({"flag": false})");
  EXPECT_EQ(json("date { edtf: '2031-07' bounds { earliest: 0 latest: 999999 } }"),
            R"({"date": {"edtf": "2031-07", "earliest": "1970-01-01T01:00:00+01:00", )"
            R"("latest": "1970-01-01T01:00:00.999999+01:00"}})");
  EXPECT_EQ(json("date { edtf: '[..2031]' bounds { earliest: -9223372036854775808 "
                 "latest: 9223372036854775807 } }"),
            R"({"date": {"edtf": "[..2031]", "earliest": null, "latest": null}})");
}

TEST(AnswerToJsonTest, MapsAreOrderedByKey) {
  v1::Row row;
  for (const char* name : {"b", "", "ä", "a", "B"}) (*row.mutable_key())[name] = "x";
  EXPECT_EQ(AnswerToJson(row, HomeZone(), {}),
            R"({"key": {"": "x", "B": "x", "a": "x", "b": "x", "ä": "x"}, "cells": {}})");
}

TEST(AnswerToJsonTest, EventsInsideKeepTheirOwnForm) {
  const auto list =
      Parse<v1::EventList>(R"pb(
        timeline: "t"
        events {
          event {
            id: "e"
            position: 3
            occurred_bounds { latest: 5 }
          }
          corrected_by: 7
        }
        events {
          event { payload { type_url: "type.googleapis.com/venus.v1.Landing" value: "abc" } }
        })pb");
  EXPECT_EQ(AnswerToJson(list, HomeZone(), {}),
            R"({"timeline": "t", "events": [{"event": {"id": "e", "position": 3, )"
            R"("occurredBounds": {"earliest": 0, "latest": 5}}, "correctedBy": [7]}, )"
            R"({"event": {"payload": {"@type": "type.googleapis.com/venus.v1.Landing", )"
            R"("unreadable": "YWJj"}}, "correctedBy": []}]})");
}

// An answer has to be shown whatever a payload holds.
TEST(AnswerToJsonTest, WhatHasNoJsonFormIsShownAsBytes) {
  v1::Event event;
  shipwrecks::v1::Everything payload;
  payload.mutable_when()->set_seconds(253'402'300'800);  // The year 10000.
  event.mutable_payload()->PackFrom(payload);
  EXPECT_EQ(AnswerToJson(event, HomeZone(), {}),
            R"({"payload": {"@type": "type.googleapis.com/shipwrecks.v1.Everything", )"
            R"("when": {"unreadable": "CICD0f+vBw=="}}})");
  EXPECT_THAT(EventToJson(event, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("google.protobuf.Timestamp")));
}

TEST(AnswerToJsonTest, PayloadsWithinPayloadsHaveALimit) {
  shipwrecks::v1::Everything payload;
  for (int i = 0; i < 100; ++i) {
    shipwrecks::v1::Everything outer;
    outer.mutable_any()->PackFrom(payload);
    payload = outer;
  }
  v1::Event event;
  event.mutable_payload()->PackFrom(payload);
  EXPECT_THAT(AnswerToJson(event, HomeZone(), {}), HasSubstr("\"unreadable\""));
  EXPECT_THAT(EventToJson(event, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested deeper than 32")));
}

TEST(AnswerToJsonTest, OneWorldsAnswerSaysNothingOfTheOther) {
  const std::string rows = R"pb(
    rows {
      cells {
        key: "freed"
        value { certain { flag: true } }
      }
    }
    rows {
      cells {
        key: "freed"
        value {}
      }
    }
  )pb";
  EXPECT_EQ(AnswerToJson(Parse<v1::ViewResult>(rows + "world: CERTAIN"), HomeZone(), {}),
            R"({"columns": [], "rows": [)"
            R"({"key": {}, "cells": {"freed": {"certain": {"flag": true}, "evidence": []}}}, )"
            R"({"key": {}, "cells": {"freed": {"certain": null, "evidence": []}}}], )"
            R"("world": "CERTAIN"})");
  v1::AsOfResponse both;
  *both.add_views() = Parse<v1::ViewResult>(rows + "world: POSSIBLE");
  *both.add_views() = Parse<v1::ViewResult>(rows);
  EXPECT_THAT(
      AnswerToJson(both, HomeZone(), {}),
      AllOf(HasSubstr(R"({"freed": {"possible": null, "evidence": []}})"),
            HasSubstr(R"({"freed": {"certain": null, "possible": null, "evidence": []}})")));
}

TEST(AnswerToJsonTest, TheServicesMessagesSayZeroAndFalse) {
  EXPECT_EQ(
      AnswerToJson(Parse<v1::AppendResponse>("receipts { id: 'a' position: 2 durability: DISK }"),
                   HomeZone(), {}),
      R"({"receipts": [{"id": "a", "position": 2, "revision": 0, "duplicate": false, "durability": "DISK"}]})");
  EXPECT_EQ(
      AnswerToJson(Parse<v1::Timeline>("name: 't' recorded_at { seconds: 1 }"), HomeZone(), {}),
      R"({"name": "t", "head": 0, "recordedAt": "1970-01-01T00:00:01.000000Z"})");
}

TEST(AnswerToJsonTest, PrettyIndentsByTwo) {
  EXPECT_EQ(AnswerToJson(Parse<v1::ViewResult>("timeline: 't' columns { name: 'a' kind: KEY }"),
                         HomeZone(), {.pretty = true}),
            "{\n"
            "  \"timeline\": \"t\",\n"
            "  \"columns\": [\n"
            "    {\n"
            "      \"name\": \"a\",\n"
            "      \"kind\": \"KEY\"\n"
            "    }\n"
            "  ],\n"
            "  \"rows\": []\n"
            "}");
}

TEST(AnswerToJsonTest, TheOneLineFormHasNoLineBreakWhateverTheTexts) {
  v1::Value value;
  value.set_text(std::string("a\nb\r\t\"\\\b\f\x01\x7F\u0085\u2028\u2029é😀") + '\0');
  const std::string json = AnswerToJson(value, HomeZone(), {});
  EXPECT_EQ(json, R"({"text": "a\nb\r\t\"\\\u0008\u000c\u0001\u007f\u0085\u2028\u2029é😀\u0000"})");
  v1::Value read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &read).ok());
  EXPECT_EQ(read.text(), value.text());
}

TEST(AnswerToJsonTest, WhatIsNotUtf8IsReplaced) {
  v1::Value value;
  value.set_text("a\xFF\xE2\x82z");
  EXPECT_EQ(AnswerToJson(value, HomeZone(), {}), "{\"text\": \"a\uFFFD\uFFFDz\"}");
}

// --- Events ------------------------------------------------------------------

v1::Event Example() {
  auto event = Parse<v1::Event>(R"pb(
    id: "rose-1"
    timeline: "sea"
    stream: "ship/rose"
    occurred: "[2031-01-08..2031-01-31]"
    asserter: "lloyds"
    attribution: "a clerk"
    citations { source: "times" locator: "page 3" }
    correction {
      kind: SUPERSEDES
      targets: "rose-0"
      reason: "found"
      editor: "board"
      target_positions: 4
    }
    metadata { key: "b" value: "2" }
    metadata { key: "a" value: "1" }
    revision: 2
    position: 12
    recorded_at { seconds: 1925078400 nanos: 5000 }
    occurred_bounds { earliest: -5 latest: 1925078399999999 }
    known_bounds { earliest: -9223372036854775808 latest: 9223372036854775807 })pb");
  event.mutable_payload()->PackFrom(
      Parse<shipwrecks::v1::ShipSunk>("ship: 'rose' sea: 'baltic' lost { lower: 2 }"));
  return event;
}

constexpr char kExampleJson[] =
    R"({"id": "rose-1", "timeline": "sea", "stream": "ship/rose", )"
    R"("payload": {"@type": "type.googleapis.com/shipwrecks.v1.ShipSunk", "ship": "rose", )"
    R"("sea": "baltic", "lost": {"lower": 2}}, "occurred": "[2031-01-08..2031-01-31]", )"
    R"("asserter": "lloyds", "attribution": ["a clerk"], )"
    R"("citations": [{"source": "times", "locator": "page 3"}], )"
    R"("correction": {"kind": "SUPERSEDES", "targets": ["rose-0"], "reason": "found", )"
    R"("editor": "board", "targetPositions": [4]}, "metadata": {"a": "1", "b": "2"}, )"
    R"("revision": 2, "position": 12, "recordedAt": "2031-01-02T00:00:00.000005Z", )"
    R"("occurredBounds": {"earliest": -5, "latest": 1925078399999999}, )"
    R"("knownBounds": {"earliest": -9223372036854775808, "latest": 9223372036854775807}})";

TEST(EventJsonTest, WritesTheFieldsInTheOrderOfTheProto) {
  EXPECT_THAT(EventToJson(Example(), {}), IsOkAndHolds(kExampleJson));
}

TEST(EventJsonTest, ReadsBackToTheSameBytes) {
  for (const bool pretty : {false, true}) {
    ASSERT_OK_AND_ASSIGN(const std::string json, EventToJson(Example(), {.pretty = pretty}));
    ASSERT_OK_AND_ASSIGN(const v1::Event event, EventFromJson(json));
    EXPECT_EQ(Bytes(event), Bytes(Example()));
  }
}

TEST(EventJsonTest, TheOrderAndSpellingOfTheTextDoNotChangeTheEvent) {
  ASSERT_OK_AND_ASSIGN(
      const v1::Event a,
      EventFromJson(R"({"payload": {"@type": "type.googleapis.com/shipwrecks.v1.ShipSunk",
                                    "ship": "rose", "sea": "baltic", "lost": {"upper": "3"}}})"));
  ASSERT_OK_AND_ASSIGN(
      const v1::Event b,
      EventFromJson(R"({"payload": {"lost": {"lower": null, "upper": 3}, "cause": "",
                                    "sea": "b\u0061ltic", "ship": "rose",
                                    "@type": "type.googleapis.com/shipwrecks.v1.ShipSunk"}})"));
  EXPECT_EQ(Bytes(a), Bytes(b));
}

TEST(EventJsonTest, ATypeThatIsNotLinkedInIsRefused) {
  v1::Event event;
  event.mutable_payload()->set_type_url("type.googleapis.com/venus.v1.Landing");
  EXPECT_THAT(EventToJson(event, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("venus.v1.Landing")));
  event.mutable_payload()->set_type_url("type.googleapis.com/shipwrecks.v1.ShipSunk");
  event.mutable_payload()->set_value("\x0A\xFF");
  EXPECT_THAT(EventToJson(event, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("shipwrecks.v1.ShipSunk")));
}

struct Refused {
  std::string name;
  std::string json;
  std::string message;
};

class EventJsonRefusalTest : public ::testing::TestWithParam<Refused> {};

TEST_P(EventJsonRefusalTest, SaysWhatIsWrong) {
  EXPECT_THAT(EventFromJson(GetParam().json),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Json, EventJsonRefusalTest,
    ::testing::Values(
        Refused{"CutOff", R"({"id": "a", "stream)", "column 13: the string that begins here"},
        Refused{"Trailing", R"({"id": "a"} {"id": "b"})", "after the value's end there is '{'"},
        Refused{"InvalidUtf8", "{\"id\": \"\xFF\"}", "the byte 0xff isn't UTF-8"},
        Refused{"NoObject", "[]", "an event is an object in braces"},
        Refused{"Number", "7", "an event is an object in braces"},
        Refused{"TwoNames", R"({"id": "a", "id": "b"})", "the name \"id\" stands twice"},
        Refused{"UnknownField", R"({"happened": "2031"})", "there is no field \"happened\""},
        Refused{"UnknownFieldOfBrackets", R"({"(happened": "2031"})",
                "there is no field \"(happened\""},
        Refused{"UnknownFieldInBrackets", "{\"(happened)\": \"2031\"}", "happened"},
        Refused{"UnknownFieldWithin", R"({"citations": [{"source": "a"}, {"sorce": "b"}]})",
                "citations[1]: there is no field \"sorce\""},
        Refused{"UnknownPayloadField",
                R"({"payload": {"@type": "type.googleapis.com/shipwrecks.v1.ShipSunk", "shp": 1}})",
                "there is no field \"shp\""},
        Refused{"UnknownType", R"({"payload": {"@type": "type.googleapis.com/x.Y", "a": 1}})",
                "payload: unknown type \"x.Y\""},
        Refused{"NoType", R"({"payload": {"ship": "rose"}})", "payload: there is no \"@type\""},
        Refused{"EmptyPayload", R"({"payload": {}})", "payload: there is no \"@type\""},
        Refused{"TooLarge", R"({"position": 18446744073709551616})",
                "position: 1.8446744073709552e+19 is no value of the type uint64"},
        Refused{"Negative", R"({"position": -1})", "position: -1 is no value of the type uint64"},
        Refused{"Fraction", R"({"revision": 1.5})", "revision: 1.5 is no value of the type uint64"},
        Refused{"WrongKind", R"({"stream": 5})", "stream: 5 is no value of the type string"},
        Refused{"WrongEnum", R"({"correction": {"kind": "DELETES"}})",
                "correction.kind: \"DELETES\" is no value of the type "},
        Refused{"WrongTime", R"({"recordedAt": "yesterday"})", "Invalid time format: yesterday"},
        Refused{"ListForOne", R"({"stream": ["a"]})", "stream: "}),
    [](const auto& info) { return info.param.name; });

TEST(EventJsonTest, NestingHasALimit) {
  const auto nested = [](int depth) {
    std::string json = R"({"payload": {"@type": "type.googleapis.com/shipwrecks.v1.Everything")";
    for (int i = 0; i < depth; ++i) json += R"(, "children": [{"int32Value": 1)";
    for (int i = 0; i < depth; ++i) json += "}]";
    return json + "}}";
  };
  EXPECT_THAT(EventFromJson(nested(30)), IsOk());
  EXPECT_THAT(EventFromJson(nested(50)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested deeper than 100")));
}

// --- Generated events ----------------------------------------------------------

// Draws events with everything that a message may hold.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  v1::Event Event() {
    v1::Event event;
    event.set_id(Text());
    event.set_stream(Text());
    event.set_occurred(Text());
    event.set_position(Number<uint64_t>());
    event.set_revision(Number<uint64_t>());
    if (Coin()) event.mutable_payload()->PackFrom(Everything(2));
    for (int i = Below(3); i > 0; --i) event.add_attribution(Text());
    for (int i = Below(3); i > 0; --i) event.add_citations()->set_source(Text());
    for (int i = Below(4); i > 0; --i) (*event.mutable_metadata())[Text()] = Text();
    if (Coin()) {
      event.mutable_correction()->set_kind(v1::Correction::RETRACTS);
      event.mutable_correction()->add_target_positions(Number<uint64_t>());
    }
    if (Coin()) {
      event.mutable_recorded_at()->set_seconds(Number<int32_t>());
      event.mutable_recorded_at()->set_nanos(Below(1'000'000) * 1000);
    }
    if (Coin()) event.mutable_occurred_bounds()->set_earliest(Number<int64_t>());
    if (Coin()) event.mutable_known_bounds()->set_latest(Number<int64_t>());
    // As a store keeps it.
    if (event.has_payload()) {
      shipwrecks::v1::Everything payload;
      event.payload().UnpackTo(&payload);
      event.mutable_payload()->set_value(Bytes(payload));
    }
    return event;
  }

 private:
  shipwrecks::v1::Everything Everything(int depth) {
    shipwrecks::v1::Everything m;
    m.set_double_value(Real());
    m.set_float_value(static_cast<float>(Real()));
    m.set_int32_value(Number<int32_t>());
    m.set_int64_value(Number<int64_t>());
    m.set_uint32_value(Number<uint32_t>());
    m.set_uint64_value(Number<uint64_t>());
    m.set_sint64_value(Number<int64_t>());
    m.set_fixed64_value(Number<uint64_t>());
    m.set_sfixed32_value(Number<int32_t>());
    m.set_bool_value(Coin());
    m.set_string_value(Text());
    m.set_bytes_value(std::string("\0\xFF\x80", 3) + Text());
    m.set_colour(static_cast<shipwrecks::v1::Everything::Colour>(Below(4)));  // 3 has no name.
    if (Coin()) m.set_optional_value(Number<int64_t>());
    if (Coin()) m.set_left(Text());
    if (Coin()) m.set_right(Number<int32_t>());
    for (int i = Below(4); i > 0; --i) m.add_numbers(Number<int64_t>());
    for (int i = Below(3); i > 0; --i) m.add_words(Text());
    for (int i = Below(3); i > 0; --i) m.add_colours(shipwrecks::v1::Everything::RED);
    for (int i = Below(4); i > 0; --i) (*m.mutable_texts())[Text()] = Text();
    for (int i = Below(3); i > 0; --i) (*m.mutable_by_flag())[Coin()] = Real();
    if (Coin()) {
      m.mutable_when()->set_seconds(Number<int32_t>());
      m.mutable_when()->set_nanos(Below(1'000'000'000));
    }
    if (Coin()) m.mutable_how_long()->set_seconds(Below(10'000));
    if (Coin()) m.mutable_wrapped()->set_value(Number<int64_t>());
    if (Coin()) (*m.mutable_structure()->mutable_fields())["x"].set_number_value(1.5);
    if (Coin()) m.mutable_quantity()->set_upper(Number<int64_t>());
    if (depth == 0) return m;
    for (int i = Below(3); i > 0; --i) *m.add_children() = Everything(depth - 1);
    for (int i = Below(3); i > 0; --i) {
      (*m.mutable_by_number())[Number<int64_t>()] = Everything(depth - 1);
    }
    if (Coin()) m.mutable_any()->PackFrom(m.when());
    return m;
  }

  int Below(int limit) { return static_cast<int>(random_() % limit); }
  bool Coin() { return Below(2) == 0; }

  template <typename Int>
  Int Number() {
    const Int kEdges[] = {0, 1, static_cast<Int>(-1), std::numeric_limits<Int>::min(),
                          std::numeric_limits<Int>::max()};
    const int choice = Below(8);
    if (choice < 5) return kEdges[choice];
    return static_cast<Int>((static_cast<uint64_t>(random_()) << 32) | random_());
  }

  double Real() {
    const double kEdges[] = {0.0,
                             -0.0,
                             0.1,
                             -1.0 / 3,
                             1e22,
                             5e-324,
                             std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::infinity(),
                             9007199254740993.0};
    return kEdges[Below(9)];
  }

  std::string Text() {
    static const char* const kParts[] = {"",  "a",    "é",  "\n",     "\"",     "\\",
                                         "😀", "\x01", " ",  "\u2028", "</x>",   "0",
                                         "/", "null", "{}", "\u00A0", "\\u0041"};
    std::string text;
    for (int i = Below(5); i > 0; --i) text += kParts[Below(17)];
    return text;
  }

  std::mt19937 random_;
};

TEST(EventJsonTest, GeneratedEventsReadBackToTheSameBytes) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    const v1::Event event = Generator(seed).Event();
    ASSERT_OK_AND_ASSIGN(const std::string json, EventToJson(event, {.pretty = seed % 2 == 0}));
    const absl::StatusOr<v1::Event> read = EventFromJson(json);
    ASSERT_TRUE(read.ok()) << "seed " << seed << ": " << read.status() << "\n" << json;
    ASSERT_EQ(Bytes(*read), Bytes(event)) << "seed " << seed << "\n" << json;
    if (seed % 2 == 0) continue;
    ASSERT_THAT(json, AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\u2028"))));
  }
}

}  // namespace
}  // namespace annals
