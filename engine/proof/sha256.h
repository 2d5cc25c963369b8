// SHA-256, with the processor's own instructions where it has them.
#ifndef ANNALS_ENGINE_PROOF_SHA256_H_
#define ANNALS_ENGINE_PROOF_SHA256_H_

#include <array>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace annals {

using Sha256Digest = std::array<unsigned char, 32>;

// Of the pieces, one after the other. Thread-safe.
Sha256Digest Sha256(absl::Span<const absl::string_view> pieces);

inline absl::string_view AsBytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_SHA256_H_
