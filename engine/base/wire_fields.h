// WireFields: the outermost fields of a serialized message, without parsing it.
//
//   for (WireFields field(bytes); field.Next();) fields |= 1 << field.number();
#ifndef ANNALS_ENGINE_BASE_WIRE_FIELDS_H_
#define ANNALS_ENGINE_BASE_WIRE_FIELDS_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace annals {

// Walks over the fields in the order in which they stand. Not thread-safe. The
// bytes must outlive it.
class WireFields {
 public:
  explicit WireFields(absl::string_view bytes) : bytes_(bytes) {}

  // Moves to the next field. False at the end, and for good at the first bytes
  // that are no field: at_end() tells which.
  bool Next();

  // Of the field that Next() moved to: its number, and where its tag begins.
  uint32_t number() const { return number_; }
  size_t begin() const { return begin_; }
  // Whether it is a string, bytes or a message, and if so what it holds.
  bool has_contents() const { return has_contents_; }
  absl::string_view contents() const { return contents_; }
  // All of it, from its tag on.
  absl::string_view bytes() const { return bytes_.substr(begin_, end_ - begin_); }

  bool at_end() const { return end_ == bytes_.size(); }

 private:
  bool ReadVarint(uint64_t* value);
  bool Skip(uint64_t size);

  const absl::string_view bytes_;
  uint32_t number_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;  // Of the field, where the next one begins.
  bool has_contents_ = false;
  absl::string_view contents_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_WIRE_FIELDS_H_
