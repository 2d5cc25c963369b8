#include "engine/storage/hash.h"

#include <xxhash.h>

#include "absl/strings/escaping.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals::storage {

Hash128 HashBytes(absl::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

Hash128 ChainHash(const Hash128& previous, absl::string_view bytes) {
  std::string buffer;
  buffer.reserve(kHashBytes + bytes.size());
  AppendHash(&buffer, previous);
  buffer.append(bytes.data(), bytes.size());
  return HashBytes(buffer);
}

Hash128 ChainInPlace(const Hash128& previous, std::string* record) {
  std::string front;
  AppendHash(&front, previous);
  record->replace(0, kHashBytes, front);
  const Hash128 hash = HashBytes(*record);
  front.clear();
  AppendHash(&front, hash);
  record->replace(0, kHashBytes, front);
  return hash;
}

void AppendHash(std::string* bytes, const Hash128& hash) {
  AppendBigEndian64(bytes, hash.high);
  AppendBigEndian64(bytes, hash.low);
}

absl::StatusOr<Hash128> ReadHash(absl::string_view* bytes) {
  Hash128 hash;
  ANNALS_ASSIGN_OR_RETURN(hash.high, ReadBigEndian64(bytes));
  ANNALS_ASSIGN_OR_RETURN(hash.low, ReadBigEndian64(bytes));
  return hash;
}

std::string ToString(const Hash128& hash) {
  std::string bytes;
  AppendHash(&bytes, hash);
  return absl::BytesToHexString(bytes);
}

}  // namespace annals::storage
