// Hash128: the 128-bit XXH3 that binds the log's records together.
#ifndef ANNALS_ENGINE_STORAGE_HASH_H_
#define ANNALS_ENGINE_STORAGE_HASH_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::storage {

// Detects damage, not forgery: who can write to the disk can recompute it.
struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  friend bool operator==(const Hash128&, const Hash128&) = default;
};

// How many bytes a stored hash takes: `high`, then `low`, big-endian.
inline constexpr size_t kHashBytes = 16;

Hash128 HashBytes(absl::string_view bytes);

// The hash of `previous` as stored, followed by `bytes`.
Hash128 ChainHash(const Hash128& previous, absl::string_view bytes);

// The same without a copy, for who has room in front: `*record` begins with
// kHashBytes to fill in, then come the bytes. Leaves their chain hash in front,
// and returns it.
Hash128 ChainInPlace(const Hash128& previous, std::string* record);

void AppendHash(std::string* bytes, const Hash128& hash);

// Reads a hash from the front of `*bytes` and drops it there. DATA_LOSS if the
// bytes are too short.
absl::StatusOr<Hash128> ReadHash(absl::string_view* bytes);

// 32 lower-case hex digits.
std::string ToString(const Hash128& hash);

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_HASH_H_
