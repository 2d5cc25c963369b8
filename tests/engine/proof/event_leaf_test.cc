#include "engine/proof/event_leaf.h"

#include <sodium.h>

#include <functional>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "gtest/gtest.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;

std::string Serialize(const v1::Event& event) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    event.SerializeToCodedStream(&output);
  }
  return bytes;
}

std::string Bytes(const TreeHash& hash) { return std::string(AsBytes(hash)); }
std::string Hex(const TreeHash& hash) { return absl::BytesToHexString(AsBytes(hash)); }

// Another implementation's SHA-256 than the one under test.
std::string ReferenceSha256(const std::string& text) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hash;
}

std::string ReferenceCommitment(const v1::Event& event) {
  return ReferenceSha256(
      absl::StrCat(std::string(1, static_cast<char>(event.payload_salt().size())),
                   event.payload_salt(), event.payload().value()));
}

// The definition, with protobuf doing the work.
std::string ReferenceLeafHash(v1::Event event) {
  const std::string commitment =
      event.payload_commitment().empty() ? ReferenceCommitment(event) : event.payload_commitment();
  if (event.has_payload()) event.mutable_payload()->clear_value();
  event.clear_payload_salt();
  event.clear_payload_commitment();
  return ReferenceSha256(absl::StrCat(std::string(1, '\0'), commitment, Serialize(event)));
}

v1::Event Redacted(v1::Event event) {
  event.set_payload_commitment(Bytes(PayloadCommitment(event)));
  event.mutable_payload()->clear_value();
  event.clear_payload_salt();
  return event;
}

v1::Event MakeEvent() {
  v1::Event event;
  event.set_id("a");
  event.set_timeline("t");
  event.set_stream("s");
  event.set_revision(1);
  event.set_position(2);
  event.mutable_payload()->set_type_url("type.googleapis.com/annals.testing.Note");
  event.mutable_payload()->set_value("\x0a\x02hi");
  event.set_occurred("2026");
  std::string salt;
  for (char byte = 0; byte < static_cast<char>(kPayloadSaltBytes); ++byte) salt.push_back(byte);
  event.set_payload_salt(salt);
  return event;
}

// The hashes were computed by Python's hashlib from bytes put together by hand.
TEST(EventLeafTest, IsWhatOthersCompute) {
  const v1::Event event = MakeEvent();
  EXPECT_EQ(absl::BytesToHexString(Serialize(event)),
            "0a01611201741a017320012802322f0a27747970652e676f6f676c65617069732e636f6d2f616e6e616c73"
            "2e74657374696e672e4e6f746512040a0268693a04323032369a0110000102030405060708090a0b0c0d0e"
            "0f");
  EXPECT_EQ(Hex(PayloadCommitment(event)),
            "16558d8a6ab236b7e4a91d1d4fa8dce7280fd07588e922752813ba7ff0074df2");
  ASSERT_OK_AND_ASSIGN(const TreeHash leaf, EventLeafHash(Serialize(event)));
  EXPECT_EQ(Hex(leaf), "b7a931855cd86336991704a47dda151aa92b68028ca1fae412e3102225d403b0");

  v1::Event bare;
  bare.set_id("r");
  bare.set_stream("s");
  ASSERT_OK_AND_ASSIGN(const TreeHash bare_leaf, EventLeafHash(Serialize(bare)));
  EXPECT_EQ(Hex(bare_leaf), "c6fef27c05fd16b2c57304aabedb51b24a31661faf70433e726a974cebe93ebc");
}

TEST(EventLeafTest, StaysAsItIsWhenThePayloadIsRedacted) {
  const v1::Event event = MakeEvent();
  const v1::Event redacted = Redacted(event);
  ASSERT_OK_AND_ASSIGN(const TreeHash before, EventLeafHash(Serialize(event)));
  EXPECT_THAT(EventLeafHash(Serialize(redacted)), IsOkAndHolds(before));
  EXPECT_EQ(PayloadCommitment(redacted), PayloadCommitment(event));
}

