#include "engine/storage/hash.h"

#ifdef __x86_64__
#include <xxh_x86dispatch.h>  // Takes the widest registers that the processor has.
#else
#include <xxhash.h>
#endif

#include <cstring>

#include "absl/strings/escaping.h"
#include "engine/base/key.h"

namespace annals::storage {
namespace {

// Over the first kHashBytes of `bytes`.
void WriteHash(const Hash128& hash, char* bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, {hash.low, hash.high});
  std::memcpy(bytes, canonical.digest, kHashBytes);
}

}  // namespace

Hash128 HashBytes(absl::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

Hash128 ChainHash(const Hash128& previous, absl::string_view bytes) {
  // Most events fit; the hash is many times faster over one piece of memory.
  constexpr size_t kUsualBytes = 2'048;
  char usual[kHashBytes + kUsualBytes];
  std::string unusual;
  char* buffer = usual;
  if (bytes.size() > kUsualBytes) {
    unusual.resize(kHashBytes + bytes.size());
    buffer = unusual.data();
  }
  WriteHash(previous, buffer);
  std::memcpy(buffer + kHashBytes, bytes.data(), bytes.size());
  return HashBytes({buffer, kHashBytes + bytes.size()});
}

Hash128 ChainInPlace(const Hash128& previous, std::string* record) {
  WriteHash(previous, record->data());
  const Hash128 hash = HashBytes(*record);
  WriteHash(hash, record->data());
  return hash;
}

void AppendHash(std::string* bytes, const Hash128& hash) {
  AppendBigEndian64(bytes, hash.high);
  AppendBigEndian64(bytes, hash.low);
}

absl::StatusOr<Hash128> ReadHash(absl::string_view* bytes) {
  if (bytes->size() < kHashBytes) return absl::DataLossError("a stored hash ends inside a number");
  XXH128_canonical_t canonical;
  std::memcpy(canonical.digest, bytes->data(), kHashBytes);
  const XXH128_hash_t hash = XXH128_hashFromCanonical(&canonical);
  bytes->remove_prefix(kHashBytes);
  return Hash128{hash.high64, hash.low64};
}

std::string ToString(const Hash128& hash) {
  std::string bytes;
  AppendHash(&bytes, hash);
  return absl::BytesToHexString(bytes);
}

}  // namespace annals::storage
