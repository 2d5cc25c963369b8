#include "engine/proof/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace annals {
namespace {

// OpenSSL's, since libsodium's takes four times as long: it is written in C alone.
struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Making a context costs as much as hashing a node, so every thread keeps one.
EVP_MD_CTX* ContextOfThread() {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestInit_ex2(context.get(), sha256, nullptr) != 1) std::abort();
  return context.get();
}

}  // namespace

Sha256Digest Sha256(absl::Span<const absl::string_view> pieces) {
  EVP_MD_CTX* const context = ContextOfThread();
  for (const absl::string_view piece : pieces) {
    EVP_DigestUpdate(context, piece.data(), piece.size());
  }
  Sha256Digest digest;
  EVP_DigestFinal_ex(context, digest.data(), nullptr);
  return digest;
}

}  // namespace annals
