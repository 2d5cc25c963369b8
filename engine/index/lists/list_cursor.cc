#include "engine/index/lists/list_cursor.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/index/index_row.h"

namespace annals {

ListCursor::ListCursor(Stored stored, const ListRange& range, ListTail::Lists tail, Position up_to)
    : stored_(std::move(stored)), after_(range.after), up_to_(up_to), tail_(std::move(tail)) {
  for (auto& [list, contributions] : tail_) {
    std::sort(contributions.changed.begin(), contributions.changed.end(),
              [](const ChangedContribution& a, const ChangedContribution& b) {
                return std::tie(a.event, a.ordinal, a.arrival) <
                       std::tie(b.event, b.ordinal, b.arrival);
              });
  }
}

bool ListCursor::Next() {
  if (!status_.ok()) return false;
  if (!started_) {
    started_ = true;
    stored_.blocks.SeekToFirst();
    if (stored_.changes) stored_.changes->SeekToFirst();
    status_ = FindBlock();
    if (!status_.ok()) return false;
  }
  const absl::StatusOr<bool> moved = Step();
  status_ = moved.status();
  return moved.ok() && *moved;
}

// 1. The next contribution of the block or the tail's list at hand.
// 2. If there is none, the next block of the same list, then the tail's.
// 3. Else the first of the lists that are left.
absl::StatusOr<bool> ListCursor::Step() {
  while (true) {
    if (source_ == Source::kBlock) {
      if (reader_->Next()) {
        event_ = reader_->event();
        if (event_ <= after_) continue;
        ordinal_ = reader_->ordinal();
        times_ = reader_->times();
        content_ = reader_->content();
        ANNALS_RETURN_IF_ERROR(CollectChanges());
        return true;
      }
      ANNALS_RETURN_IF_ERROR(reader_->status());
      stored_.blocks.Next();
      ANNALS_RETURN_IF_ERROR(FindBlock());
      if (block_ && block_->list == list_) {
        reader_.emplace(stored_.blocks.value());
      } else if (!StartTail()) {
        source_ = Source::kNone;
      }
    } else if (source_ == Source::kTail) {
      const TailList& tail = tail_[tail_list_].second;
      if (tail_stated_ < tail.stated.size()) {
        const StatedContribution& stated = tail.stated[tail_stated_++];
        if (stated.event <= std::max(after_, stored_.up_to)) continue;
        event_ = stated.event;
        ordinal_ = stated.ordinal;
        times_ = stated.times;
        content_ = stated.content;
        ANNALS_RETURN_IF_ERROR(CollectChanges());
        return true;
      }
      source_ = Source::kNone;
    } else if (!StartList()) {
      return false;
    }
  }
}

// The block under the cursor, or the first one after it that the tail does not
// have.
absl::Status ListCursor::FindBlock() {
  block_.reset();
  for (; stored_.blocks.Valid(); stored_.blocks.Next()) {
    ANNALS_ASSIGN_OR_RETURN(
        const BlockId block,
        IndexKeys::ParseBlock(stored_.blocks.key(), stored_.blocks_prefix_bytes));
    if (block.first > stored_.up_to) continue;
    block_ = block;
    return absl::OkStatus();
  }
  return stored_.blocks.status();
}

bool ListCursor::StartList() {
  const bool was_in_tail = tail_list_ < tail_.size() && tail_[tail_list_].first == list_;
  if (was_in_tail) {
    ++tail_list_;
    tail_stated_ = tail_changed_ = 0;
  }
  const bool has_tail = tail_list_ < tail_.size();
  if (!block_ && !has_tail) return false;
  if (block_ && (!has_tail || block_->list <= tail_[tail_list_].first)) {
    list_.assign(block_->list.data(), block_->list.size());
    reader_.emplace(stored_.blocks.value());
    source_ = Source::kBlock;
  } else {
    list_ = tail_[tail_list_].first;
    source_ = Source::kTail;
  }
  return true;
}

bool ListCursor::StartTail() {
  if (tail_list_ == tail_.size() || tail_[tail_list_].first != list_) return false;
  source_ = Source::kTail;
  return true;
}

absl::Status ListCursor::CollectChanges() {
  changes_.clear();
  if (stored_.changes) ANNALS_RETURN_IF_ERROR(CollectStoredChanges());
  return CollectTailChanges();
}

absl::Status ListCursor::CollectStoredChanges() {
  storage::Cursor& rows = *stored_.changes;
  for (; rows.Valid(); rows.Next()) {
    ANNALS_ASSIGN_OR_RETURN(const ChangeId change,
                            IndexKeys::ParseChange(rows.key(), stored_.changes_prefix_bytes));
    const auto of = std::make_tuple(change.list, change.event, change.ordinal);
    const auto here = std::make_tuple(absl::string_view(list_), event_, ordinal_);
    if (of > here) return absl::OkStatus();
    if (of < here && change.event > after_) return Orphan(change.event);
    const bool is_ours = of == here && change.arrival <= std::min(up_to_, stored_.up_to);
    if (!is_ours) continue;
    ANNALS_ASSIGN_OR_RETURN(WorldSteps steps, DecodeChangedRow(rows.value()));
    changes_.push_back(std::move(steps));
  }
  return rows.status();
}

absl::Status ListCursor::CollectTailChanges() {
  if (tail_list_ == tail_.size() || tail_[tail_list_].first != list_) return absl::OkStatus();
  const std::vector<ChangedContribution>& changed = tail_[tail_list_].second.changed;
  for (; tail_changed_ < changed.size(); ++tail_changed_) {
    const ChangedContribution& change = changed[tail_changed_];
    const auto of = std::tie(change.event, change.ordinal);
    const auto here = std::tie(event_, ordinal_);
    if (of > here) return absl::OkStatus();
    if (of < here && change.event > after_) return Orphan(change.event);
    const bool is_ours = of == here && change.arrival <= up_to_ && change.arrival > stored_.up_to;
    if (is_ours) changes_.push_back(change.steps);
  }
  return absl::OkStatus();
}

absl::Status ListCursor::Orphan(Position event) const {
  return absl::DataLossError(absl::StrCat("a contribution of event ", event.value,
                                          " is missing, and a correction of it is there"));
}

}  // namespace annals
