// IndexKeys: where everything of one timeline lives in Family::kContributions.
//
//   timeline u32, 0 u32, 1 u32, generation u32              a GenerationRecord
//   timeline u32, 0 u32, 2 u32                              how far the corrections are
//   timeline u32, 0 u32, 4 u32                              the index's format
//   timeline u32, 0 u32, 3 u32, target u64, corrector u64   the corrector's known bounds
//   timeline u32, generation u32 (from 1), measure u32, part u8, …
//
// where a part is one of
//
//   1  list, first event u64, 0 u8               a block of contributions
//   1  list, event u64, ordinal u32, arrival u64, 1 u8   a change of a contribution
//   2                                            there are changes
//   3, 4                                         the same by member
//   5  group u32                                 a group's size and elements
//   6  list                                      a member's presence
//   7  forest u8                                 a forest's manifest
//
// Numbers are big-endian. A list is a contribution's key in the encoding of
// engine/base/key.h; by member, and for a presence, the member follows it.
#ifndef ANNALS_ENGINE_INDEX_INDEX_KEYS_H_
#define ANNALS_ENGINE_INDEX_INDEX_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/key.h"
#include "engine/base/position.h"

namespace annals {

// The keys in [begin, end).
struct KeyRange {
  std::string begin;
  std::string end;
};

KeyRange RangeOfPrefix(std::string prefix);

// The contributions of a measure: by key, or those of a set by key and member.
enum class ListKind { kByKey, kByMember };

// What a list has is in one order, so that it is read in one go: a block, the changes
// of its contributions, the next block. What tells a row from all others of its measure:
struct ListRow {
  absl::string_view list;  // Encoded.
  bool is_change = false;
  Position event;        // Of a block, its first; of a change, whose contribution it is.
  uint32_t ordinal = 0;  // Of a change: among the event's contributions,
  Position arrival;      // and of the correction that wrote it.
};

// An immutable value. `timeline` is TimelineSettings::number.
class IndexKeys {
 public:
  explicit IndexKeys(uint32_t timeline) : timeline_(timeline) {}

  // All that the timeline has.
  KeyRange All() const;

  // Which form of the index the rest is in.
  std::string Format() const;

  KeyRange GenerationRecords() const;
  std::string GenerationRecord(uint32_t generation) const;

  std::string CorrectionsCursor() const;
  KeyRange Corrections() const;
  // Of the target up to the corrector `up_to`.
  KeyRange CorrectionsOf(Position target, Position up_to) const;
  std::string Correction(Position target, Position corrector) const;

  KeyRange Rows(uint32_t generation) const;
  // What the keys of a measure's parts begin with.
  std::string ListsPrefix(uint32_t generation, uint32_t measure, ListKind kind) const;
  std::string ChangesMark(uint32_t generation, uint32_t measure, ListKind kind) const;
  std::string GroupsPrefix(uint32_t generation, uint32_t measure) const;
  std::string PresencesPrefix(uint32_t generation, uint32_t measure) const;
  std::string Manifest(uint32_t generation, uint32_t measure, uint8_t forest) const;

  // What a forest's pages begin with, in Family::kPages; all of a generation's.
  std::string PagesPrefix(uint32_t generation, uint32_t measure, uint8_t forest) const;
  KeyRange Pages(uint32_t generation) const;

  // Of a key that this class made. DATA_LOSS if it is too short.
  static absl::StatusOr<uint32_t> GenerationOfRecord(absl::string_view key);
  static absl::StatusOr<Position> CorrectorOf(absl::string_view key);

  // What follows `prefix_bytes` of prefix. Lives as long as `key`.
  static absl::StatusOr<ListRow> ParseListRow(absl::string_view key, size_t prefix_bytes);

 private:
  std::string Reserved(uint32_t kind) const;
  std::string GenerationPrefix(uint32_t generation) const;
  std::string Part(uint32_t generation, uint32_t measure, uint8_t part) const;

  uint32_t timeline_;
};

// To a prefix and the list: the rest of a key.
void AppendBlockSuffix(std::string* key, Position first);
void AppendChangeSuffix(std::string* key, Position event, uint32_t ordinal, Position arrival);

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_INDEX_KEYS_H_
