// ContentHash: the SHA-256 of a file's contents, as `sha256sum` prints it.
#ifndef ANNALS_ENGINE_BACKUP_CONTENT_HASH_H_
#define ANNALS_ENGINE_BACKUP_CONTENT_HASH_H_

#include <openssl/types.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace annals {

// Takes the contents piece by piece. Not thread-safe.
class ContentHash {
 public:
  ContentHash();

  void Add(absl::string_view bytes);

  // In hex. Ends it: nothing is to be added any more.
  std::string Finish();

  // Whether the text could be such a hash.
  static bool IsOne(absl::string_view text);

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::string ContentHashOf(absl::string_view bytes);

}  // namespace annals

#endif  // ANNALS_ENGINE_BACKUP_CONTENT_HASH_H_
