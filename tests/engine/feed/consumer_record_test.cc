#include "engine/feed/consumer_record.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

// The bytes that docs/storage_format.md lists.
TEST(ConsumerRecordTest, KeysAreAsDocumented) {
  const std::string prefix = ConsumerPrefix(3, "c");
  EXPECT_EQ(Hex(prefix), Hex("consumer/") + "00000003" + "630001");
  EXPECT_EQ(Hex(ConsumerKey(prefix, ConsumerPart::kRecord)), Hex(prefix) + "00");
  EXPECT_EQ(Hex(ConsumerKey(prefix, ConsumerPart::kOutstanding, Position{258})),
            Hex(prefix) + "01" + "0000000000000102");
  EXPECT_EQ(Hex(ConsumerKey(prefix, ConsumerPart::kParked, Position{1})),
            Hex(prefix) + "02" + "0000000000000001");
}

TEST(ConsumerRecordTest, ValuesAreAsDocumented) {
  ConsumerRecord record = {.scanned = Position{5}};
  record.settings.set_name("c");
  EXPECT_EQ(Hex(Encode(record)),
            "0000000000000005"
            "120163");
  EXPECT_EQ(Hex(Encode(OutstandingRecord{.state = OutstandingRecord::State::kLeased,
                                         .deliveries = 2,
                                         .until = {255},
                                         .member = "m"})),
            "01"
            "00000002"
            "00000000000000ff"
            "6d");
  EXPECT_EQ(Hex(Encode(ParkedRecord{.deliveries = 3, .parked_at = {1}, .reason = "r"})),
            "00000003"
            "0000000000000001"
            "72");
}

TEST(ConsumerRecordTest, WhatIsEncodedIsDecoded) {
  for (const ConsumerPart part :
       {ConsumerPart::kRecord, ConsumerPart::kOutstanding, ConsumerPart::kParked}) {
    const std::string prefix = ConsumerPrefix(1, "a.b");
    const std::string key = part == ConsumerPart::kRecord ? ConsumerKey(prefix, part)
                                                          : ConsumerKey(prefix, part, Position{9});
    ASSERT_OK_AND_ASSIGN(const ParsedConsumerKey parsed, ParseConsumerKey(key));
    EXPECT_EQ(parsed.prefix, prefix);
    EXPECT_EQ(parsed.part, part);
    EXPECT_EQ(parsed.position, Position{part == ConsumerPart::kRecord ? 0u : 9u});
  }
  const OutstandingRecord outstanding = {.state = OutstandingRecord::State::kWaiting,
                                         .deliveries = 7,
                                         .until = {-1},
                                         .member = "somebody"};
  ASSERT_OK_AND_ASSIGN(const OutstandingRecord decoded,
                       DecodeOutstandingRecord(Encode(outstanding)));
  EXPECT_EQ(decoded.state, outstanding.state);
  EXPECT_EQ(decoded.deliveries, outstanding.deliveries);
  EXPECT_EQ(decoded.until, outstanding.until);
  EXPECT_EQ(decoded.member, outstanding.member);
}

TEST(ConsumerRecordTest, DamageIsNoticed) {
  const auto damaged = StatusIs(StatusCode::kDataLoss, ::testing::_);
  const std::string prefix = ConsumerPrefix(1, "c");
  EXPECT_THAT(ParseConsumerKey(prefix), damaged);
  EXPECT_THAT(ParseConsumerKey(prefix + "\x03"), damaged);
  EXPECT_THAT(ParseConsumerKey(prefix + "\x01" + "1234567"), damaged);
  EXPECT_THAT(ParseConsumerKey(prefix + std::string(1, '\0') + "x"), damaged);
  EXPECT_THAT(ParseConsumerKey("consumer"), damaged);
  EXPECT_THAT(DecodeConsumerRecord("1234567"), damaged);
  EXPECT_THAT(DecodeConsumerRecord("12345678\x12\x05"), damaged);
  EXPECT_THAT(DecodeOutstandingRecord(""), damaged);
  EXPECT_THAT(DecodeOutstandingRecord("\x03"
                                      "123456789012"),
              damaged);
  EXPECT_THAT(DecodeOutstandingRecord("\x01"
                                      "12345678901"),
              damaged);
  EXPECT_THAT(DecodeParkedRecord("12345678901"), damaged);
}

}  // namespace
}  // namespace annals
