#include "engine/index/lists/contribution_lists.h"

#include <algorithm>
#include <optional>
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

bool HasRows(const storage::Database& database, const std::string& prefix) {
  storage::Cursor cursor = database.Scan(kFamily, prefix, PrefixEnd(prefix));
  cursor.SeekToFirst();
  // An error shows again when they are read.
  return cursor.Valid() || !cursor.status().ok();
}

std::string UpTo(const std::string& prefix, const ListRange& range) {
  return range.end.empty() ? PrefixEnd(prefix) : absl::StrCat(prefix, range.end);
}

}  // namespace

ContributionLists::ContributionLists(const storage::Database* database, std::string blocks_prefix,
                                     std::string changes_prefix, Position stored)
    : database_(database),
      blocks_prefix_(std::move(blocks_prefix)),
      changes_prefix_(std::move(changes_prefix)),
      tail_(std::make_shared<ListTail>()),
      read_tail_(tail_),
      stored_(stored),
      last_stored_change_(HasRows(*database, changes_prefix_) ? std::max(stored, Position{1})
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
      std::string key = absl::StrCat(blocks_prefix_, list);
      AppendBlockSuffix(&key, stated[at].event);
      batch->Put(kFamily, key, EncodeContributionBlock(stated.subspan(at, end - at)));
      at = end;
    }
    for (const ChangedContribution& change : changed) {
      std::string key = absl::StrCat(changes_prefix_, list);
      AppendChangeSuffix(&key, change.event, change.ordinal, change.arrival);
      batch->Put(kFamily, key, EncodeChangedRow(change.steps));
    }
  });
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

ListCursor ContributionLists::Open(const ListRange& range, Position up_to) const {
  const Source source = Readable();
  std::string begin = absl::StrCat(blocks_prefix_, range.begin);
  const std::string end = UpTo(blocks_prefix_, range);
  if (range.after > Position{0}) {
    // From the block on that may hold the next event.
    std::string next = begin;
    AppendBlockSuffix(&next, range.after);
    storage::Cursor cursor = database_->Scan(kFamily, begin, end);
    cursor.SeekForPrevious(next);
    if (cursor.Valid()) begin = std::string(cursor.key());
  }
  storage::Cursor blocks = database_->Scan(kFamily, begin, end);
  std::optional<storage::Cursor> changes;
  if (source.last_stored_change > Position{0}) {
    std::string first = absl::StrCat(changes_prefix_, range.begin);
    if (range.after > Position{0}) AppendBigEndian64(&first, range.after.value + 1);
    changes.emplace(database_->Scan(kFamily, first, UpTo(changes_prefix_, range)));
  }
  return ListCursor({.blocks = std::move(blocks),
                     .blocks_prefix_bytes = blocks_prefix_.size(),
                     .changes = std::move(changes),
                     .changes_prefix_bytes = changes_prefix_.size(),
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
  const std::string begin = absl::StrCat(changes_prefix_, list);
  storage::Cursor rows = database_->Scan(kFamily, begin, PrefixEnd(begin));
  for (rows.SeekToFirst(); rows.Valid(); rows.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const ChangeId change,
                            IndexKeys::ParseChange(rows.key(), changes_prefix_.size()));
    if (change.list != list || change.event > after) break;
    if (change.arrival > after && change.arrival <= up_to) return true;
  }
  ANNALS_RETURN_IF_ERROR(rows.status());
  return false;
}

}  // namespace annals
