// LadderCache: the histories of the registers that were asked for of late.
#ifndef ANNALS_ENGINE_INDEX_ANSWERING_LADDER_CACHE_H_
#define ANNALS_ENGINE_INDEX_ANSWERING_LADDER_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/answering/register_history.h"
#include "engine/index/answering/served_projections.h"
#include "engine/index/temporal_index.h"

namespace annals {

// A register's history is sorted when it is first asked for, and follows what
// arrives for it. When it is lost to a correction, or is of positions above the
// one that is asked for, a new one is sorted at the third question: sorting costs
// about as much as two scans do. Beyond `capacity_bytes` it parts with those that
// weren't asked for the longest; a history that takes more than half of that isn't
// kept. Holds no generation alive. Thread-safe.
class LadderCache {
 public:
  explicit LadderCache(size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // The list's history in that world, which can tell about `position`. Null: the
  // list is to be scanned, for a reason that Outlook() gives. `position` is at most
  // served.position. DATA_LOSS if stored bytes are wrong. Reads what arrived since
  // the last question, or all of the list.
  absl::StatusOr<std::shared_ptr<const RegisterHistory>> Find(const ServedMeasure& served,
                                                              const std::string& list,
                                                              WorldKind world, Position position);

  // What Find() would do, and why, when it would be asked now. DATA_LOSS if stored
  // bytes are wrong.
  struct Outlook {
    bool has_ladder = false;  // Or makes one.
    absl::string_view reason;
  };
  absl::StatusOr<Outlook> OutlookOf(const ServedMeasure& served, const std::string& list,
                                    WorldKind world, Position position);

  // With the bookkeeping.
  size_t bytes() const;

 private:
  // `pinned` is Max() for the histories that follow what arrives, and the only
  // position of those that are of one before.
  struct Id {
    const MeasureIndex* index;
    std::string list;
    Position pinned;

    friend bool operator==(const Id&, const Id&) = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Id& id) {
      return H::combine(std::move(hash), id.index, id.list, id.pinned.value);
    }
  };
  // A register in one world.
  struct InWorld {
    std::shared_ptr<const RegisterHistory> history;  // Null: there is none now.
    Position reached;                                // By the last one that there was.
    uint32_t scans_to_go = 0;                        // Until it is worth a history.
    bool is_too_large = false;
    bool is_being_sorted = false;
  };
  struct Entry {
    std::weak_ptr<const GenerationIndex> generation;
    std::array<InWorld, kWorlds.size()> worlds;  // They may share a history.
    size_t bytes = 0;
    std::list<Id>::iterator use;  // In uses_.

    InWorld& In(WorldKind world) { return worlds[static_cast<size_t>(world)]; }
  };

  // What there is to answer with.
  struct Prospect {
    std::shared_ptr<const RegisterHistory> history;
    Id id;                  // Without a history: whose it would be.
    absl::string_view why;  // Without a history: why not to sort one. Empty: do.
  };

  absl::StatusOr<Prospect> Look(const ServedMeasure& served, const std::string& list,
                                WorldKind world, Position position);
  absl::StatusOr<std::shared_ptr<const RegisterHistory>> Sort(const ServedMeasure& served,
                                                              const Id& id, WorldKind world,
                                                              Position position);
  // The entry, made if there is none of this generation, and in use from now on.
  Entry& EntryOf(const ServedMeasure& served, const Id& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const Id& id, WorldKind world, const std::shared_ptr<const RegisterHistory>& history,
            Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Lose(const std::shared_ptr<const RegisterHistory>& history, Entry* entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Weigh(const Id& id, Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t capacity_bytes_;
  mutable Mutex mutex_;
  absl::flat_hash_map<Id, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::list<Id> uses_ ABSL_GUARDED_BY(mutex_);  // The latest first.
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_ANSWERING_LADDER_CACHE_H_