TEST(EventLeafTest, AgreesWithTheDefinitionForEventsOfEveryShape) {
  constexpr uint32_t kSeed = 20'260'122;
  std::mt19937 random(kSeed);
  const auto coin = [&] { return random() % 2 == 0; };
  const auto text = [&] {
    return std::string(random() % 300, static_cast<char>('a' + random() % 26));
  };
  for (int step = 0; step < 500; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", kSeed, ", step ", step));
    v1::Event event;
    if (coin()) event.set_id(text());
    if (coin()) event.set_stream(text());
    if (coin()) event.set_position(random());
    if (coin()) event.set_occurred(text());
    if (coin()) (*event.mutable_metadata())[text()] = text();
    if (coin()) event.mutable_known_bounds()->set_latest(5);
    if (coin()) event.mutable_payload();
    if (coin()) event.mutable_payload()->set_type_url(text());
    if (coin()) event.mutable_payload()->set_value(text());
    if (coin()) event.set_payload_salt(text().substr(0, 255));
    const std::string bytes = Serialize(event);
    ASSERT_OK_AND_ASSIGN(const TreeHash leaf, EventLeafHash(bytes));
    EXPECT_EQ(Bytes(leaf), ReferenceLeafHash(event)) << event.DebugString();
    EXPECT_EQ(Bytes(PayloadCommitment(event)), ReferenceCommitment(event));
    EXPECT_THAT(EventLeafHash(bytes, PayloadCommitment(event)), IsOkAndHolds(leaf));
  }
}

TEST(EventLeafTest, ChangesWithEveryField) {
  const v1::Event event = MakeEvent();
  ASSERT_OK_AND_ASSIGN(const TreeHash leaf, EventLeafHash(Serialize(event)));
  const auto changes = [&](const std::function<void(v1::Event*)>& change) {
    v1::Event changed = event;
    change(&changed);
    const absl::StatusOr<TreeHash> other = EventLeafHash(Serialize(changed));
    ASSERT_OK(other);
    EXPECT_NE(*other, leaf) << changed.DebugString();
  };
  changes([](v1::Event* e) { e->set_id("b"); });
  changes([](v1::Event* e) { e->set_position(3); });
  changes([](v1::Event* e) { e->set_occurred("2027"); });
  changes([](v1::Event* e) { e->mutable_payload()->set_type_url("x"); });
  changes([](v1::Event* e) { e->mutable_payload()->set_value("x"); });
  changes([](v1::Event* e) { e->clear_payload(); });
  changes([](v1::Event* e) { e->set_payload_salt("0123456789abcdef"); });
  changes([](v1::Event* e) { e->clear_payload_salt(); });
  changes([](v1::Event* e) { (*e->mutable_metadata())["k"] = "v"; });
}

TEST(EventLeafTest, VouchesForNoPayloadBesideACommitment) {
  v1::Event forged = Redacted(MakeEvent());
  forged.mutable_payload()->set_value("\x0a\x02ho");
  EXPECT_THAT(EventLeafHash(Serialize(forged)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("beside payload_commitment")));
  forged = Redacted(MakeEvent());
  forged.set_payload_salt("salt");
  EXPECT_THAT(EventLeafHash(Serialize(forged)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("beside payload_commitment")));
  forged = Redacted(MakeEvent());
  forged.set_payload_commitment("short");
  EXPECT_THAT(EventLeafHash(Serialize(forged)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has 5 bytes, not 32")));
}

TEST(EventLeafTest, RefusesBytesThatAreNoEvent) {
  const std::string bytes = Serialize(MakeEvent());
  const auto refused = [](const std::string& bytes, const char* why) {
    EXPECT_THAT(EventLeafHash(bytes), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  refused(bytes.substr(0, bytes.size() - 1), "in the middle of a field");
  refused(bytes + bytes, "twice");
  // A number where the payload, and where its value, should be.
  refused(std::string("\x30\x05"), "payload is there twice, or isn't one");
  refused(std::string("\x32\x02\x10\x05"), "payload.value is there twice, or isn't one");
  refused(std::string("\x32\x04\x12\x00\x0a\x00", 6), "isn't the last");
  refused(std::string("\x32\x02\x0a\x05"), "the payload ends in the middle");
}

}  // namespace
}  // namespace annals::testing
