// ListTail: the contributions that are not in stored blocks yet.
#ifndef ANNALS_ENGINE_INDEX_LISTS_LIST_TAIL_H_
#define ANNALS_ENGINE_INDEX_LISTS_LIST_TAIL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"
#include "engine/index/lists/contribution_block.h"
#include "engine/index/lists/list_range.h"

namespace annals {

// By how much a correction changes the presence of a contribution's event.
struct ChangedContribution {
  Position event;  // Whose contribution it is.
  uint32_t ordinal = 0;
  Position arrival;  // Of the correction.
  WorldSteps steps;
};

// What a tail has of one list: `stated` ascending by event and ordinal, `changed`
// as it came.
struct TailList {
  std::vector<StatedContribution> stated;
  std::vector<ChangedContribution> changed;
};

// Thread-safe: one thread adds, others copy what they need of it.
class ListTail {
 public:
  using Lists = std::vector<std::pair<std::string, TailList>>;

  void State(absl::string_view list, StatedContribution contribution);
  void Change(absl::string_view list, ChangedContribution change);

  // Copies, ordered by list.
  Lists In(const ListRange& range) const;

  // Whether the list has contributions of events after `position`.
  bool HasStatedAfter(absl::string_view list, Position position) const;
  // Whether a correction in (`after`, `up_to`] changes one of an event up to `after`.
  bool HasChanged(absl::string_view list, Position after, Position up_to) const;

  // How many of both, and their bytes, about.
  size_t size() const;
  size_t bytes() const;
  // The last correction to arrive; 0 if there is none.
  Position last_change() const;

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, TailList> lists_ ABSL_GUARDED_BY(mutex_);
  size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Position last_change_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_LIST_TAIL_H_
