#include "engine/base/wire_fields.h"

#include "google/protobuf/wire_format_lite.h"

namespace annals {
namespace {

using ::google::protobuf::internal::WireFormatLite;

constexpr int kMaxVarintBits = 64;
constexpr int kBitsPerByte = 7;

// Groups in groups, as deep as protobuf reads them.
constexpr int kMostGroups = 100;

}  // namespace

bool WireFields::ReadVarint(uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < kMaxVarintBits && end_ < bytes_.size(); shift += kBitsPerByte) {
    const auto byte = static_cast<unsigned char>(bytes_[end_++]);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool WireFields::Skip(uint64_t size) {
  if (size > bytes_.size() - end_) return false;
  end_ += size;
  return true;
}

bool WireFields::ReadTag(uint32_t* tag) {
  uint64_t value = 0;
  if (!ReadVarint(&value) || value > UINT32_MAX) return false;
  *tag = static_cast<uint32_t>(value);
  return true;
}

bool WireFields::SkipValue(uint32_t tag, int groups_left) {
  uint64_t value = 0;
  switch (WireFormatLite::GetTagWireType(tag)) {
    case WireFormatLite::WIRETYPE_VARINT:
      return ReadVarint(&value);
    case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
      return ReadVarint(&value) && Skip(value);
    case WireFormatLite::WIRETYPE_FIXED64:
      return Skip(sizeof(uint64_t));
    case WireFormatLite::WIRETYPE_FIXED32:
      return Skip(sizeof(uint32_t));
    case WireFormatLite::WIRETYPE_START_GROUP:
      return groups_left > 0 && SkipGroup(WireFormatLite::GetTagFieldNumber(tag), groups_left - 1);
    default:
      return false;
  }
}

bool WireFields::SkipGroup(int number, int groups_left) {
  for (uint32_t tag = 0; ReadTag(&tag);) {
    if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_END_GROUP) {
      return WireFormatLite::GetTagFieldNumber(tag) == number;
    }
    if (!SkipValue(tag, groups_left)) return false;
  }
  return false;
}

bool WireFields::Next() {
  if (at_end()) return false;
  begin_ = end_;
  has_contents_ = false;
  contents_ = {};
  uint32_t tag = 0;
  bool whole = ReadTag(&tag);
  if (whole) {
    number_ = WireFormatLite::GetTagFieldNumber(tag);
    has_contents_ =
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (has_contents_) {
      uint64_t size = 0;
      whole = ReadVarint(&size) && Skip(size);
      if (whole) contents_ = bytes_.substr(end_ - size, size);
    } else {
      whole = SkipValue(tag, kMostGroups);
    }
  }
  if (!whole) {
    end_ = begin_;
    has_contents_ = false;
  }
  return whole;
}

}  // namespace annals
