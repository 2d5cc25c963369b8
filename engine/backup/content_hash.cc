#include "engine/backup/content_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace annals {
namespace {

constexpr size_t kHashBytes = 32;

}  // namespace

void ContentHash::Free::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

ContentHash::ContentHash() : context_(EVP_MD_CTX_new()) {
  // It fails without memory alone.
  if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    std::abort();
  }
}

void ContentHash::Add(absl::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string ContentHash::Finish() {
  std::string hash(kHashBytes, '\0');
  EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr);
  return absl::BytesToHexString(hash);
}

bool ContentHash::IsOne(absl::string_view text) {
  return text.size() == 2 * kHashBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

std::string ContentHashOf(absl::string_view bytes) {
  ContentHash hash;
  hash.Add(bytes);
  return hash.Finish();
}

}  // namespace annals
