#include "engine/proof/proof_check.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/proof_text.h"

namespace annals {
namespace {

absl::Status NotTrue(absl::string_view check, absl::string_view why) {
  return absl::DataLossError(absl::StrCat(check, ": ", why));
}

absl::Status CheckPlace(const v1::Event& event, uint64_t index, absl::string_view timeline) {
  if (event.timeline() != timeline) {
    return NotTrue("event", absl::StrCat("it is of the timeline \"", event.timeline(),
                                         "\", and the checkpoint of \"", timeline, "\""));
  }
  if (event.position() == 0 || event.position() - 1 != index) {
    return NotTrue("event", absl::StrCat("its position is ", event.position(),
                                         ", and the proof is of position ", index + 1));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Checkpoint> CheckCheckpoint(absl::string_view note, const NoteVerifier& key) {
  const absl::StatusOr<std::string> text = key.Open(note);
  if (absl::IsNotFound(text.status()) || absl::IsDataLoss(text.status())) {
    return NotTrue("signature", text.status().message());
  }
  ANNALS_RETURN_IF_ERROR(Annotate(text.status(), "checkpoint"));
  absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(*text);
  ANNALS_RETURN_IF_ERROR(Annotate(checkpoint.status(), "checkpoint"));
  if (TimelineOf(*checkpoint, key).empty()) {
    return NotTrue("origin", absl::StrCat("the checkpoint is of ", checkpoint->origin,
                                          ", which is no timeline of ", key.name()));
  }
  return checkpoint;
}

std::string TimelineOf(const Checkpoint& checkpoint, const NoteVerifier& key) {
  absl::string_view timeline = checkpoint.origin;
  if (!absl::ConsumePrefix(&timeline, absl::StrCat(key.name(), "/"))) return "";
  return std::string(timeline);
}

absl::StatusOr<ProvenEvent> CheckEvent(const TlogProof& proof, absl::string_view event_bytes,
                                       const NoteVerifier& key) {
  ProvenEvent proven;
  ANNALS_ASSIGN_OR_RETURN(proven.checkpoint, CheckCheckpoint(proof.checkpoint, key));
  if (event_bytes.empty() ||
      !proven.event.ParseFromArray(event_bytes.data(), static_cast<int>(event_bytes.size()))) {
    return absl::InvalidArgumentError(event_bytes.empty()
                                          ? "event: the proof carries none; give it with --event"
                                          : "event: these bytes are no serialized annals.v1.Event");
  }
  ANNALS_RETURN_IF_ERROR(CheckPlace(proven.event, proof.index, TimelineOf(proven.checkpoint, key)));
  const absl::StatusOr<TreeHash> leaf = EventLeafHash(event_bytes);
  ANNALS_RETURN_IF_ERROR(Annotate(leaf.status(), "event"));
  const absl::Status included = VerifyInclusion(proof.index, proven.checkpoint.size, *leaf,
                                                proof.path, proven.checkpoint.root);
  if (included.ok()) return proven;
  return NotTrue("path", absl::StrCat(included.message(),
                                      "; either the event isn't the one that the log holds at "
                                      "position ",
                                      proof.index + 1, ", or the proof was altered"));
}

absl::StatusOr<ProvenConsistency> CheckConsistency(const ConsistencyText& proof,
                                                   const NoteVerifier& key) {
  ProvenConsistency proven;
  absl::StatusOr<Checkpoint> older = CheckCheckpoint(proof.old_checkpoint, key);
  ANNALS_RETURN_IF_ERROR(Annotate(older.status(), "the older checkpoint"));
  absl::StatusOr<Checkpoint> newer = CheckCheckpoint(proof.new_checkpoint, key);
  ANNALS_RETURN_IF_ERROR(Annotate(newer.status(), "the newer checkpoint"));
  if (older->origin != newer->origin) {
    return NotTrue("origin", absl::StrCat("the older checkpoint is of ", older->origin,
                                          ", and the newer one of ", newer->origin));
  }
  const absl::Status consistent =
      VerifyConsistency(older->size, newer->size, older->root, newer->root, proof.path);
  if (consistent.ok()) return ProvenConsistency{*std::move(older), *std::move(newer)};
  return NotTrue("consistency",
                 absl::StrCat(consistent.message(), "; as far as this proof goes, the history of ",
                              newer->size, " events doesn't begin with the one of ", older->size));
}

absl::Status CheckSame(const Checkpoint& kept, const Checkpoint& other) {
  if (kept.origin != other.origin) {
    return absl::InvalidArgumentError(absl::StrCat("kept checkpoint: it is of ", kept.origin,
                                                   ", and the other one of ", other.origin));
  }
  if (kept.size != other.size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "kept checkpoint: it is of ", kept.size, " events, and the other one of ", other.size,
        "; ask for a proof that they are consistent, with `annals prove --from`"));
  }
  if (kept.root == other.root) return absl::OkStatus();
  return NotTrue("kept checkpoint",
                 absl::StrCat("two histories of ", kept.origin, " with ", kept.size,
                              " events were signed: ", EncodeHash(kept.root), " was kept, ",
                              EncodeHash(other.root), " is shown"));
}

}  // namespace annals
