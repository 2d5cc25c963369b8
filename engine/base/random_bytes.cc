#include "engine/base/random_bytes.h"

#include <sodium.h>

namespace annals {

void AwaitRandomness() {
  static const int initialised = sodium_init();
  if (initialised < 0) sodium_misuse();
}

std::string DrawRandomBytes(size_t count) {
  AwaitRandomness();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace annals
