// ContributionCursor: walks over the contributions in one slice.
//
//   while (contributions.Next()) { … contributions.elements() … }
//   ANNALS_RETURN_IF_ERROR(contributions.status());
#ifndef ANNALS_ENGINE_INDEX_CONTRIBUTION_CURSOR_H_
#define ANNALS_ENGINE_INDEX_CONTRIBUTION_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/instant.h"
#include "engine/base/position.h"
#include "engine/index/index_keys.h"
#include "engine/index/temporal_index.h"
#include "engine/storage/database.h"

namespace annals {

// Reads the rows of each contribution, which are neighbours, and adds up their
// steps: a contribution is in the slice if the sum at `known` is 1. Ordered by
// elements, then event, then ordinal. Not thread-safe; the Database must
// outlive it.
class ContributionCursor {
 public:
  // `rows` must walk over one measure, whose key prefix has `prefix_bytes`.
  ContributionCursor(storage::Cursor rows, size_t prefix_bytes, const Slice& slice);

  // Moves to the next contribution in the slice. False at the end, and on an
  // error: ask status().
  bool Next();

  // Of the contribution under the cursor; valid until it moves.
  const std::string& elements() const { return elements_; }  // Encoded.
  const std::string& content() const { return content_; }
  Position event() const { return event_; }
  Instant occurred() const { return occurred_; }  // In the slice's world.
  Instant known() const { return known_; }

  // DATA_LOSS if rows are damaged, or don't add up to 0 or 1.
  absl::Status status() const { return status_; }

 private:
  // Reads one contribution's rows; whether it is in the slice.
  absl::StatusOr<bool> ReadContribution();
  absl::Status ReadStated();
  absl::StatusOr<int> SumOfChanges();

  storage::Cursor rows_;
  const size_t prefix_bytes_;
  const Slice slice_;
  bool started_ = false;
  absl::Status status_;
  std::string elements_;
  std::string content_;
  Position event_;
  uint32_t ordinal_ = 0;
  Instant occurred_;
  Instant known_;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_INDEX_CONTRIBUTION_CURSOR_H_
