#include "engine/index/answering/scan_index.h"

#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/index/answering/contributors.h"
#include "engine/index/answering/register_row.h"
#include "engine/index/answering/tally_row.h"
#include "engine/index/index_row.h"
#include "engine/index/lists/contribution_cursor.h"
#include "engine/index/measure/quantity_sum.h"

namespace annals {
namespace {

// A contribution that may hold a register, its value not decoded yet.
struct Holder {
  std::string list;
  std::string content;
  Position position;
  Instant occurred;
  Instant known;
};

absl::StatusOr<RegisterRow> ToRow(const Holder& holder, const Measure& measure) {
  ANNALS_ASSIGN_OR_RETURN(Key key, DecodeKey(holder.list, measure.key_names.size()));
  return ToRegisterRow(std::move(key), holder.content, holder.position, holder.occurred,
                       holder.known);
}

// The group and the member of a set's contribution.
absl::StatusOr<std::pair<Key, std::string>> SplitMember(absl::string_view elements,
                                                        const Measure& measure) {
  ANNALS_ASSIGN_OR_RETURN(Key key, DecodeKey(elements, measure.key_names.size() + 1));
  std::string member = std::move(key.back());
  key.pop_back();
  return std::make_pair(std::move(key), std::move(member));
}

// Puts the contribution in place of its key's last holder, if it comes after that.
// Contributions come in order of position, so of equal ones the last holds.
void Challenge(const ContributionCursor& contribution, std::vector<Holder>* holders) {
  const bool is_new = holders->empty() || holders->back().list != contribution.list();
  if (!is_new && std::tie(holders->back().occurred, holders->back().known) >
                     std::make_tuple(contribution.occurred(), contribution.known())) {
    return;
  }
  if (is_new) holders->emplace_back();
  holders->back() = {contribution.list(), std::string(contribution.content()), contribution.event(),
                     contribution.occurred(), contribution.known()};
}

// The answer to one slice.
template <typename Row>
absl::StatusOr<std::vector<Row>> Only(absl::StatusOr<std::vector<std::vector<Row>>> answers) {
  ANNALS_RETURN_IF_ERROR(answers.status());
  return std::move(answers->front());
}

ListRange RangeOf(const ServedMeasure& served, const Key& prefix) {
  std::string list = EncodeKey(prefix);
  const bool is_whole = prefix.size() == served.measure->key_names.size();
  return is_whole ? ListRange::OneList(std::move(list)) : ListRange::WithPrefix(std::move(list));
}

}  // namespace

template <typename Visit>
absl::Status ScanIndex::Walk(const MeasureRef& measure, const ServedMeasure& served, ListKind kind,
                             const ListRange& range, absl::Span<const Slice> slices,
                             Visit visit) const {
  if (slices.empty()) return absl::OkStatus();
  const ContributionLists& lists =
      kind == ListKind::kByKey ? served.index->by_key() : served.index->by_member();
  std::vector<Slice> clamped;
  for (const Slice& slice : slices) clamped.push_back(served.Clamped(slice));
  ContributionCursor contributions(lists.Open(range, clamped.front().position), clamped);
  absl::Status status;
  while (contributions.Next()) {
    const absl::StatusOr<bool> more = visit(contributions);
    status = more.status();
    if (!more.ok() || !*more) break;
  }
  if (status.ok()) status = contributions.status();
  return served_->In(measure, status);
}

absl::StatusOr<std::vector<TallyRow>> ScanIndex::Tallies(const MeasureRef& measure,
                                                         const Key& prefix,
                                                         const Slice& slice) const {
  return Only(TallySweep(measure, prefix, absl::MakeConstSpan(&slice, 1)));
}

absl::StatusOr<std::vector<RegisterRow>> ScanIndex::Registers(const MeasureRef& measure,
                                                              const Key& prefix,
                                                              const Slice& slice) const {
  return Only(RegisterSweep(measure, prefix, absl::MakeConstSpan(&slice, 1)));
}

absl::StatusOr<std::vector<SetRow>> ScanIndex::Sets(const MeasureRef& measure, const Key& prefix,
                                                    const Slice& slice) const {
  return Only(SetSweep(measure, prefix, absl::MakeConstSpan(&slice, 1)));
}

absl::StatusOr<std::vector<std::vector<TallyRow>>> ScanIndex::TallySweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kTally, prefix));
  std::vector<std::vector<std::pair<std::string, QuantitySum>>> sums(slices.size());
  ANNALS_RETURN_IF_ERROR(Walk(
      measure, served, ListKind::kByKey, RangeOf(served, prefix), slices,
      [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
        ANNALS_ASSIGN_OR_RETURN(const Quantity quantity, DecodeQuantity(contribution.content()));
        for (size_t i = 0; i < slices.size(); ++i) {
          if (!contribution.IsIn(i)) continue;
          if (sums[i].empty() || sums[i].back().first != contribution.list()) {
            sums[i].emplace_back(contribution.list(), QuantitySum());
          }
          sums[i].back().second.Add(quantity);
        }
        return true;
      }));
  std::vector<std::vector<TallyRow>> answers(slices.size());
  for (size_t i = 0; i < slices.size(); ++i) {
    for (const auto& [list, sum] : sums[i]) {
      auto row = ToTallyRow(list, sum, *served.measure);
      if (!row.ok()) return served_->In(measure, row.status());
      answers[i].push_back(*std::move(row));
    }
  }
  return answers;
}

