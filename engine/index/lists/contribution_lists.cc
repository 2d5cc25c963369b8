#include "engine/index/lists/contribution_lists.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status.h"
#include "engine/index/index_keys.h"
#include "engine/index/index_row.h"

namespace annals {
namespace {

// The most contributions of a block: reading one from its middle on decodes half
// of it in vain.
constexpr size_t kBlockContributions = 512;

constexpr auto kFamily = storage::Family::kContributions;

bool Has(const storage::Database& database, const std::string& key) {
  const auto value = database.Get(kFamily, key);
  // An error shows again when rows are read.
  return !value.ok() || value->has_value();
}

std::string UpTo(const std::string& prefix, const ListRange& range) {
  return range.end.empty() ? PrefixEnd(prefix) : absl::StrCat(prefix, range.end);
}

}  // namespace

ContributionLists::ContributionLists(const storage::Database* database, std::string prefix,
                                     std::string changes_mark, Position stored)
    : database_(database),
      prefix_(std::move(prefix)),
      changes_mark_(std::move(changes_mark)),
      tail_(std::make_shared<ListTail>()),
      read_tail_(tail_),
      stored_(stored),
      last_stored_change_(Has(*database, changes_mark_) ? std::max(stored, Position{1})
                                                        : Position{0}) {}

uint32_t ContributionLists::State(absl::string_view list, StatedContribution contribution) {
  return tail_->State(list, std::move(contribution));
}

uint32_t ContributionLists::Change(absl::string_view list, ChangedContribution change) {
  return tail_->Change(list, std::move(change));
}

void ContributionLists::Stage(storage::Batch* batch) const {
  tail_->VisitLists([&](absl::string_view list, absl::Span<const StatedContribution> stated,
                        absl::Span<const ChangedContribution> changed) {
    for (size_t at = 0; at < stated.size();) {
      // One event's contributions to a list stay together, so that keys differ.
      size_t end = std::min(at + kBlockContributions, stated.size());
      while (end < stated.size() && stated[end].event == stated[end - 1].event) ++end;
      std::string key = absl::StrCat(prefix_, list);
      AppendBlockSuffix(&key, stated[at].event);
      batch->Put(kFamily, key, EncodeContributionBlock(stated.subspan(at, end - at)));
      at = end;
    }
    for (const ChangedContribution& change : changed) {
      std::string key = absl::StrCat(prefix_, list);
      AppendChangeSuffix(&key, change.event, change.ordinal, change.arrival);
      batch->Put(kFamily, key, EncodeChangedRow(change.steps));
    }
  });
  if (tail_->last_change() > Position{0}) batch->Put(kFamily, changes_mark_, "");
}

void ContributionLists::Stored(Position up_to) {
  const Position last_change = tail_->last_change();
  tail_ = std::make_shared<ListTail>(tail_->lists());
  MutexLock lock(&mutex_);
  read_tail_ = tail_;
  stored_ = up_to;
  last_stored_change_ = std::max(last_stored_change_, last_change);
}

ContributionLists::Source ContributionLists::Readable() const {
  MutexLock lock(&mutex_);
  return {read_tail_, stored_, last_stored_change_};
}

std::string ContributionLists::FirstRow(const ListRange& range, const std::string& end) const {
  std::string first = absl::StrCat(prefix_, range.begin);
  if (range.after == Position{0}) return first;
  // From the block on that may hold the next event.
  std::string next = first;
  AppendBlockSuffix(&next, range.after);
  storage::Cursor rows = database_->Scan(kFamily, first, end);
  for (rows.SeekForPrevious(next); rows.Valid(); rows.Previous()) {
    const absl::StatusOr<ListRow> row = IndexKeys::ParseListRow(rows.key(), prefix_.size());
    // A damaged one shows again when it is read.
    if (!row.ok() || !row->is_change) return std::string(rows.key());
  }
  return first;
}

ListCursor ContributionLists::Open(const ListRange& range, Position up_to) const {
  const Source source = Readable();
  const std::string end = UpTo(prefix_, range);
  return ListCursor({.rows = database_->Scan(kFamily, FirstRow(range, end), end),
                     .prefix_bytes = prefix_.size(),
                     .up_to = source.stored},
                    range, source.tail->In(range), up_to);
}

bool ContributionLists::MayHaveStatedAfter(absl::string_view list, Position position) const {
  const Source source = Readable();
  return source.stored > position || source.tail->HasStatedAfter(list, position);
}

absl::StatusOr<bool> ContributionLists::HasChanged(absl::string_view list, Position after,
                                                   Position up_to) const {
  const Source source = Readable();
  if (source.tail->HasChanged(list, after, up_to)) return true;
  if (source.last_stored_change <= after) return false;
  const std::string begin = absl::StrCat(prefix_, list);
  storage::Cursor rows = database_->Scan(kFamily, begin, PrefixEnd(begin));
  for (rows.SeekToFirst(); rows.Valid(); rows.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const ListRow row, IndexKeys::ParseListRow(rows.key(), prefix_.size()));
    if (row.list != list || row.event > after) break;
    if (row.is_change && row.arrival > after && row.arrival <= up_to) return true;
  }
  ANNALS_RETURN_IF_ERROR(rows.status());
  return false;
}

}  // namespace annals
