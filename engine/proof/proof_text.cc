#include "engine/proof/proof_text.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/escaping.h"

namespace annals {

std::optional<absl::string_view> TakeLine(absl::string_view* text) {
  const size_t end = text->find('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  const absl::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

std::string EncodeHash(const TreeHash& hash) {
  return absl::Base64Escape(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

std::optional<std::string> DecodeBase64(absl::string_view text) {
  std::string bytes;
  // Abseil's own decoder takes what this one refuses.
  if (!absl::Base64Unescape(text, &bytes) || absl::Base64Escape(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<TreeHash> DecodeHash(absl::string_view text) {
  const std::optional<std::string> bytes = DecodeBase64(text);
  TreeHash hash;
  if (!bytes.has_value() || bytes->size() != hash.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

}  // namespace annals
