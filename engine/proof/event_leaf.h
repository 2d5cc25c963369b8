// The leaf of an event in its timeline's Merkle tree.
//
//   ANNALS_ASSIGN_OR_RETURN(const TreeHash leaf, EventLeafHash(event_bytes));
//
// A function of the event alone, so that whoever has the events can compute the
// tree (docs/storage_format.md):
//
//   commitment  payload_commitment if the event has one, otherwise
//               SHA-256( u8 size of payload_salt ‖ payload_salt ‖ payload.value )
//   envelope    the event without payload.value, payload_salt, payload_commitment
//   leaf        commitment ‖ envelope
//
// So the leaf stays as it is when the payload is redacted. All events here are in
// deterministic serialization: fields in order of number, map entries in order of
// key, as SerializeDeterministically (engine/log/record.h) has them. Thread-safe.
#ifndef ANNALS_ENGINE_PROOF_EVENT_LEAF_H_
#define ANNALS_ENGINE_PROOF_EVENT_LEAF_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/proof/merkle_tree.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

inline constexpr size_t kPayloadSaltBytes = 16;

// What a tree commits to in place of the payload: as stated by an event whose
// payload was redacted, computed from any other.
TreeHash PayloadCommitment(const v1::Event& event);

// The leaf's hash. INVALID_ARGUMENT if the bytes are no event; or if it has a
// commitment and a payload's value or salt beside it, which nobody would vouch for.
absl::StatusOr<TreeHash> EventLeafHash(absl::string_view event_bytes);

// The same, for who has the commitment already: saves hashing the payload.
absl::StatusOr<TreeHash> EventLeafHash(absl::string_view event_bytes, const TreeHash& commitment);

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_EVENT_LEAF_H_
