// ListCursor: walks over the contributions of some lists of a measure.
//
//   while (cursor.Next()) { … cursor.event() … }
//   ANNALS_RETURN_IF_ERROR(cursor.status());
#ifndef ANNALS_ENGINE_INDEX_LISTS_LIST_CURSOR_H_
#define ANNALS_ENGINE_INDEX_LISTS_LIST_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/position.h"
#include "engine/index/admission.h"
#include "engine/index/index_keys.h"
#include "engine/index/lists/contribution_block.h"
#include "engine/index/lists/list_range.h"
#include "engine/index/lists/list_tail.h"
#include "engine/storage/database.h"
#include "engine/time/causality.h"

namespace annals {

// Each contribution comes with the changes of it, whatever the corrections'
// positions up to `up_to`. Ordered by list, then event, then ordinal. The rows in
// the database are read as far as `stored`; what came after is in the tail. Not
// thread-safe; the Database must outlive it. Stays where it is once it was moved to the
// first contribution.
class ListCursor {
 public:
  struct Stored {
    storage::Cursor rows;  // From a block on.
    size_t prefix_bytes;
    Position up_to;  // What the tail does not have.
  };

  ListCursor(Stored stored, const ListRange& range, ListTail::Lists tail, Position up_to);

  // Moves to the next contribution. False at the end, and on an error: ask
  // status().
  bool Next();

  // Of the contribution under the cursor; valid until it moves.
  const std::string& list() const { return list_; }
  Position event() const { return event_; }
  uint32_t ordinal() const { return ordinal_; }
  const EventTimes& times() const { return times_; }
  absl::string_view content() const { return content_; }
  absl::Span<const WorldSteps> changes() const { return changes_; }

  // DATA_LOSS if blocks or changes are damaged, or a change has no contribution.
  absl::Status status() const { return status_; }

 private:
  enum class Source { kNone, kBlock, kTail };

  absl::StatusOr<bool> Step();
  absl::Status ReadRow();
  absl::Status Advance();
  absl::Status FindBlock();
  absl::Status OpenBlock();
  bool IsStored(const ListRow& change) const;
  absl::StatusOr<bool> StartList();
  bool StartTail();
  absl::Status CollectStoredChanges();
  absl::Status CollectTailChanges();
  absl::Status Orphan(Position event) const;

  Stored stored_;
  const Position after_;
  const Position up_to_;
  ListTail::Lists tail_;
  absl::Status status_;
  bool started_ = false;

  Source source_ = Source::kNone;
  std::optional<ListRow> row_;  // Under stored_.rows; none: at its end.
  std::string block_;           // What is read, for the rows move on to its changes.
  std::optional<ContributionBlockReader> reader_;
  size_t tail_list_ = 0;     // The first list of the tail that is not done.
  size_t tail_stated_ = 0;   // Within it.
  size_t tail_changed_ = 0;  // Within it.

  std::string list_;
  Position event_;
  uint32_t ordinal_ = 0;
  EventTimes times_;
  absl::string_view content_;
  std::vector<WorldSteps> changes_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_LIST_CURSOR_H_
