#include "engine/index/answering/ladder_cache.h"

#include "engine/base/status.h"

namespace annals {
namespace {

// Sorting costs about as much as so many scans.
constexpr uint32_t kScansWorthSorting = 2;

// Of an entry, in the map and the list.
constexpr size_t kEntryBytes = 320;

}  // namespace

LadderCache::Entry& LadderCache::EntryOf(const ServedMeasure& served, const Id& id) {
  const auto [found, is_new] = entries_.try_emplace(id);
  Entry& entry = found->second;
  if (is_new) {
    uses_.push_front(id);
    entry.use = uses_.begin();
  } else {
    uses_.splice(uses_.begin(), uses_, entry.use);
    if (entry.generation.lock() == served.generation) return entry;
  }
  entry.generation = served.generation;
  entry.worlds = {};
  for (InWorld& in : entry.worlds) {
    in.scans_to_go = id.pinned == Position::Max() ? 0 : kScansWorthSorting;
  }
  Weigh(id, &entry);
  return entry;
}

// Counts what the entry takes, and drops others until there is room for it.
void LadderCache::Weigh(const Id& id, Entry* entry) {
  bytes_ -= entry->bytes;
  entry->bytes = kEntryBytes + 2 * id.list.size();
  const auto& certain = entry->In(WorldKind::kCertain).history;
  const auto& possible = entry->In(WorldKind::kPossible).history;
  if (certain != nullptr) entry->bytes += certain->memory_bytes();
  if (possible != nullptr && possible != certain) entry->bytes += possible->memory_bytes();
  bytes_ += entry->bytes;
  while (bytes_ > capacity_bytes_ && !(uses_.back() == id)) {
    const auto last = entries_.find(uses_.back());
    bytes_ -= last->second.bytes;
    entries_.erase(last);
    uses_.pop_back();
  }
}

void LadderCache::Keep(const Id& id, WorldKind world,
                       const std::shared_ptr<const RegisterHistory>& history, Entry* entry) {
  for (const WorldKind other : kWorlds) {
    if (other != world && !history->is_of_both_worlds()) continue;
    InWorld& in = entry->In(other);
    in.reached = history->up_to();
    in.history = history;
  }
  Weigh(id, entry);
}

void LadderCache::Lose(const std::shared_ptr<const RegisterHistory>& history, Entry* entry) {
  for (InWorld& in : entry->worlds) {
    if (in.history != history) continue;
    in.history = nullptr;
    in.scans_to_go = kScansWorthSorting;
  }
}

// 1. The history that follows what arrives, if it can tell about the position.
// 2. If the position is before that: the history of this position alone.
// 3. If it is beyond: what arrived since is added, unless that takes a new history.
absl::StatusOr<LadderCache::Prospect> LadderCache::Look(const ServedMeasure& served,
                                                        const std::string& list, WorldKind world,
                                                        Position position) {
  Prospect prospect = {.id = {served.index, list, Position::Max()}};
  {
    MutexLock lock(&mutex_);
    InWorld* in = &EntryOf(served, prospect.id).In(world);
    const Position first = in->history != nullptr ? in->history->from() : in->reached;
    prospect.why = "a correction changed what had been sorted of it";
    if (position < first) {
      prospect.id.pinned = position;
      prospect.why = "the position is below those that what was sorted of it can tell about";
      in = &EntryOf(served, prospect.id).In(world);
    }
    prospect.history = in->history;
    if (in->is_too_large) prospect.why = "sorted, it would take too much memory";
    if (in->is_being_sorted) prospect.why = "it is being sorted at this moment";
    const bool may_sort = in->scans_to_go == 0 && !in->is_too_large && !in->is_being_sorted;
    if (may_sort) prospect.why = "";
  }
  if (prospect.history == nullptr || position <= prospect.history->up_to()) return prospect;

  ANNALS_ASSIGN_OR_RETURN(auto reaching,
                          prospect.history->ReachingTo(position, served.index->by_key(), list));
  MutexLock lock(&mutex_);
  Entry& entry = EntryOf(served, prospect.id);
  const bool is_current = entry.In(world).history == prospect.history;
  if (reaching == nullptr) {
    if (is_current) Lose(prospect.history, &entry);
    prospect.history = nullptr;
    prospect.why = "what had been sorted of it is out of date";
    return prospect;
  }
  if (is_current) Keep(prospect.id, world, reaching, &entry);
  prospect.history = std::move(reaching);
  return prospect;
}

absl::StatusOr<std::shared_ptr<const RegisterHistory>> LadderCache::Find(
    const ServedMeasure& served, const std::string& list, WorldKind world, Position position) {
  ANNALS_ASSIGN_OR_RETURN(Prospect prospect, Look(served, list, world, position));
  if (prospect.history != nullptr) return std::move(prospect.history);
  if (prospect.why.empty()) return Sort(served, prospect.id, world, position);
  MutexLock lock(&mutex_);
  InWorld& in = EntryOf(served, prospect.id).In(world);
  if (in.scans_to_go > 0) --in.scans_to_go;
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const RegisterHistory>> LadderCache::Sort(
    const ServedMeasure& served, const Id& id, WorldKind world, Position position) {
  {
    MutexLock lock(&mutex_);
    InWorld& in = EntryOf(served, id).In(world);
    if (in.is_being_sorted) return nullptr;
    in.is_being_sorted = true;
  }
  auto history =
      RegisterHistory::Read(served.index->by_key(), id.list, world, position, capacity_bytes_ / 2);
  MutexLock lock(&mutex_);
  Entry& entry = EntryOf(served, id);
  entry.In(world).is_being_sorted = false;
  ANNALS_RETURN_IF_ERROR(history.status());
  if (*history == nullptr) {
    entry.In(world).is_too_large = true;
  } else {
    Keep(id, world, *history, &entry);
  }
  return history;
}

absl::StatusOr<LadderCache::Outlook> LadderCache::OutlookOf(const ServedMeasure& served,
                                                            const std::string& list,
                                                            WorldKind world, Position position) {
  ANNALS_ASSIGN_OR_RETURN(const Prospect prospect, Look(served, list, world, position));
  if (prospect.history != nullptr) return Outlook{true, "its contributions are sorted in memory"};
  if (prospect.why.empty()) return Outlook{true, "its contributions will be sorted in memory"};
  return Outlook{false, prospect.why};
}

size_t LadderCache::bytes() const {
  MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace annals
