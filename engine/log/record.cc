#include "engine/log/record.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/base/wire_fields.h"
#include "engine/log/payload_types.h"
#include "engine/proof/event_leaf.h"
#include "engine/storage/commit_record.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace annals {
namespace {

// Writes the message behind the first `offset` bytes, which are left as zeros.
std::string SerializeBehind(size_t offset, const google::protobuf::Message& message) {
  const size_t size = message.ByteSizeLong();
  std::string bytes(offset + size, '\0');
  google::protobuf::io::ArrayOutputStream array(&bytes[offset], static_cast<int>(size));
  google::protobuf::io::CodedOutputStream output(&array);
  output.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&output);
  return bytes;
}

std::string PrefixOf(uint32_t timeline, absl::string_view element) {
  std::string prefix;
  prefix.reserve(sizeof(timeline) + element.size() + 2 + sizeof(uint64_t));
  AppendBigEndian32(&prefix, timeline);
  AppendKeyElement(&prefix, element);
  return prefix;
}

std::string WithNumber(absl::string_view prefix, uint64_t number) {
  std::string key;
  key.reserve(prefix.size() + sizeof(number));
  key.append(prefix.data(), prefix.size());
  AppendBigEndian64(&key, number);
  return key;
}

// Clears an event, but keeps the memory of those messages in it that almost every
// record has, for whoever reads many events into one object.
void ClearForReuse(v1::Event* event) {
  if (event->GetArena() != nullptr) return event->Clear();
  auto* const payload = event->release_payload();
  auto* const recorded_at = event->release_recorded_at();
  auto* const occurred = event->release_occurred_bounds();
  auto* const known = event->release_known_bounds();
  event->Clear();
  const auto keep = [](auto* part, auto set) {
    if (part == nullptr) return;
    part->Clear();
    set(part);
  };
  keep(payload, [event](auto* part) { event->set_allocated_payload(part); });
  keep(recorded_at, [event](auto* part) { event->set_allocated_recorded_at(part); });
  keep(occurred, [event](auto* part) { event->set_allocated_occurred_bounds(part); });
  keep(known, [event](auto* part) { event->set_allocated_known_bounds(part); });
}

bool IsEmpty(const google::protobuf::Any& payload) {
  return payload.type_url().empty() && payload.value().empty();
}
bool IsEmpty(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 && time.nanos() == 0;
}
bool IsEmpty(const v1::Bounds& bounds) { return bounds.earliest() == 0 && bounds.latest() == 0; }

// A message that was kept and isn't in the bytes must go, or it would be present. False,
// and nothing is done, if that can't be told: protobuf also reads what no serializer
// writes, groups and tags with more bits than they have.
bool DropWhatIsAbsent(absl::string_view event_bytes, v1::Event* event) {
  if (!IsEmpty(event->payload()) && !IsEmpty(event->recorded_at()) &&
      !IsEmpty(event->occurred_bounds()) && !IsEmpty(event->known_bounds())) {
    return true;
  }
  bool payload = false;
  bool recorded_at = false;
  bool occurred_bounds = false;
  bool known_bounds = false;
  WireFields field(event_bytes);
  while (field.Next()) {
    if (!field.has_contents()) continue;  // By a known number, but unknown all the same.
    payload |= field.number() == v1::Event::kPayloadFieldNumber;
    recorded_at |= field.number() == v1::Event::kRecordedAtFieldNumber;
    occurred_bounds |= field.number() == v1::Event::kOccurredBoundsFieldNumber;
    known_bounds |= field.number() == v1::Event::kKnownBoundsFieldNumber;
  }
  if (!field.at_end()) return false;
  if (!payload) event->clear_payload();
  if (!recorded_at) event->clear_recorded_at();
  if (!occurred_bounds) event->clear_occurred_bounds();
  if (!known_bounds) event->clear_known_bounds();
  return true;
}

}  // namespace

std::string TimelineKey(absl::string_view name) {
  return absl::StrCat(storage::kTimelineKeyPrefix, name);
}

std::string ErasureKey(uint32_t timeline, Position by) {
  return absl::StrCat(storage::kErasureKeyPrefix, storage::LogKey(timeline, by));
}

std::string EventIdKey(uint32_t timeline, absl::string_view id) {
  std::string key;
  key.reserve(sizeof(timeline) + id.size());
  AppendBigEndian32(&key, timeline);
  key.append(id.data(), id.size());
  return key;
}

std::string StreamPrefix(uint32_t timeline, absl::string_view stream) {
  return PrefixOf(timeline, stream);
}

std::string StreamKey(absl::string_view prefix, uint64_t revision) {
  return WithNumber(prefix, revision);
}

std::string TypePrefix(uint32_t timeline, absl::string_view type) {
  return PrefixOf(timeline, type);
}

