#include "engine/log/appending/random_id.h"

#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"

namespace annals {

std::string DrawRandomId() {
  thread_local absl::BitGen generator;
  uint64_t high = absl::Uniform<uint64_t>(generator);
  uint64_t low = absl::Uniform<uint64_t>(generator);
  constexpr uint64_t kVersion4 = 0x4000;
  constexpr uint64_t kVariant = uint64_t{0b10} << 62;
  high = (high & ~uint64_t{0xf000}) | kVersion4;
  low = (low & ~(uint64_t{0b11} << 62)) | kVariant;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, high >> 16 & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

}  // namespace annals
