#include "engine/index/index_keys.h"

#include <utility>

#include "absl/status/status.h"
#include "engine/base/status.h"

namespace annals {
namespace {

// What stands where a row has its generation, which is never 0.
constexpr uint32_t kReserved = 0;

enum ReservedKind : uint32_t {
  kGenerations = 1,
  kCorrectionsCursor = 2,
  kCorrections = 3,
};

constexpr size_t kReservedPrefixBytes = 12;
constexpr size_t kRowSuffixBytes = 20;

absl::Status TooShort() { return absl::DataLossError("a key of the index is too short"); }

}  // namespace

KeyRange RangeOfPrefix(std::string prefix) {
  std::string end = PrefixEnd(prefix);
  return {std::move(prefix), std::move(end)};
}

std::string IndexKeys::Reserved(uint32_t kind) const {
  std::string key;
  AppendBigEndian32(&key, timeline_);
  AppendBigEndian32(&key, kReserved);
  AppendBigEndian32(&key, kind);
  return key;
}

KeyRange IndexKeys::All() const {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline_);
  return RangeOfPrefix(std::move(prefix));
}

KeyRange IndexKeys::GenerationRecords() const { return RangeOfPrefix(Reserved(kGenerations)); }

std::string IndexKeys::GenerationRecord(uint32_t generation) const {
  std::string key = Reserved(kGenerations);
  AppendBigEndian32(&key, generation);
  return key;
}

std::string IndexKeys::CorrectionsCursor() const { return Reserved(kCorrectionsCursor); }

KeyRange IndexKeys::Corrections() const { return RangeOfPrefix(Reserved(kCorrections)); }

KeyRange IndexKeys::CorrectionsOf(Position target, Position up_to) const {
  std::string begin = Reserved(kCorrections);
  AppendBigEndian64(&begin, target.value);
  if (up_to == Position::Max()) return RangeOfPrefix(std::move(begin));
  std::string end = begin;
  AppendBigEndian64(&end, up_to.value + 1);
  return {std::move(begin), std::move(end)};
}

std::string IndexKeys::Correction(Position target, Position corrector) const {
  std::string key = Reserved(kCorrections);
  AppendBigEndian64(&key, target.value);
  AppendBigEndian64(&key, corrector.value);
  return key;
}

KeyRange IndexKeys::Rows(uint32_t generation) const {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline_);
  AppendBigEndian32(&prefix, generation);
  return RangeOfPrefix(std::move(prefix));
}

std::string IndexKeys::MeasurePrefix(uint32_t generation, uint32_t measure) const {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline_);
  AppendBigEndian32(&prefix, generation);
  AppendBigEndian32(&prefix, measure);
  return prefix;
}

absl::StatusOr<uint32_t> IndexKeys::GenerationOfRecord(absl::string_view key) {
  if (key.size() < kReservedPrefixBytes) return TooShort();
  key.remove_prefix(kReservedPrefixBytes);
  return ReadBigEndian32(&key);
}

absl::StatusOr<Position> IndexKeys::CorrectorOf(absl::string_view key) {
  if (key.size() < kReservedPrefixBytes + sizeof(uint64_t)) return TooShort();
  key.remove_prefix(kReservedPrefixBytes + sizeof(uint64_t));
  ANNALS_ASSIGN_OR_RETURN(const uint64_t corrector, ReadBigEndian64(&key));
  return Position{corrector};
}

absl::StatusOr<RowId> IndexKeys::ParseRow(absl::string_view key, size_t prefix_bytes) {
  if (key.size() < prefix_bytes + kRowSuffixBytes) return TooShort();
  RowId row;
  row.elements = key.substr(prefix_bytes, key.size() - prefix_bytes - kRowSuffixBytes);
  key.remove_prefix(key.size() - kRowSuffixBytes);
  ANNALS_ASSIGN_OR_RETURN(row.event.value, ReadBigEndian64(&key));
  ANNALS_ASSIGN_OR_RETURN(row.ordinal, ReadBigEndian32(&key));
  ANNALS_ASSIGN_OR_RETURN(row.arrival.value, ReadBigEndian64(&key));
  return row;
}

void AppendRowSuffix(std::string* key, Position event, uint32_t ordinal, Position arrival) {
  AppendBigEndian64(key, event.value);
  AppendBigEndian32(key, ordinal);
  AppendBigEndian64(key, arrival.value);
}

}  // namespace annals
