#include "engine/query/world.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"

namespace annals {
namespace {

// More than any group has.
constexpr size_t kAllMembers = size_t{1} << 40;

// The row of a full key. A shorter one is a bug of the view that could go
// unnoticed for long: with a single row below it, it would look right.
template <typename Row>
absl::StatusOr<std::optional<Row>> OnlyRow(absl::StatusOr<std::vector<Row>> rows,
                                           const MeasureRef& measure, const Key& key) {
  ANNALS_RETURN_IF_ERROR(rows.status());
  if (rows->empty()) return std::optional<Row>();
  if (rows->front().key.size() != key.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("measure \"", measure.projection, ".", measure.measure, "\": the key (",
                     absl::StrJoin(key, ", "), ") has ", key.size(), " elements of ",
                     rows->front().key.size(), "; ask for all rows under a prefix instead"));
  }
  return std::optional<Row>(std::move(rows->front()));
}

}  // namespace

absl::StatusOr<std::optional<Quantity>> World::Sum(const MeasureRef& tally,
                                                   const Key& group) const {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<TallyRow> row,
                          OnlyRow(index_->Tallies(tally, group, slice_), tally, group));
  if (!row) return std::optional<Quantity>();
  return std::optional<Quantity>(row->sum);
}

absl::StatusOr<std::optional<RegisterRow>> World::Latest(const MeasureRef& reg,
                                                         const Key& key) const {
  return OnlyRow(index_->Registers(reg, key, slice_), reg, key);
}

absl::StatusOr<uint64_t> World::CountMembers(const MeasureRef& set, const Key& group) const {
  ANNALS_ASSIGN_OR_RETURN(const std::optional<SetRow> row,
                          OnlyRow(index_->Sets(set, group, slice_), set, group));
  return row ? row->members : 0;
}

absl::StatusOr<std::vector<TallyRow>> World::Sums(const MeasureRef& tally,
                                                  const Key& prefix) const {
  return index_->Tallies(tally, prefix, slice_);
}

absl::StatusOr<std::vector<RegisterRow>> World::AllLatest(const MeasureRef& reg,
                                                          const Key& prefix) const {
  return index_->Registers(reg, prefix, slice_);
}

absl::StatusOr<std::vector<SetRow>> World::Counts(const MeasureRef& set, const Key& prefix) const {
  return index_->Sets(set, prefix, slice_);
}

absl::StatusOr<std::vector<std::string>> World::Members(const MeasureRef& set,
                                                        const Key& group) const {
  return index_->Members(set, group, slice_, "", kAllMembers);
}

}  // namespace annals
