// ContributionCursor: walks over the contributions in a slice, or in several.
//
//   while (contributions.Next()) { … contributions.list() … }
//   ANNALS_RETURN_IF_ERROR(contributions.status());
#ifndef ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_CURSOR_H_
#define ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/lists/list_cursor.h"
#include "engine/index/temporal_index.h"

namespace annals {

// A contribution is in a slice if it occurred by then, and its presence, the steps
// of its changes added to what it states, is 1 at `known`. Ordered by list, then
// event, then ordinal. Not thread-safe.
class ContributionCursor {
 public:
  // The slices must be of one world and position, and `rows` opened up to that.
  ContributionCursor(ListCursor rows, absl::Span<const Slice> slices);

  // Moves to the next contribution that is in any of the slices. False at the end, and on an
  // error: ask status().
  bool Next();

  // Of the contribution under the cursor; valid until it moves.
  const std::string& list() const { return rows_.list(); }  // Encoded.
  absl::string_view content() const { return rows_.content(); }
  Position event() const { return rows_.event(); }
  Instant occurred() const { return occurred_; }  // In the slices' world.
  Instant known() const { return known_; }

  // Whether it is in the slice of this number.
  bool IsIn(size_t slice) const { return is_in_[slice]; }

  // DATA_LOSS if rows are damaged, or don't add up to 0 or 1.
  absl::Status status() const { return status_; }

 private:
  absl::StatusOr<bool> IsInAny();
  absl::StatusOr<bool> IsInSlice(const Slice& slice) const;

  ListCursor rows_;
  const std::vector<Slice> slices_;
  std::vector<char> is_in_;
  absl::Status status_;
  Instant occurred_;
  Instant known_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_LISTS_CONTRIBUTION_CURSOR_H_
