// What notes, checkpoints and proofs have in common as texts: lines, and bytes in
// base64 (RFC 4648, section 4, padded). Thread-safe.
#ifndef ANNALS_ENGINE_PROOF_PROOF_TEXT_H_
#define ANNALS_ENGINE_PROOF_PROOF_TEXT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/proof/merkle_tree.h"

namespace annals {

// Takes a line from the front of `text`, without its line feed; absent if there is no
// whole one.
std::optional<absl::string_view> TakeLine(absl::string_view* text);

std::string EncodeHash(const TreeHash& hash);

// Absent if the text isn't the one way of writing its bytes: whitespace, other
// alphabets, missing padding and unused bits that are set (RFC 4648, section 3.5) are
// refused, so that no text is changed without its bytes being changed.
std::optional<std::string> DecodeBase64(absl::string_view text);
std::optional<TreeHash> DecodeHash(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_PROOF_TEXT_H_