std::string TypeKey(absl::string_view prefix, Position position) {
  return WithNumber(prefix, position.value);
}

std::string TimelinePrefix(uint32_t timeline) {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline);
  return prefix;
}

std::string TileKey(uint32_t timeline, TileId tile) {
  std::string key = TimelinePrefix(timeline);
  key.push_back(static_cast<char>(tile.level));
  AppendBigEndian64(&key, tile.index);
  return key;
}

absl::StatusOr<TileId> DecodeTileKey(absl::string_view key) {
  constexpr size_t kBytes = sizeof(uint32_t) + 1 + sizeof(uint64_t);
  constexpr uint32_t kMaxLevel = 7;  // A tree of 2^64 leaves.
  TileId tile;
  if (key.size() == kBytes) tile.level = static_cast<unsigned char>(key[sizeof(uint32_t)]);
  if (key.size() != kBytes || tile.level > kMaxLevel) {
    return absl::DataLossError("a key among the tiles is no tile's");
  }
  ANNALS_ASSIGN_OR_RETURN(tile.index, NumberAtEnd(key));
  return tile;
}

absl::StatusOr<uint64_t> NumberAtEnd(absl::string_view key) {
  if (key.size() < sizeof(uint64_t)) return absl::DataLossError("a look-up key is too short");
  key.remove_prefix(key.size() - sizeof(uint64_t));
  return ReadBigEndian64(&key);
}

std::string EncodePosition(Position position) {
  std::string value;
  AppendBigEndian64(&value, position.value);
  return value;
}

absl::StatusOr<Position> DecodePosition(absl::string_view value) {
  if (value.size() != sizeof(uint64_t)) {
    return absl::DataLossError(
        absl::StrCat("a stored position has ", value.size(), " bytes, not 8"));
  }
  ANNALS_ASSIGN_OR_RETURN(const uint64_t position, ReadBigEndian64(&value));
  return Position{position};
}

std::string SerializeDeterministically(const google::protobuf::Message& message) {
  return SerializeBehind(0, message);
}

std::string EncodeRecord(const v1::Event& event, storage::Hash128* chain) {
  std::string value = SerializeBehind(storage::kHashBytes, event);
  *chain = storage::ChainInPlace(*chain, &value);
  return value;
}

absl::StatusOr<std::string> RedactRecord(absl::string_view value) {
  ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(value));
  if (IsRedacted(record.event_bytes)) return std::string(value);
  v1::Event event;
  ANNALS_RETURN_IF_ERROR(DecodeEvent(record, &event));
  const TreeHash commitment = PayloadCommitment(event);
  event.set_payload_commitment(std::string(AsBytes(commitment)));
  event.clear_payload_salt();
  if (event.has_payload()) event.mutable_payload()->clear_value();
  std::string redacted;
  storage::AppendHash(&redacted, record.chain);
  redacted += SerializeDeterministically(event);
  return redacted;
}

bool IsRedacted(absl::string_view event_bytes) {
  for (WireFields field(event_bytes); field.Next();) {
    const bool is_commitment = field.number() == v1::Event::kPayloadCommitmentFieldNumber;
    if (is_commitment && field.has_contents()) return true;
  }
  return false;
}

absl::StatusOr<Record> SplitRecord(absl::string_view value) {
  ANNALS_ASSIGN_OR_RETURN(const storage::Hash128 chain, storage::ReadHash(&value));
  return Record{chain, value};
}

absl::Status DecodeEvent(absl::string_view value, v1::Event* event) {
  ANNALS_ASSIGN_OR_RETURN(const Record record, SplitRecord(value));
  return DecodeEvent(record, event);
}

absl::Status DecodeEvent(const Record& record, v1::Event* event) {
  const google::protobuf::StringPiece bytes(record.event_bytes.data(), record.event_bytes.size());
  ClearForReuse(event);
  if (!event->ParseFrom<google::protobuf::MessageLite::kMerge>(bytes)) {
    return absl::DataLossError("the stored bytes are no event");
  }
  if (!DropWhatIsAbsent(record.event_bytes, event)) {
    event->Clear();
    event->ParseFrom<google::protobuf::MessageLite::kMerge>(bytes);
  }
  return absl::OkStatus();
}

void ClearAssignedFields(v1::Event* event) {
  event->clear_revision();
  event->clear_position();
  event->clear_recorded_at();
  event->clear_occurred_bounds();
  event->clear_known_bounds();
  event->clear_payload_salt();
  event->clear_payload_commitment();
  if (event->has_correction()) event->mutable_correction()->clear_target_positions();
}

absl::string_view PayloadTypeName(const v1::Event& event) {
  return event.has_payload() ? TypeName(event.payload().type_url()) : absl::string_view();
}

}  // namespace annals
