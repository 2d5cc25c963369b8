#include "engine/proof/sha256.h"

#include <openssl/sha.h>

namespace annals {

// OpenSSL's, since libsodium's takes four times as long: it is written in C alone. Not
// through EVP, which OpenSSL would rather have: that takes longer than hashing a node.
Sha256Digest Sha256(absl::Span<const absl::string_view> pieces) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const absl::string_view piece : pieces) {
    SHA256_Update(&context, piece.data(), piece.size());
  }
  Sha256Digest digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

}  // namespace annals
