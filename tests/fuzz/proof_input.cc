// Proofs, notes, checkpoints and keys as somebody hands them over.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/proof/checkpoint.h"
#include "engine/proof/event_leaf.h"
#include "engine/proof/proof_check.h"
#include "engine/proof/signed_note.h"
#include "engine/proof/tlog_proof.h"
#include "tests/fuzz/require.h"

namespace annals {
namespace {

using fuzz::Require;

// The example of golang.org/x/mod/sumdb/note, which has signed none of the inputs.
const NoteVerifier& Key() {
  static const auto* const key = new NoteVerifier(
      *NoteVerifier::Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  return *key;
}

void RequireRefusal(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument ||
              status.code() == absl::StatusCode::kDataLoss,
          "what isn't proven is malformed or untrue: " + status.ToString());
}

void ReadProof(absl::string_view text) {
  const absl::StatusOr<TlogProof> inclusion = ParseTlogProof(text);
  if (inclusion.ok()) {
    Require(FormatTlogProof(*inclusion) == text, "a proof is written one way");
    Require(KindOfProof(text) == ProofKind::kInclusion, "a proof is told by its first line");
    RequireRefusal(CheckEvent(*inclusion, inclusion->extra, Key()).status());
  }
  const absl::StatusOr<ConsistencyText> consistency = ParseConsistency(text);
  if (consistency.ok()) {
    Require(FormatConsistency(*consistency) == text, "a proof is written one way");
    RequireRefusal(CheckConsistency(*consistency, Key()).status());
  }
}

void ReadCheckpoint(absl::string_view text) {
  const absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(text);
  if (checkpoint.ok()) {
    Require(FormatCheckpoint(*checkpoint) == text, "a checkpoint is written one way");
  }
  RequireRefusal(CheckCheckpoint(text, Key()).status());
}

void ReadKey(absl::string_view text) {
  const absl::StatusOr<NoteVerifier> verifier = NoteVerifier::Parse(text);
  if (!verifier.ok()) return;
  const absl::StatusOr<NoteVerifier> again = NoteVerifier::Parse(verifier->ToString());
  Require(again.ok() && again->name() == verifier->name(), "a key comes back");
}

}  // namespace
}  // namespace annals

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  annals::ReadProof(text);
  annals::ReadCheckpoint(text);
  annals::ReadKey(text);
  // Of bytes that may be an event.
  annals::EventLeafHash(text).status().IgnoreError();
  return 0;
}
