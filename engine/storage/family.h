// Family and Durability: where a change goes, and how long it lasts.
#ifndef ANNALS_ENGINE_STORAGE_FAMILY_H_
#define ANNALS_ENGINE_STORAGE_FAMILY_H_

#include <array>
#include <cstddef>

namespace annals::storage {

// The column families. Everything but kLog and kMeta is derived from them and
// can be rebuilt (docs/storage_format.md has every key and value).
enum class Family {
  kMeta,           // The last commit, the timelines.
  kLog,            // Timeline, position → event.
  kEventIds,       // Timeline, id → position.
  kStreams,        // Timeline, stream, revision → position, and those that follow.
  kTypes,          // Timeline, payload type, position → those that follow.
  kContributions,  // What the projections made of the events.
  kPages,          // Large values, written once and read by their exact key.
  kTiles,          // Timeline, level, index → hashes of its Merkle tree.
};

inline constexpr std::array<Family, 8> kFamilies = {
    Family::kMeta,  Family::kLog,           Family::kEventIds, Family::kStreams,
    Family::kTypes, Family::kContributions, Family::kPages,    Family::kTiles};

// So many of the first ones a store has always had; the others came one by one.
inline constexpr size_t kFirstFamilies = 6;

enum class Durability {
  kSynced,    // On disk when the call returns.
  kBuffered,  // Survives the process, not the machine: only for what is derived.
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_FAMILY_H_
