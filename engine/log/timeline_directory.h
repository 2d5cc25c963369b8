// TimelineDirectory: the timelines as readers see them.
#ifndef ANNALS_ENGINE_LOG_TIMELINE_DIRECTORY_H_
#define ANNALS_ENGINE_LOG_TIMELINE_DIRECTORY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/log/redaction.h"
#include "engine/log/timeline_settings.h"
#include "engine/proof/tree_edge.h"
#include "engine/storage/hash.h"

namespace annals {

// A timeline and where it ends.
struct TimelineState {
  std::shared_ptr<const TimelineSettings> settings;
  Position head;
  storage::Hash128 chain;
  Instant recorded_at;
  // Of its Merkle tree, at the head. Null until somebody appends or asks for it.
  std::shared_ptr<const TreeEdge> tree;
  RedactionsPtr redactions;
};

using TimelineStates = std::map<std::string, TimelineState, std::less<>>;

// Holds durable states only: what isn't here is not yet, or never, to be seen.
// Thread-safe.
class TimelineDirectory {
 public:
  explicit TimelineDirectory(TimelineStates timelines) : timelines_(std::move(timelines)) {}

  // NOT_FOUND if there is none; the message names those there are.
  absl::StatusOr<TimelineState> Find(absl::string_view name) const;

  // Sorted.
  std::vector<std::string> Names() const;

  // How many there are; they are numbered from 1.
  uint32_t Count() const;

  // Keeps the tree that somebody made for a state that was found here, unless the
  // timeline has one by now.
  void KeepTree(const TimelineState& timeline);

  // Adds or replaces the given ones, all at once.
  void Publish(const TimelineStates& changed);

 private:
  mutable Mutex mutex_;
  TimelineStates timelines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_TIMELINE_DIRECTORY_H_
