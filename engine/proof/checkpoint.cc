#include "engine/proof/checkpoint.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace annals {
namespace {

absl::Status NoCheckpoint(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("it is no checkpoint: ", why));
}

// Takes a line from the front; absent if there is no whole one.
std::optional<absl::string_view> TakeLine(absl::string_view* text) {
  const size_t end = text->find('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  const absl::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

std::string EncodeRoot(const TreeHash& root) {
  return absl::Base64Escape(
      absl::string_view(reinterpret_cast<const char*>(root.data()), root.size()));
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", EncodeRoot(checkpoint.root),
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
  std::string hash;
  if (!absl::Base64Unescape(*root, &hash) || hash.size() != checkpoint.root.size()) {
    return NoCheckpoint("its third line is no hash of 32 bytes in base64");
  }
  std::copy(hash.begin(), hash.end(), checkpoint.root.begin());
  if (EncodeRoot(checkpoint.root) != *root) {
    return NoCheckpoint("its third line is no hash of 32 bytes in base64");
  }
  if (absl::StartsWith(text, "\n") || absl::StrContains(text, "\n\n") ||
      (!text.empty() && !absl::EndsWith(text, "\n"))) {
    return NoCheckpoint("one of its further lines is empty, or none ends it");
  }
  checkpoint.extensions = std::string(text);
  return checkpoint;
}

}  // namespace annals
