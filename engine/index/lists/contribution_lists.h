// ContributionLists: every contribution of a measure, by key or by member, in
// the order in which they arrived.
#ifndef ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_LISTS_H_
#define ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_LISTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "engine/base/position.h"
#include "engine/index/lists/contribution_block.h"
#include "engine/index/lists/list_cursor.h"
#include "engine/index/lists/list_range.h"
#include "engine/index/lists/list_tail.h"
#include "engine/storage/database.h"

namespace annals {

// Nothing is ever changed: a correction adds changes (docs/decisions/0003). What
// arrives goes to a tail in memory; now and then the owner stores the tail as
// blocks, each holding what one list got since the last time.
//
// State, Change, Stage and Stored are for one thread; the others are for any. The
// Database must outlive it and its cursors.
class ContributionLists {
 public:
  // In Family::kContributions, under a prefix of their own; `changes_mark` is a key that
  // is there if there are changes. Events up to `stored` are there.
  ContributionLists(const storage::Database* database, std::string prefix, std::string changes_mark,
                    Position stored);

  // Both say which number the list has until Stored(): dense from 0, in the order in
  // which lists come.
  uint32_t State(absl::string_view list, StatedContribution contribution);
  uint32_t Change(absl::string_view list, ChangedContribution change);

  // As ListTail::Prefetch.
  void Prefetch(absl::Span<const uint64_t> hashes, std::vector<uint32_t>* guesses) const {
    tail_->Prefetch(hashes, guesses);
  }

  // Adds the tail to a batch. Once that is written: Stored().
  void Stage(storage::Batch* batch) const;
  void Stored(Position up_to);

  const ListTail& tail() const { return *tail_; }  // For the thread that adds.

  // What the lists of the range hold, with the corrections up to `up_to`.
  ListCursor Open(const ListRange& range, Position up_to) const;

  // False: the list has no contributions of events after `position`. Looks at
  // memory alone, and says true where that can't tell.
  bool MayHaveStatedAfter(absl::string_view list, Position position) const;

  // Whether a correction in (`after`, `up_to`] changes a contribution to the list
  // of an event up to `after`. Reads the list's keys if corrections that came after
  // `after` have been stored, memory alone otherwise. DATA_LOSS if one is damaged.
  absl::StatusOr<bool> HasChanged(absl::string_view list, Position after, Position up_to) const;

 private:
  struct Source {
    std::shared_ptr<const ListTail> tail;
    Position stored;
    Position last_stored_change;
  };
  Source Readable() const;

  // The key of the first row to read.
  std::string FirstRow(const ListRange& range, const std::string& end) const;

  const storage::Database* const database_;
  const std::string prefix_;
  const std::string changes_mark_;
  std::shared_ptr<ListTail> tail_;  // Of the thread that adds.

  mutable Mutex mutex_;
  std::shared_ptr<const ListTail> read_tail_ ABSL_GUARDED_BY(mutex_);
  Position stored_ ABSL_GUARDED_BY(mutex_);
  // No stored correction arrived later; 0: there is none.
  Position last_stored_change_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_LISTS_H_
