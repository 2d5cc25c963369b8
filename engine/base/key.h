// Key: a tuple of strings, and bytes that sort as the tuple does.
//
//   const Key key = {"el-helicoide", "ordered"};
//   const std::string bytes = EncodeKey(key);
#ifndef ANNALS_ENGINE_BASE_KEY_H_
#define ANNALS_ENGINE_BASE_KEY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals {

// Compared element by element, bytewise.
using Key = std::vector<std::string>;

// Order-preserving and prefix-preserving: the encoding of a key's first n
// elements is a prefix of the key's own, and of no key that differs in them.
// An element is its bytes with 0x00 written as 0x00 0xFF, then 0x00 0x01.
// The escape is that of the LevelDB family's ordered codes.
std::string EncodeKey(const Key& key);
void AppendKeyElement(std::string* bytes, absl::string_view element);

// Reads one element from the front of `*bytes` and drops it there. DATA_LOSS if
// the bytes are no encoding.
absl::StatusOr<std::string> ReadKeyElement(absl::string_view* bytes);

// The whole of `bytes`, which holds `elements` elements and nothing else.
absl::StatusOr<Key> DecodeKey(absl::string_view bytes, size_t elements);

// Fixed-width big-endian numbers sort as the numbers do.
void AppendBigEndian32(std::string* bytes, uint32_t value);
void AppendBigEndian64(std::string* bytes, uint64_t value);
absl::StatusOr<uint32_t> ReadBigEndian32(absl::string_view* bytes);
absl::StatusOr<uint64_t> ReadBigEndian64(absl::string_view* bytes);

// The smallest bytes that sort after everything that begins with `prefix`;
// empty when nothing does (the prefix is empty or all 0xFF).
std::string PrefixEnd(absl::string_view prefix);

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_KEY_H_
