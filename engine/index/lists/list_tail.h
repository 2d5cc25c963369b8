// ListTail: the contributions that are not in stored blocks yet.
#ifndef ANNALS_ENGINE_INDEX_LISTS_LIST_TAIL_H_
#define ANNALS_ENGINE_INDEX_LISTS_LIST_TAIL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/base/name_table.h"
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

// Thread-safe: one thread adds, others copy what they need of it. Contributions
// are kept in the order in which they come, each with the number of the one before
// it in its list, so that adding one costs a look-up of the list and nothing else.
class ListTail {
 public:
  using Lists = std::vector<std::pair<std::string, TailList>>;
  using ListVisitor =
      absl::FunctionRef<void(absl::string_view list, absl::Span<const StatedContribution> stated,
                             absl::Span<const ChangedContribution> changed)>;

  // With room for so many lists at first.
  explicit ListTail(size_t expected_lists = 0);

  // For who is about to add to many lists: brings what is needed of those with these
  // hashes (NameTable::HashOf) into the processor's caches, and puts numbers that they
  // may have into `guesses`.
  void Prefetch(absl::Span<const uint64_t> hashes, std::vector<uint32_t>* guesses) const;

  // Both say which number the list has here: dense from 0, in the order in which lists
  // come.
  uint32_t State(absl::string_view list, StatedContribution contribution);
  uint32_t Change(absl::string_view list, ChangedContribution change);

  // Copies, ordered by list.
  Lists In(const ListRange& range) const;

  // Visits all lists in order; the spans are valid during the visit. For the thread
  // that adds. O(n), and a sort of the lists' names.
  void VisitLists(ListVisitor visit) const ABSL_NO_THREAD_SAFETY_ANALYSIS;

  // Whether the list has contributions of events after `position`.
  bool HasStatedAfter(absl::string_view list, Position position) const;
  // Whether a correction in (`after`, `up_to`] changes one of an event up to `after`.
  bool HasChanged(absl::string_view list, Position after, Position up_to) const;

  // How many of both, and their bytes, about.
  size_t size() const;
  size_t bytes() const;
  size_t lists() const;
  // The last correction to arrive; 0 if there is none.
  Position last_change() const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Link {
    StatedContribution contribution;
    uint32_t list = kNone;
    uint32_t previous = kNone;  // Of the same list.
  };
  struct Chain {
    uint32_t last = kNone;
    uint32_t links = 0;
    uint32_t changes = kNone;  // Where in changed_.
  };

  uint32_t NumberOf(absl::string_view list) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const Chain* FindChain(absl::string_view list) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const Link& LinkAt(uint32_t number) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  TailList Copy(const Chain& chain) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<uint32_t> LinksByList(const std::vector<uint32_t>& lists) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  NameTable names_ ABSL_GUARDED_BY(mutex_);
  std::vector<Chain> chains_ ABSL_GUARDED_BY(mutex_);             // By the list's number.
  std::vector<std::vector<Link>> links_ ABSL_GUARDED_BY(mutex_);  // In parts that stay in place.
  std::vector<std::vector<ChangedContribution>> changed_ ABSL_GUARDED_BY(mutex_);
  size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Position last_change_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_LIST_TAIL_H_
