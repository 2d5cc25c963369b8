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
  kFormat = 4,
};

constexpr size_t kReservedPrefixBytes = 12;
constexpr size_t kBlockSuffixBytes = 9;
constexpr size_t kChangeSuffixBytes = 21;

// What a list's row ends with. A block's comes before the ordinal of any change.
constexpr char kBlock = 0;
constexpr char kChange = 1;

enum MeasurePart : uint8_t {
  kLists = 1,
  kChangesMark = 2,
  kMemberLists = 3,
  kMemberChangesMark = 4,
  kGroups = 5,
  kPresences = 6,
  kManifests = 7,
};

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

std::string IndexKeys::Format() const { return Reserved(kFormat); }

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

std::string IndexKeys::GenerationPrefix(uint32_t generation) const {
  std::string prefix;
  AppendBigEndian32(&prefix, timeline_);
  AppendBigEndian32(&prefix, generation);
  return prefix;
}

KeyRange IndexKeys::Rows(uint32_t generation) const {
  return RangeOfPrefix(GenerationPrefix(generation));
}

std::string IndexKeys::Part(uint32_t generation, uint32_t measure, uint8_t part) const {
  std::string prefix = GenerationPrefix(generation);
  AppendBigEndian32(&prefix, measure);
  prefix.push_back(static_cast<char>(part));
  return prefix;
}

std::string IndexKeys::ListsPrefix(uint32_t generation, uint32_t measure, ListKind kind) const {
  return Part(generation, measure, kind == ListKind::kByKey ? kLists : kMemberLists);
}

std::string IndexKeys::ChangesMark(uint32_t generation, uint32_t measure, ListKind kind) const {
  return Part(generation, measure, kind == ListKind::kByKey ? kChangesMark : kMemberChangesMark);
}

std::string IndexKeys::GroupsPrefix(uint32_t generation, uint32_t measure) const {
  return Part(generation, measure, kGroups);
}

std::string IndexKeys::PresencesPrefix(uint32_t generation, uint32_t measure) const {
  return Part(generation, measure, kPresences);
}

std::string IndexKeys::Manifest(uint32_t generation, uint32_t measure, uint8_t forest) const {
  std::string key = Part(generation, measure, kManifests);
  key.push_back(static_cast<char>(forest));
  return key;
}

std::string IndexKeys::PagesPrefix(uint32_t generation, uint32_t measure, uint8_t forest) const {
  return Part(generation, measure, forest);
}

KeyRange IndexKeys::Pages(uint32_t generation) const { return Rows(generation); }

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

absl::StatusOr<ListRow> IndexKeys::ParseListRow(absl::string_view key, size_t prefix_bytes) {
  if (key.size() < prefix_bytes + kBlockSuffixBytes) return TooShort();
  ListRow row = {.is_change = key.back() == kChange};
  const size_t suffix_bytes = row.is_change ? kChangeSuffixBytes : kBlockSuffixBytes;
  if (key.size() < prefix_bytes + suffix_bytes) return TooShort();
  row.list = key.substr(prefix_bytes, key.size() - prefix_bytes - suffix_bytes);
  key.remove_prefix(key.size() - suffix_bytes);
  ANNALS_ASSIGN_OR_RETURN(row.event.value, ReadBigEndian64(&key));
  if (!row.is_change) return row;
  ANNALS_ASSIGN_OR_RETURN(row.ordinal, ReadBigEndian32(&key));
  ANNALS_ASSIGN_OR_RETURN(row.arrival.value, ReadBigEndian64(&key));
  return row;
}

void AppendBlockSuffix(std::string* key, Position first) {
  AppendBigEndian64(key, first.value);
  key->push_back(kBlock);
}

void AppendChangeSuffix(std::string* key, Position event, uint32_t ordinal, Position arrival) {
  AppendBigEndian64(key, event.value);
  AppendBigEndian32(key, ordinal);
  AppendBigEndian64(key, arrival.value);
  key->push_back(kChange);
}

}  // namespace annals
