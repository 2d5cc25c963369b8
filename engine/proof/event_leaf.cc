#include "engine/proof/event_leaf.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/wire_fields.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace annals {
namespace {

using ::google::protobuf::Any;
using ::google::protobuf::internal::WireFormatLite;
using ::google::protobuf::io::CodedOutputStream;

constexpr size_t kMostVarintBytes = 10;
using VarintBytes = std::array<uint8_t, kMostVarintBytes>;

absl::string_view WriteVarint(uint64_t value, VarintBytes* bytes) {
  const uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(value, bytes->data());
  return {reinterpret_cast<const char*>(bytes->data()), static_cast<size_t>(end - bytes->data())};
}

absl::Status NoEvent(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("the bytes are no event: ", why));
}

TreeHash Commit(absl::string_view salt, absl::string_view payload_value) {
  const char salt_size = static_cast<char>(salt.size());
  return Sha256({{&salt_size, 1}, salt, payload_value});
}

TreeHash FromBytes(absl::string_view bytes) {
  TreeHash hash = {};
  std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
  return hash;
}

// Takes what a field holds, which stands there once and has a length.
absl::Status TakeOnce(absl::string_view name, const WireFields& field, bool* seen,
                      absl::string_view* contents) {
  VarintBytes tag;
  const uint32_t expected = WireFormatLite::MakeTag(static_cast<int>(field.number()),
                                                    WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  if (*seen || !absl::StartsWith(field.bytes(), WriteVarint(expected, &tag))) {
    return NoEvent(absl::StrCat(name, " is there twice, or isn't one"));
  }
  *seen = true;
  *contents = field.contents();
  return absl::OkStatus();
}

// An event taken apart. Everything points into its bytes, but for the size of the
// payload that stays.
class Leaf {
 public:
  absl::Status Read(absl::string_view event_bytes);

  absl::StatusOr<TreeHash> Commitment() const;
  TreeHash Hash(const TreeHash& commitment) const;

 private:
  absl::Status ReadPayload(absl::string_view payload);

  absl::InlinedVector<absl::string_view, 8> envelope_;
  VarintBytes payload_tag_;
  VarintBytes payload_size_;
  absl::string_view payload_kept_;
  absl::string_view value_;
  absl::string_view salt_;
  absl::string_view commitment_;
  bool has_payload_ = false;
  bool has_value_ = false;
  bool has_salt_ = false;
  bool has_commitment_ = false;
};

absl::Status Leaf::Read(absl::string_view event_bytes) {
  size_t kept_from = 0;
  const auto keep_until = [&](const WireFields& field) {
    envelope_.push_back(event_bytes.substr(kept_from, field.begin() - kept_from));
    kept_from = field.begin() + field.bytes().size();
  };
  WireFields field(event_bytes);
  while (field.Next()) {
    switch (field.number()) {
      case v1::Event::kPayloadFieldNumber: {
        absl::string_view payload;
        ANNALS_RETURN_IF_ERROR(TakeOnce("payload", field, &has_payload_, &payload));
        ANNALS_RETURN_IF_ERROR(ReadPayload(payload));
        keep_until(field);
        envelope_.push_back(
            WriteVarint(WireFormatLite::MakeTag(v1::Event::kPayloadFieldNumber,
                                                WireFormatLite::WIRETYPE_LENGTH_DELIMITED),
                        &payload_tag_));
        envelope_.push_back(WriteVarint(payload_kept_.size(), &payload_size_));
        envelope_.push_back(payload_kept_);
        break;
      }
      case v1::Event::kPayloadSaltFieldNumber:
        ANNALS_RETURN_IF_ERROR(TakeOnce("payload_salt", field, &has_salt_, &salt_));
        keep_until(field);
        break;
      case v1::Event::kPayloadCommitmentFieldNumber:
        ANNALS_RETURN_IF_ERROR(
            TakeOnce("payload_commitment", field, &has_commitment_, &commitment_));
        keep_until(field);
        break;
      default:
        break;
    }
  }
  if (!field.at_end()) return NoEvent("they end in the middle of a field");
  envelope_.push_back(event_bytes.substr(kept_from));
  return absl::OkStatus();
}

// The value is the last field, so that what stays is the payload's beginning.
absl::Status Leaf::ReadPayload(absl::string_view payload) {
  payload_kept_ = payload;
  WireFields field(payload);
  while (field.Next()) {
    if (has_value_) return NoEvent("payload.value isn't the last field of the payload");
    if (field.number() != Any::kValueFieldNumber) continue;
    ANNALS_RETURN_IF_ERROR(TakeOnce("payload.value", field, &has_value_, &value_));
    payload_kept_ = payload.substr(0, field.begin());
  }
  return field.at_end() ? absl::OkStatus() : NoEvent("the payload ends in the middle of a field");
}

absl::StatusOr<TreeHash> Leaf::Commitment() const {
  if (salt_.size() > UINT8_MAX) return NoEvent("payload_salt has more than 255 bytes");
  if (!has_commitment_) return Commit(salt_, value_);
  if (commitment_.size() != sizeof(TreeHash)) {
    return NoEvent(absl::StrCat("payload_commitment has ", commitment_.size(), " bytes, not 32"));
  }
  if (has_salt_ || has_value_) {
    return NoEvent("beside payload_commitment there is what it stands for");
  }
  return FromBytes(commitment_);
}

TreeHash Leaf::Hash(const TreeHash& commitment) const {
  absl::InlinedVector<absl::string_view, 12> pieces = {AsBytes(commitment)};
  pieces.insert(pieces.end(), envelope_.begin(), envelope_.end());
  return LeafHash(pieces);
}

}  // namespace

TreeHash PayloadCommitment(const v1::Event& event) {
  if (!event.payload_commitment().empty()) return FromBytes(event.payload_commitment());
  return Commit(event.payload_salt(), event.payload().value());
}

absl::StatusOr<TreeHash> EventLeafHash(absl::string_view event_bytes) {
  Leaf leaf;
  ANNALS_RETURN_IF_ERROR(leaf.Read(event_bytes));
  ANNALS_ASSIGN_OR_RETURN(const TreeHash commitment, leaf.Commitment());
  return leaf.Hash(commitment);
}

absl::StatusOr<TreeHash> EventLeafHash(absl::string_view event_bytes, const TreeHash& commitment) {
  Leaf leaf;
  ANNALS_RETURN_IF_ERROR(leaf.Read(event_bytes));
  return leaf.Hash(commitment);
}

}  // namespace annals
