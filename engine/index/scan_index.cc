#include "engine/index/scan_index.h"

#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/index/contribution_cursor.h"
#include "engine/index/index_row.h"
#include "engine/index/quantity_sum.h"

namespace annals {
namespace {

// A contribution that may hold a register, its value not decoded yet.
struct Holder {
  std::string elements;
  std::string content;
  Position position;
  Instant occurred;
  Instant known;
};

absl::StatusOr<RegisterRow> ToRow(const Holder& holder, const Measure& measure) {
  RegisterRow row;
  ANNALS_ASSIGN_OR_RETURN(row.key, DecodeKey(holder.elements, measure.key_names.size()));
  if (!row.value.ParseFromString(holder.content)) {
    return absl::DataLossError(
        absl::StrCat("the value that event ", holder.position.value, " states is damaged"));
  }
  row.position = holder.position;
  row.occurred = holder.occurred;
  row.known = holder.known;
  return row;
}

absl::StatusOr<TallyRow> ToRow(const std::string& elements, const QuantitySum& sum,
                               const Measure& measure) {
  TallyRow row;
  ANNALS_ASSIGN_OR_RETURN(row.key, DecodeKey(elements, measure.key_names.size()));
  const absl::StatusOr<Quantity> total = sum.Total();
  if (!total.ok()) {
    return Annotate(total.status(), absl::StrCat("group (", absl::StrJoin(row.key, ", "), ")"));
  }
  row.sum = *total;
  return row;
}

// The group and the member of a set's contribution.
absl::StatusOr<std::pair<Key, std::string>> SplitMember(absl::string_view elements,
                                                        const Measure& measure) {
  ANNALS_ASSIGN_OR_RETURN(Key key, DecodeKey(elements, measure.key_names.size() + 1));
  std::string member = std::move(key.back());
  key.pop_back();
  return std::make_pair(std::move(key), std::move(member));
}

}  // namespace

template <typename Visit>
absl::Status ScanIndex::Walk(const MeasureRef& measure, MeasureRows rows, const Slice& slice,
                             Visit visit) const {
  ContributionCursor contributions(std::move(rows.rows), rows.prefix_bytes, slice);
  absl::Status status;
  while (contributions.Next()) {
    const absl::StatusOr<bool> more = visit(contributions);
    status = more.status();
    if (!more.ok() || !*more) break;
  }
  if (status.ok()) status = contributions.status();
  return In(measure, status);
}

absl::Status ScanIndex::In(const MeasureRef& measure, const absl::Status& status) const {
  return Annotate(
      status, absl::StrCat("timeline \"", served_->timeline(), "\", measure \"", measure.measure,
                           "\" of projection \"", measure.projection, "\""));
}

absl::StatusOr<std::vector<TallyRow>> ScanIndex::Tallies(const MeasureRef& measure,
                                                         const Key& prefix,
                                                         const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(MeasureRows rows, served_->Open(measure, MeasureKind::kTally, prefix));
  const Measure& found = *rows.measure;
  std::vector<std::pair<std::string, QuantitySum>> sums;
  ANNALS_RETURN_IF_ERROR(Walk(measure, std::move(rows), slice,
                              [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
                                if (sums.empty() || sums.back().first != contribution.elements()) {
                                  sums.emplace_back(contribution.elements(), QuantitySum());
                                }
                                ANNALS_ASSIGN_OR_RETURN(const Quantity quantity,
                                                        DecodeQuantity(contribution.content()));
                                sums.back().second.Add(quantity);
                                return true;
                              }));
  std::vector<TallyRow> answer;
  for (const auto& [elements, sum] : sums) {
    auto row = ToRow(elements, sum, found);
    if (!row.ok()) return In(measure, row.status());
    answer.push_back(*std::move(row));
  }
  return answer;
}

absl::StatusOr<std::vector<RegisterRow>> ScanIndex::Registers(const MeasureRef& measure,
                                                              const Key& prefix,
                                                              const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(MeasureRows rows, served_->Open(measure, MeasureKind::kRegister, prefix));
  const Measure& found = *rows.measure;
  std::vector<Holder> holders;
  ANNALS_RETURN_IF_ERROR(
      Walk(measure, std::move(rows), slice,
           [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
             const bool same_key =
                 !holders.empty() && holders.back().elements == contribution.elements();
             // Contributions come in order of position, so of equal ones the last holds.
             if (same_key && std::tie(holders.back().occurred, holders.back().known) >
                                 std::make_tuple(contribution.occurred(), contribution.known())) {
               return true;
             }
             if (!same_key) holders.emplace_back();
             holders.back() = {contribution.elements(), contribution.content(),
                               contribution.event(), contribution.occurred(), contribution.known()};
             return true;
           }));
  std::vector<RegisterRow> answer;
  for (const Holder& holder : holders) {
    auto row = ToRow(holder, found);
    if (!row.ok()) return In(measure, row.status());
    answer.push_back(*std::move(row));
  }
  return answer;
}

absl::StatusOr<std::vector<SetRow>> ScanIndex::Sets(const MeasureRef& measure, const Key& prefix,
                                                    const Slice& slice) const {
  ANNALS_ASSIGN_OR_RETURN(MeasureRows rows, served_->Open(measure, MeasureKind::kSet, prefix));
  const Measure& found = *rows.measure;
  std::vector<SetRow> answer;
  std::string last;
  ANNALS_RETURN_IF_ERROR(Walk(measure, std::move(rows), slice,
                              [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
                                if (!answer.empty() && last == contribution.elements()) return true;
                                last = contribution.elements();
                                ANNALS_ASSIGN_OR_RETURN(auto split, SplitMember(last, found));
                                if (answer.empty() || answer.back().key != split.first) {
                                  answer.push_back({.key = std::move(split.first)});
                                }
                                ++answer.back().members;
                                return true;
                              }));
  return answer;
}

absl::StatusOr<std::vector<std::string>> ScanIndex::Members(const MeasureRef& measure,
                                                            const Key& group, const Slice& slice,
                                                            const std::string& after,
                                                            size_t limit) const {
  ANNALS_ASSIGN_OR_RETURN(MeasureRows rows,
                          served_->Open(measure, MeasureKind::kSet, group, after));
  const Measure& found = *rows.measure;
  if (group.size() < found.key_names.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("measure \"", measure.measure, "\" of projection \"", measure.projection,
                     "\" has members for each (", absl::StrJoin(found.key_names, ", "),
                     "), and was asked for those of a group of ", group.size(), " elements"));
  }
  std::vector<std::string> members;
  if (limit == 0) return members;
  ANNALS_RETURN_IF_ERROR(Walk(measure, std::move(rows), slice,
                              [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
                                ANNALS_ASSIGN_OR_RETURN(
                                    auto split, SplitMember(contribution.elements(), found));
                                if (members.empty() || members.back() != split.second) {
                                  members.push_back(std::move(split.second));
                                }
                                return members.size() < limit;
                              }));
  return members;
}

absl::StatusOr<std::vector<Position>> ScanIndex::Contributors(const MeasureRef& measure,
                                                              const Key& prefix, const Slice& slice,
                                                              Position after, size_t limit) const {
  ANNALS_ASSIGN_OR_RETURN(MeasureRows rows, served_->Open(measure, std::nullopt, prefix));
  std::set<Position> smallest;  // At most `limit` of them.
  ANNALS_RETURN_IF_ERROR(Walk(measure, std::move(rows), slice,
                              [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
                                if (contribution.event() <= after) return true;
                                smallest.insert(contribution.event());
                                if (smallest.size() > limit)
                                  smallest.erase(std::prev(smallest.end()));
                                return true;
                              }));
  return std::vector<Position>(smallest.begin(), smallest.end());
}

}  // namespace annals
