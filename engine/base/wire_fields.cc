#include "engine/base/wire_fields.h"

#include "google/protobuf/wire_format_lite.h"

namespace annals {
namespace {

using ::google::protobuf::internal::WireFormatLite;

constexpr int kMaxVarintBits = 64;
constexpr int kBitsPerByte = 7;

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

bool WireFields::Next() {
  if (at_end()) return false;
  begin_ = end_;
  has_contents_ = false;
  contents_ = {};
  uint64_t tag = 0;
  uint64_t value = 0;
  bool whole = ReadVarint(&tag) && tag <= UINT32_MAX;
  if (whole) {
    number_ = WireFormatLite::GetTagFieldNumber(static_cast<uint32_t>(tag));
    switch (WireFormatLite::GetTagWireType(static_cast<uint32_t>(tag))) {
      case WireFormatLite::WIRETYPE_VARINT:
        whole = ReadVarint(&value);
        break;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
        whole = ReadVarint(&value) && Skip(value);
        has_contents_ = whole;
        if (whole) contents_ = bytes_.substr(end_ - value, value);
        break;
      case WireFormatLite::WIRETYPE_FIXED64:
        whole = Skip(sizeof(uint64_t));
        break;
      case WireFormatLite::WIRETYPE_FIXED32:
        whole = Skip(sizeof(uint32_t));
        break;
      default:
        whole = false;
    }
  }
  if (!whole) end_ = begin_;
  return whole;
}

}  // namespace annals
