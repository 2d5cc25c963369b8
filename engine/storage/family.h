// Family and Durability: where a change goes, and how long it lasts.
#ifndef ANNALS_ENGINE_STORAGE_FAMILY_H_
#define ANNALS_ENGINE_STORAGE_FAMILY_H_

#include <array>

namespace annals::storage {

// The column families. Everything but kLog and kMeta is derived from them and
// can be rebuilt (docs/storage_format.md has every key and value).
enum class Family {
  kMeta,           // The last commit, the timelines.
  kLog,            // Timeline, position → event.
  kEventIds,       // Timeline, id → position.
  kStreams,        // Timeline, stream, revision → position.
  kTypes,          // Timeline, payload type, position → nothing.
  kContributions,  // What the projections made of the events.
  kPages,          // Large values, written once and read by their exact key.
};

inline constexpr std::array<Family, 7> kFamilies = {
    Family::kMeta,  Family::kLog,           Family::kEventIds, Family::kStreams,
    Family::kTypes, Family::kContributions, Family::kPages};

enum class Durability {
  kSynced,    // On disk when the call returns.
  kBuffered,  // Survives the process, not the machine: only for what is derived.
};

}  // namespace annals::storage

#endif  // ANNALS_ENGINE_STORAGE_FAMILY_H_
