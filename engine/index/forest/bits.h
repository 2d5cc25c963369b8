// Bits: the smallest parts of a page: bytes, varints and bit-packed fields.
//
// A page ends with kPadding zero bytes (`padding` in the grammars), so that a
// field can be loaded as a whole word wherever it lies.
#ifndef ANNALS_ENGINE_INDEX_FOREST_BITS_H_
#define ANNALS_ENGINE_INDEX_FOREST_BITS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::forest {

static_assert(std::endian::native == std::endian::little, "pages are loaded as they lie");

inline constexpr size_t kPadding = 8;

// What the processor fetches at once. A wrong guess costs time, no more.
inline constexpr size_t kCacheLineBytes = 64;

inline uint64_t LoadWord(const char* data) {
  uint64_t word;
  std::memcpy(&word, data, sizeof(word));
  return word;
}

// The `width` bits (0 to 64) from bit `bit` on, least significant first.
inline uint64_t LoadBits(const char* data, size_t bit, unsigned width) {
  const char* const first = data + (bit >> 3);
  const unsigned shift = bit & 7;
  uint64_t value = LoadWord(first) >> shift;
  if (shift + width > 64) value |= uint64_t{static_cast<uint8_t>(first[8])} << (64 - shift);
  return width == 64 ? value : value & ((uint64_t{1} << width) - 1);
}

inline unsigned BitWidth(uint64_t value) { return value == 0 ? 0 : 64 - __builtin_clzll(value); }

inline size_t BytesOfBits(size_t bits) { return (bits + 7) / 8; }

inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

inline void AppendVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

inline void AppendFixed64(uint64_t value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// Appends `field(i)` for each i < count, each `width` bits wide.
template <typename Field>
void AppendFields(size_t count, unsigned width, Field field, std::string* out) {
  if (width == 0) return;
  const size_t begin = out->size();
  const size_t bytes = BytesOfBits(count * width);
  out->resize(begin + bytes + 2 * sizeof(uint64_t));
  char* next = out->data() + begin;
  uint64_t word = 0;
  unsigned filled = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t value = field(i);
    word |= value << filled;
    if (filled + width >= 64) {
      std::memcpy(next, &word, sizeof(word));
      next += sizeof(word);
      word = filled == 0 ? 0 : value >> (64 - filled);
      filled = filled + width - 64;
    } else {
      filled += width;
    }
  }
  std::memcpy(next, &word, sizeof(word));
  out->resize(begin + bytes);
}

// Reads bytes from the front. What isn't there reads as zero and makes ok() false
// for good, so that a parser needs to ask once, at its end.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(absl::string_view bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  void Fail() { ok_ = false; }
  size_t remaining() const { return end_ - next_; }

  // The next `bytes` bytes; null if there are fewer.
  const char* Take(uint64_t bytes) {
    if (!ok_ || bytes > remaining()) {
      ok_ = false;
      return nullptr;
    }
    const char* const taken = next_;
    next_ += bytes;
    return taken;
  }

  // The next byte, which stays; zero if there is none.
  uint8_t Peek() const { return ok_ && next_ < end_ ? static_cast<uint8_t>(*next_) : 0; }

  uint8_t Byte() {
    const char* const byte = Take(1);
    return byte == nullptr ? 0 : static_cast<uint8_t>(*byte);
  }

  uint64_t Fixed64() {
    const char* const word = Take(sizeof(uint64_t));
    return word == nullptr ? 0 : LoadWord(word);
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }

 private:
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  bool ok_ = true;
};

// A page in the making, in the two parts that it is read by:
//
//   page = head_bytes:varint head data padding
//
// The head has all that says where things are, so that one or two cache lines
// tell every address in the data.
struct PageParts {
  std::string head;
  std::string data;

  std::string Join() const {
    std::string page;
    page.reserve(head.size() + data.size() + 2 * kPadding);
    AppendVarint(head.size(), &page);
    return page.append(head).append(data).append(kPadding, '\0');
  }
};

struct PageReader {
  ByteReader head;
  ByteReader data;

  PageReader() = default;
  explicit PageReader(absl::string_view page) {
    data = ByteReader(page.substr(0, page.size() < kPadding ? 0 : page.size() - kPadding));
    const uint64_t head_bytes = data.Varint();
    const char* const begin = data.Take(head_bytes);
    head =
        ByteReader(begin == nullptr ? absl::string_view() : absl::string_view(begin, head_bytes));
  }

  bool ok() const { return head.ok() && data.ok(); }
  bool at_end() const { return ok() && head.remaining() == 0 && data.remaining() == 0; }
};

}  // namespace annals::forest

#endif  // ANNALS_ENGINE_INDEX_FOREST_BITS_H_
