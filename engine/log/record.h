// The keys and values of the log and its look-ups (docs/storage_format.md).
#ifndef ANNALS_ENGINE_LOG_RECORD_H_
#define ANNALS_ENGINE_LOG_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/proof/tree_edge.h"
#include "engine/storage/hash.h"
#include "google/protobuf/message.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// --- Keys ------------------------------------------------------------------

// kLog's keys are storage::LogKey(timeline, position).
std::string TimelineKey(absl::string_view name);                        // kMeta
std::string EventIdKey(uint32_t timeline, absl::string_view id);        // kEventIds
std::string StreamPrefix(uint32_t timeline, absl::string_view stream);  // kStreams …
std::string StreamKey(absl::string_view prefix, uint64_t revision);     // … then revision
std::string TypePrefix(uint32_t timeline, absl::string_view type);      // kTypes …
std::string TypeKey(absl::string_view prefix, Position position);       // … then position
std::string TileKey(uint32_t timeline, TileId tile);                    // kTiles
absl::StatusOr<TileId> DecodeTileKey(absl::string_view key);            // DATA_LOSS if it is none

std::string ErasureKey(uint32_t timeline, Position by);  // kMeta

// What all keys of a timeline begin with.
std::string TimelinePrefix(uint32_t timeline);

// The last eight bytes of a stream's or a type's key. DATA_LOSS if it is shorter.
absl::StatusOr<uint64_t> NumberAtEnd(absl::string_view key);

// --- Values ------------------------------------------------------------------

// Of kEventIds; what a row of kStreams begins with.
std::string EncodePosition(Position position);
absl::StatusOr<Position> DecodePosition(absl::string_view value);

// A message's bytes, the same for equal messages of this program: maps sorted.
std::string SerializeDeterministically(const google::protobuf::Message& message);

// A value of kLog, whose chain hash is put into `*chain`, which holds that of the
// event before.
std::string EncodeRecord(const v1::Event& event, storage::Hash128* chain);

// A value of kLog taken apart; `event_bytes` points into it.
struct Record {
  storage::Hash128 chain;
  absl::string_view event_bytes;
};
absl::StatusOr<Record> SplitRecord(absl::string_view value);

// The event in a value of kLog; the same from what SplitRecord made of it.
// Cheaper into an event that one was decoded into before. DATA_LOSS if there is
// none.
absl::Status DecodeEvent(absl::string_view value, v1::Event* event);
absl::Status DecodeEvent(const Record& record, v1::Event* event);

// The value of kLog that takes the place of `value` when its payload is redacted:
// the event with a commitment instead of it (engine/proof/event_leaf.h), and the
// same chain hash, which is no longer the event's own. What it is made of is left
// as it is if it was redacted already. DATA_LOSS if there is no event.
absl::StatusOr<std::string> RedactRecord(absl::string_view value);

// Whether the event's payload was redacted: then its chain hash can't be recomputed.
bool IsRedacted(absl::string_view event_bytes);

// --- Events --------------------------------------------------------------------

// Drops what the store assigns, so that what a writer stated can be compared.
void ClearAssignedFields(v1::Event* event);

// The payload's full type name; empty if there is no payload.
absl::string_view PayloadTypeName(const v1::Event& event);

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_RECORD_H_
