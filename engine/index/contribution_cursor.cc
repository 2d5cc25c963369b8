#include "engine/index/contribution_cursor.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/admission.h"
#include "engine/index/index_row.h"

namespace annals {

ContributionCursor::ContributionCursor(storage::Cursor rows, size_t prefix_bytes,
                                       const Slice& slice)
    : rows_(std::move(rows)), prefix_bytes_(prefix_bytes), slice_(slice) {}

bool ContributionCursor::Next() {
  if (!started_) rows_.SeekToFirst();
  started_ = true;
  while (status_.ok() && rows_.Valid()) {
    const absl::StatusOr<bool> in_slice = ReadContribution();
    if (!in_slice.ok()) {
      status_ = in_slice.status();
    } else if (*in_slice) {
      return true;
    }
  }
  if (status_.ok()) status_ = rows_.status();
  return false;
}

absl::StatusOr<bool> ContributionCursor::ReadContribution() {
  ANNALS_RETURN_IF_ERROR(ReadStated());
  ANNALS_ASSIGN_OR_RETURN(const int changes, SumOfChanges());
  if (event_ > slice_.position) return false;
  const int sum = (known_ <= slice_.known ? 1 : 0) + changes;
  if (sum != 0 && sum != 1) {
    return absl::DataLossError(absl::StrCat("the corrections of event ", event_.value,
                                            " don't add up: it would be there ", sum, " times"));
  }
  return sum == 1 && occurred_ <= slice_.valid;
}

absl::Status ContributionCursor::ReadStated() {
  ANNALS_ASSIGN_OR_RETURN(const RowId row, IndexKeys::ParseRow(rows_.key(), prefix_bytes_));
  if (row.arrival != row.event) {
    return absl::DataLossError(absl::StrCat("a contribution of event ", row.event.value,
                                            " is missing, and a correction of it is there"));
  }
  ANNALS_ASSIGN_OR_RETURN(const StatedRow stated, DecodeStatedRow(rows_.value()));
  elements_.assign(row.elements.data(), row.elements.size());
  content_.assign(stated.content.data(), stated.content.size());
  event_ = row.event;
  ordinal_ = row.ordinal;
  occurred_ = CoordinateIn(slice_.world, stated.times.occurred);
  known_ = CoordinateIn(slice_.world, stated.times.known);
  rows_.Next();
  return absl::OkStatus();
}

absl::StatusOr<int> ContributionCursor::SumOfChanges() {
  const RowId contribution = {.elements = elements_, .event = event_, .ordinal = ordinal_};
  int sum = 0;
  for (; rows_.Valid(); rows_.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const RowId row, IndexKeys::ParseRow(rows_.key(), prefix_bytes_));
    if (!row.SameContribution(contribution)) break;
    if (row.arrival > slice_.position) continue;
    ANNALS_ASSIGN_OR_RETURN(const WorldSteps steps, DecodeChangedRow(rows_.value()));
    sum += ValueAt(steps.In(slice_.world), slice_.known);
  }
  return sum;
}

}  // namespace annals
