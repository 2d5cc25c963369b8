// Events as they are stored, in the log and in a proof. Bytes that are no event are said
// to be none; an event comes back as it was; and its leaf is that of the definition in
// engine/proof/event_leaf.h, redacted or not.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/log/record.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/sha256.h"
#include "google/protobuf/stubs/logging.h"
#include "proto/annals/v1/event.pb.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;

constexpr size_t kChainBytes = 16;

// With protobuf doing the work.
TreeHash LeafByDefinition(v1::Event event) {
  const TreeHash commitment = PayloadCommitment(event);
  if (event.has_payload()) event.mutable_payload()->clear_value();
  event.clear_payload_salt();
  event.clear_payload_commitment();
  return Sha256(
      {absl::string_view("\0", 1), AsBytes(commitment), SerializeDeterministically(event)});
}

v1::Event Redacted(v1::Event event) {
  event.set_payload_commitment(std::string(AsBytes(PayloadCommitment(event))));
  if (event.has_payload()) event.mutable_payload()->clear_value();
  event.clear_payload_salt();
  return event;
}

void CheckLeaf(const v1::Event& event, absl::string_view bytes) {
  const absl::StatusOr<TreeHash> leaf = EventLeafHash(bytes);
  const bool is_vouched_for = event.payload_commitment().empty() ||
                              (event.payload_salt().empty() && event.payload().value().empty());
  Require(leaf.ok() || leaf.status().code() == absl::StatusCode::kInvalidArgument,
          "a leaf is refused as invalid: " + leaf.status().ToString());
  if (!leaf.ok()) return;
  Require(is_vouched_for, "nobody vouches for a payload beside a commitment");
  Require(*leaf == LeafByDefinition(event), "the leaf is that of the definition");
  if (!event.payload_commitment().empty()) return;
  const absl::StatusOr<TreeHash> redacted =
      EventLeafHash(SerializeDeterministically(Redacted(event)));
  Require(redacted.ok() && *redacted == *leaf, "a redacted event keeps its leaf");
}

void Read(absl::string_view bytes) {
  const std::string row = absl::StrCat(std::string(kChainBytes, 'c'), bytes);
  v1::Event event;
  event.set_id("what stood there before");
  event.mutable_payload()->set_value("and its payload");
  const absl::Status decoded = DecodeEvent(row, &event);
  v1::Event parsed;
  const bool is_event = parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  Require(decoded.ok() == is_event, "bytes are an event or they are none: " + decoded.ToString());
  if (!is_event) {
    Require(decoded.code() == absl::StatusCode::kDataLoss, "what is none is DATA_LOSS");
    (void)EventLeafHash(bytes);
    return;
  }
  const std::string again = SerializeDeterministically(event);
  Require(again == SerializeDeterministically(parsed),
          "nothing is left of what stood there before");
  (void)EventLeafHash(bytes);
  CheckLeaf(event, again);
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const google::protobuf::LogSilencer silence;
  annals::Read({reinterpret_cast<const char*>(data), size});
  return 0;
}