absl::StatusOr<std::vector<std::vector<RegisterRow>>> ScanIndex::RegisterSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kRegister, prefix));
  std::vector<std::vector<Holder>> holders(slices.size());
  ANNALS_RETURN_IF_ERROR(Walk(measure, served, ListKind::kByKey, RangeOf(served, prefix), slices,
                              [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
                                for (size_t i = 0; i < slices.size(); ++i) {
                                  if (contribution.IsIn(i)) Challenge(contribution, &holders[i]);
                                }
                                return true;
                              }));
  std::vector<std::vector<RegisterRow>> answers(slices.size());
  for (size_t i = 0; i < slices.size(); ++i) {
    for (const Holder& holder : holders[i]) {
      auto row = ToRow(holder, *served.measure);
      if (!row.ok()) return served_->In(measure, row.status());
      answers[i].push_back(*std::move(row));
    }
  }
  return answers;
}

absl::StatusOr<std::vector<std::vector<SetRow>>> ScanIndex::SetSweep(
    const MeasureRef& measure, const Key& prefix, absl::Span<const Slice> slices) const {
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kSet, prefix));
  std::vector<std::vector<SetRow>> answers(slices.size());
  std::vector<std::string> last(slices.size());
  ANNALS_RETURN_IF_ERROR(
      Walk(measure, served, ListKind::kByMember, ListRange::WithPrefix(EncodeKey(prefix)), slices,
           [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
             for (size_t i = 0; i < slices.size(); ++i) {
               std::vector<SetRow>& rows = answers[i];
               if (!contribution.IsIn(i)) continue;
               if (!rows.empty() && last[i] == contribution.list()) continue;
               last[i] = contribution.list();
               ANNALS_ASSIGN_OR_RETURN(auto split, SplitMember(last[i], *served.measure));
               if (rows.empty() || rows.back().key != split.first) {
                 rows.push_back({.key = std::move(split.first)});
               }
               ++rows.back().members;
             }
             return true;
           }));
  return answers;
}

absl::StatusOr<std::vector<std::string>> ScanIndex::Members(const MeasureRef& measure,
                                                            const Key& group, const Slice& slice,
                                                            const std::string& after,
                                                            size_t limit) const {
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served,
                          served_->Open(measure, MeasureKind::kSet, group));
  const Measure& found = *served.measure;
  if (group.size() < found.key_names.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("measure \"", measure.measure, "\" of projection \"", measure.projection,
                     "\" has members for each (", absl::StrJoin(found.key_names, ", "),
                     "), and was asked for those of a group of ", group.size(), " elements"));
  }
  std::vector<std::string> members;
  if (limit == 0) return members;
  ListRange range = ListRange::WithPrefix(EncodeKey(group));
  if (!after.empty()) {
    AppendKeyElement(&range.begin, after);
    range.begin = PrefixEnd(range.begin);
  }
  ANNALS_RETURN_IF_ERROR(
      Walk(measure, served, ListKind::kByMember, range, absl::MakeConstSpan(&slice, 1),
           [&](const ContributionCursor& contribution) -> absl::StatusOr<bool> {
             ANNALS_ASSIGN_OR_RETURN(auto split, SplitMember(contribution.list(), found));
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
  ANNALS_ASSIGN_OR_RETURN(const ServedMeasure served, served_->Open(measure, std::nullopt, prefix));
  auto positions = ContributorsOf(served, prefix, served.Clamped(slice), after, limit);
  if (!positions.ok()) return served_->In(measure, positions.status());
  return positions;
}

}  // namespace annals
