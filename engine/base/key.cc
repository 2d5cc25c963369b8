#include "engine/base/key.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xff';
constexpr char kTerminator = '\x01';

template <typename Int>
absl::StatusOr<Int> ReadBigEndian(absl::string_view* bytes) {
  if (bytes->size() < sizeof(Int)) return absl::DataLossError("a stored key ends inside a number");
  Int value = 0;
  for (size_t i = 0; i < sizeof(Int); ++i) {
    value = static_cast<Int>(value << 8 | static_cast<unsigned char>((*bytes)[i]));
  }
  bytes->remove_prefix(sizeof(Int));
  return value;
}

template <typename Int>
void AppendBigEndian(std::string* bytes, Int value) {
  char big_endian[sizeof(Int)];
  for (size_t i = sizeof(Int); i > 0; --i) {
    big_endian[i - 1] = static_cast<char>(value);
    value = static_cast<Int>(value >> 8);
  }
  bytes->append(big_endian, sizeof(Int));
}

}  // namespace

void AppendKeyElement(std::string* bytes, absl::string_view element) {
  while (true) {
    const size_t zero = element.find(kEscape);
    bytes->append(element.data(), std::min(zero, element.size()));
    bytes->push_back(kEscape);
    if (zero == absl::string_view::npos) break;
    bytes->push_back(kEscapedZero);
    element.remove_prefix(zero + 1);
  }
  bytes->push_back(kTerminator);
}

std::string EncodeKey(const Key& key) {
  std::string bytes;
  for (const std::string& element : key) AppendKeyElement(&bytes, element);
  return bytes;
}

absl::StatusOr<std::string> ReadKeyElement(absl::string_view* bytes) {
  std::string element;
  for (size_t i = 0; i < bytes->size(); ++i) {
    const char c = (*bytes)[i];
    if (c != kEscape) {
      element.push_back(c);
      continue;
    }
    if (++i == bytes->size()) break;
    if ((*bytes)[i] == kTerminator) {
      bytes->remove_prefix(i + 1);
      return element;
    }
    if ((*bytes)[i] != kEscapedZero) break;
    element.push_back(kEscape);
  }
  return absl::DataLossError("a stored key has an element without an end");
}

absl::StatusOr<Key> DecodeKey(absl::string_view bytes, size_t elements) {
  Key key;
  for (size_t i = 0; i < elements; ++i) {
    ANNALS_ASSIGN_OR_RETURN(std::string element, ReadKeyElement(&bytes));
    key.push_back(std::move(element));
  }
  if (!bytes.empty()) return absl::DataLossError("a stored key is longer than its elements");
  return key;
}

void AppendBigEndian32(std::string* bytes, uint32_t value) { AppendBigEndian(bytes, value); }
void AppendBigEndian64(std::string* bytes, uint64_t value) { AppendBigEndian(bytes, value); }

absl::StatusOr<uint32_t> ReadBigEndian32(absl::string_view* bytes) {
  return ReadBigEndian<uint32_t>(bytes);
}

absl::StatusOr<uint64_t> ReadBigEndian64(absl::string_view* bytes) {
  return ReadBigEndian<uint64_t>(bytes);
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace annals
