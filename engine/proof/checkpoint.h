// Checkpoint: what a timeline's tree came to, in a form that can be signed and kept.
//
//   ANNALS_ASSIGN_OR_RETURN(const std::string note, signer.Sign(FormatCheckpoint(checkpoint)));
//
// The text is that of C2SP's tlog-checkpoint: the origin, the number of leaves in
// decimal, the root in base64, a line each. https://c2sp.org/tlog-checkpoint
#ifndef ANNALS_ENGINE_PROOF_CHECKPOINT_H_
#define ANNALS_ENGINE_PROOF_CHECKPOINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/proof/merkle_tree.h"

namespace annals {

struct Checkpoint {
  std::string origin;  // Which log: a URL without its scheme. One line, not empty.
  uint64_t size = 0;
  TreeHash root = {};
  // Lines of others' making, none empty, each with its line feed.
  std::string extensions;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The text of a note.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// INVALID_ARGUMENT for anything that FormatCheckpoint doesn't write.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_CHECKPOINT_H_
