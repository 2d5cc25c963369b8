// What a proof proves, to whoever has the log's key and nothing else of it.
//
//   ANNALS_ASSIGN_OR_RETURN(const TlogProof proof, ParseTlogProof(text));
//   ANNALS_ASSIGN_OR_RETURN(const ProvenEvent proven, CheckEvent(proof, proof.extra, key));
#ifndef ANNALS_ENGINE_PROOF_PROOF_CHECK_H_
#define ANNALS_ENGINE_PROOF_PROOF_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/proof/checkpoint.h"
#include "engine/proof/signed_note.h"
#include "engine/proof/tlog_proof.h"
#include "proto/annals/v1/event.pb.h"

namespace annals {

// Everything here returns INVALID_ARGUMENT for what isn't well-formed, and DATA_LOSS for
// what is, and isn't true. The message begins with what was checked: "signature",
// "origin", "event", "path", "consistency", "kept checkpoint".

// A checkpoint of one of the key's timelines: its origin is the key's name, a slash and
// the timeline's.
absl::StatusOr<Checkpoint> CheckCheckpoint(absl::string_view note, const NoteVerifier& key);

// The timeline that it is of; the checkpoint is CheckCheckpoint's.
std::string TimelineOf(const Checkpoint& checkpoint, const NoteVerifier& key);

struct ProvenEvent {
  v1::Event event;
  Checkpoint checkpoint;
};

// That the event is the one at the proof's index: what it says of its timeline and
// position is so, and its leaf is in the tree.
absl::StatusOr<ProvenEvent> CheckEvent(const TlogProof& proof, absl::string_view event_bytes,
                                       const NoteVerifier& key);

struct ProvenConsistency {
  Checkpoint older;
  Checkpoint newer;
};

// That nothing of the older checkpoint's history was changed, dropped or moved in the
// newer one's.
absl::StatusOr<ProvenConsistency> CheckConsistency(const ConsistencyText& proof,
                                                   const NoteVerifier& key);

// That a checkpoint which was kept is of the same size and says the same as another.
// INVALID_ARGUMENT if they are of two origins or sizes, which this can't compare.
absl::Status CheckSame(const Checkpoint& kept, const Checkpoint& other);

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_PROOF_CHECK_H_
