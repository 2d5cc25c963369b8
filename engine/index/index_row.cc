#include "engine/index/index_row.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"

namespace annals {
namespace {

constexpr unsigned char kHasLower = 1;
constexpr unsigned char kHasUpper = 2;
constexpr unsigned char kExact = 4;
constexpr unsigned char kSmallExact = 8;  // And above: the quantity itself.

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("a row of the index ", what));
}

void AppendVarint(std::string* bytes, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes->push_back(static_cast<char>(value | 0x80));
  bytes->push_back(static_cast<char>(value));
}

absl::StatusOr<uint64_t> ReadVarint(absl::string_view* bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const uint64_t byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return Damaged("ends inside a number");
}

// Small numbers of either sign become small ones without: 0, -1, 1, -2, …
uint64_t Zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}

int64_t FromZigzag(uint64_t encoded) { return static_cast<int64_t>(encoded >> 1 ^ -(encoded & 1)); }

void AppendZigzag(std::string* bytes, int64_t value) { AppendVarint(bytes, Zigzag(value)); }

absl::StatusOr<int64_t> ReadZigzag(absl::string_view* bytes) {
  ANNALS_ASSIGN_OR_RETURN(const uint64_t encoded, ReadVarint(bytes));
  return FromZigzag(encoded);
}

void AppendSteps(std::string* bytes, const KnownSteps& steps) {
  AppendVarint(bytes, steps.size());
  for (const KnownStep& step : steps) {
    AppendBigEndian64(bytes, static_cast<uint64_t>(step.known.micros));
    AppendZigzag(bytes, step.change);
  }
}

absl::StatusOr<KnownSteps> ReadSteps(absl::string_view* bytes) {
  ANNALS_ASSIGN_OR_RETURN(const uint64_t count, ReadVarint(bytes));
  KnownSteps steps;
  for (uint64_t i = 0; i < count; ++i) {
    ANNALS_ASSIGN_OR_RETURN(const uint64_t known, ReadBigEndian64(bytes));
    ANNALS_ASSIGN_OR_RETURN(const int64_t change, ReadZigzag(bytes));
    steps.push_back({{static_cast<int64_t>(known)}, static_cast<int>(change)});
  }
  return steps;
}

absl::StatusOr<std::optional<int64_t>> ReadLimit(absl::string_view* bytes, bool is_there) {
  if (!is_there) return std::optional<int64_t>();
  ANNALS_ASSIGN_OR_RETURN(const int64_t limit, ReadZigzag(bytes));
  return std::optional<int64_t>(limit);
}

}  // namespace

void AppendBounds(std::string* bytes, const TimeBounds& bounds) {
  const auto earliest = static_cast<uint64_t>(bounds.earliest.micros);
  AppendBigEndian64(bytes, earliest);
  AppendVarint(bytes, static_cast<uint64_t>(bounds.latest.micros) - earliest);
}

absl::StatusOr<TimeBounds> ReadBounds(absl::string_view* bytes) {
  ANNALS_ASSIGN_OR_RETURN(const uint64_t earliest, ReadBigEndian64(bytes));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t width, ReadVarint(bytes));
  return TimeBounds{{static_cast<int64_t>(earliest)}, {static_cast<int64_t>(earliest + width)}};
}

std::string EncodeChangedRow(const WorldSteps& steps) {
  std::string bytes;
  AppendSteps(&bytes, steps.certain);
  AppendSteps(&bytes, steps.possible);
  return bytes;
}

absl::StatusOr<WorldSteps> DecodeChangedRow(absl::string_view bytes) {
  WorldSteps steps;
  ANNALS_ASSIGN_OR_RETURN(steps.certain, ReadSteps(&bytes));
  ANNALS_ASSIGN_OR_RETURN(steps.possible, ReadSteps(&bytes));
  if (!bytes.empty()) return Damaged("is longer than its steps");
  return steps;
}

std::string EncodeQuantity(const Quantity& quantity) {
  if (quantity.lower && quantity.lower == quantity.upper) {
    const uint64_t encoded = Zigzag(*quantity.lower);
    if (encoded <= 0xff - kSmallExact) {
      return std::string(1, static_cast<char>(kSmallExact + encoded));
    }
    std::string bytes(1, static_cast<char>(kExact));
    AppendVarint(&bytes, encoded);
    return bytes;
  }
  std::string bytes(
      1, static_cast<char>((quantity.lower ? kHasLower : 0) | (quantity.upper ? kHasUpper : 0)));
  if (quantity.lower) AppendZigzag(&bytes, *quantity.lower);
  if (quantity.upper) AppendZigzag(&bytes, *quantity.upper);
  return bytes;
}

absl::StatusOr<Quantity> DecodeQuantity(absl::string_view bytes) {
  if (bytes.empty()) return Damaged("has no quantity");
  const auto flags = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  Quantity quantity;
  if (flags >= kSmallExact) {
    quantity = Quantity::Exactly(FromZigzag(flags - kSmallExact));
  } else if (flags == kExact) {
    ANNALS_ASSIGN_OR_RETURN(const int64_t value, ReadZigzag(&bytes));
    quantity = Quantity::Exactly(value);
  } else if (flags <= (kHasLower | kHasUpper)) {
    ANNALS_ASSIGN_OR_RETURN(quantity.lower, ReadLimit(&bytes, (flags & kHasLower) != 0));
    ANNALS_ASSIGN_OR_RETURN(quantity.upper, ReadLimit(&bytes, (flags & kHasUpper) != 0));
  } else {
    return Damaged("has a quantity with unknown flags");
  }
  if (!bytes.empty()) return Damaged("is longer than its quantity");
  return quantity;
}

std::optional<int64_t> ReadExactQuantity(absl::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto flags = static_cast<unsigned char>(bytes.front());
  if (flags >= kSmallExact) {
    return bytes.size() == 1 ? std::optional(FromZigzag(flags - kSmallExact)) : std::nullopt;
  }
  if (flags != kExact) return std::nullopt;
  const absl::StatusOr<Quantity> quantity = DecodeQuantity(bytes);
  if (!quantity.ok() || EncodeQuantity(*quantity) != bytes) return std::nullopt;
  return quantity->lower;
}

}  // namespace annals
