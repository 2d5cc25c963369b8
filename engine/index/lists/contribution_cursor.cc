#include "engine/index/lists/contribution_cursor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/admission.h"

namespace annals {

ContributionCursor::ContributionCursor(ListCursor rows, absl::Span<const Slice> slices)
    : rows_(std::move(rows)), slices_(slices.begin(), slices.end()), is_in_(slices.size()) {}

bool ContributionCursor::Next() {
  while (status_.ok() && rows_.Next()) {
    const absl::StatusOr<bool> in_slice = IsInAny();
    if (!in_slice.ok()) {
      status_ = in_slice.status();
    } else if (*in_slice) {
      return true;
    }
  }
  if (status_.ok()) status_ = rows_.status();
  return false;
}

absl::StatusOr<bool> ContributionCursor::IsInAny() {
  if (slices_.empty() || rows_.event() > slices_.front().position) return false;
  const WorldKind world = slices_.front().world;
  occurred_ = CoordinateIn(world, rows_.times().occurred);
  known_ = CoordinateIn(world, rows_.times().known);
  bool is_in_any = false;
  for (size_t i = 0; i < slices_.size(); ++i) {
    ANNALS_ASSIGN_OR_RETURN(const bool is_in, IsInSlice(slices_[i]));
    is_in_[i] = is_in ? 1 : 0;
    is_in_any = is_in_any || is_in;
  }
  return is_in_any;
}

absl::StatusOr<bool> ContributionCursor::IsInSlice(const Slice& slice) const {
  int sum = known_ <= slice.known ? 1 : 0;
  for (const WorldSteps& steps : rows_.changes()) {
    sum += ValueAt(steps.In(slice.world), slice.known);
  }
  if (sum != 0 && sum != 1) {
    return absl::DataLossError(absl::StrCat("the corrections of event ", rows_.event().value,
                                            " don't add up: it would be there ", sum, " times"));
  }
  return sum == 1 && occurred_ <= slice.valid;
}

}  // namespace annals
