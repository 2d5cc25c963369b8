#include "engine/index/lists/contribution_lists.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
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
      has_stored_changes_(HasRows(*database, changes_prefix_)) {}

void ContributionLists::State(absl::string_view list, StatedContribution contribution) {
  tail_->State(list, std::move(contribution));
}

void ContributionLists::Change(absl::string_view list, ChangedContribution change) {
  tail_->Change(list, std::move(change));
}

void ContributionLists::Stage(storage::Batch* batch) const {
  for (const auto& [list, contributions] : tail_->In(ListRange::WithPrefix(""))) {
    const auto stated = absl::MakeConstSpan(contributions.stated);
    for (size_t at = 0; at < stated.size();) {
      // One event's contributions to a list stay together, so that keys differ.
      size_t end = std::min(at + kBlockContributions, stated.size());
      while (end < stated.size() && stated[end].event == stated[end - 1].event) ++end;
      std::string key = absl::StrCat(blocks_prefix_, list);
      AppendBlockSuffix(&key, stated[at].event);
      batch->Put(kFamily, key, EncodeContributionBlock(stated.subspan(at, end - at)));
      at = end;
    }
    for (const ChangedContribution& change : contributions.changed) {
      std::string key = absl::StrCat(changes_prefix_, list);
      AppendChangeSuffix(&key, change.event, change.ordinal, change.arrival);
      batch->Put(kFamily, key, EncodeChangedRow(change.steps));
    }
  }
}

void ContributionLists::Stored(Position up_to) {
  const bool has_changes = tail_->has_changes();
  tail_ = std::make_shared<ListTail>();
  MutexLock lock(&mutex_);
  read_tail_ = tail_;
  stored_ = up_to;
  has_stored_changes_ = has_stored_changes_ || has_changes;
}

ListCursor ContributionLists::Open(const ListRange& range, Position up_to) const {
  std::shared_ptr<const ListTail> tail;
  Position stored;
  bool has_changes = false;
  {
    MutexLock lock(&mutex_);
    tail = read_tail_;
    stored = stored_;
    has_changes = has_stored_changes_;
  }
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
  if (has_changes) {
    std::string first = absl::StrCat(changes_prefix_, range.begin);
    if (range.after > Position{0}) AppendBigEndian64(&first, range.after.value + 1);
    changes.emplace(database_->Scan(kFamily, first, UpTo(changes_prefix_, range)));
  }
  return ListCursor({.blocks = std::move(blocks),
                     .blocks_prefix_bytes = blocks_prefix_.size(),
                     .changes = std::move(changes),
                     .changes_prefix_bytes = changes_prefix_.size(),
                     .up_to = stored},
                    range, tail->In(range), up_to);
}

}  // namespace annals
