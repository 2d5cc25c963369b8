#include "engine/proof/checkpoint.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/proof/proof_text.h"

namespace annals {
namespace {

absl::Status NoCheckpoint(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("it is no checkpoint: ", why));
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", EncodeHash(checkpoint.root),
                      "\n", checkpoint.extensions);
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  Checkpoint checkpoint;
  const std::optional<absl::string_view> origin = TakeLine(&text);
  const std::optional<absl::string_view> size = TakeLine(&text);
  const std::optional<absl::string_view> root = TakeLine(&text);
  if (!origin || !size || !root) return NoCheckpoint("it has fewer than three lines");
  if (origin->empty()) return NoCheckpoint("it names no origin");
  checkpoint.origin = std::string(*origin);
  // One way of writing each number and hash, so that what is signed is what is meant.
  if (!absl::SimpleAtoi(*size, &checkpoint.size) || absl::StrCat(checkpoint.size) != *size) {
    return NoCheckpoint("its second line is no number");
  }
  const std::optional<TreeHash> hash = DecodeHash(*root);
  if (!hash.has_value()) {
    return NoCheckpoint("its third line is no hash of 32 bytes in base64");
  }
  checkpoint.root = *hash;
  if (absl::StartsWith(text, "\n") || absl::StrContains(text, "\n\n") ||
      (!text.empty() && !absl::EndsWith(text, "\n"))) {
    return NoCheckpoint("one of its further lines is empty, or none ends it");
  }
  checkpoint.extensions = std::string(text);
  return checkpoint;
}

}  // namespace annals
