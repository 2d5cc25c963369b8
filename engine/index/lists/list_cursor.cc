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
  const absl::StatusOr<bool> moved = Step();
  status_ = moved.status();
  return moved.ok() && *moved;
}

// 1. The next contribution of the block or the tail's list at hand.
// 2. If there is none, the next block of the same list, then the tail's.
// 3. Else the first of the lists that are left.
absl::StatusOr<bool> ListCursor::Step() {
  if (!started_) {
    started_ = true;
    stored_.rows.SeekToFirst();
    ANNALS_RETURN_IF_ERROR(ReadRow());
    ANNALS_RETURN_IF_ERROR(FindBlock());
  }
  while (true) {
    if (source_ == Source::kBlock) {
      if (reader_->Next()) {
        event_ = reader_->event();
        if (event_ <= after_) continue;
        ordinal_ = reader_->ordinal();
        times_ = reader_->times();
        content_ = reader_->content();
        changes_.clear();
        ANNALS_RETURN_IF_ERROR(CollectStoredChanges());
        ANNALS_RETURN_IF_ERROR(CollectTailChanges());
        return true;
      }
      ANNALS_RETURN_IF_ERROR(reader_->status());
      ANNALS_RETURN_IF_ERROR(FindBlock());
      if (row_ && row_->list == list_) {
        ANNALS_RETURN_IF_ERROR(OpenBlock());
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
        changes_.clear();
        ANNALS_RETURN_IF_ERROR(CollectTailChanges());
        return true;
      }
      source_ = Source::kNone;
    } else {
      ANNALS_ASSIGN_OR_RETURN(const bool started, StartList());
      if (!started) return false;
    }
  }
}

absl::Status ListCursor::ReadRow() {
  row_.reset();
  if (!stored_.rows.Valid()) return stored_.rows.status();
  ANNALS_ASSIGN_OR_RETURN(row_, IndexKeys::ParseListRow(stored_.rows.key(), stored_.prefix_bytes));
  return absl::OkStatus();
}

absl::Status ListCursor::Advance() {
  stored_.rows.Next();
  return ReadRow();
}

bool ListCursor::IsStored(const ListRow& change) const {
  return change.arrival <= std::min(up_to_, stored_.up_to);
}

// The block under the cursor, or the first one after it that the tail does not
// have. Changes before it have found no contribution.
absl::Status ListCursor::FindBlock() {
  while (row_) {
    if (!row_->is_change && row_->event <= stored_.up_to) return absl::OkStatus();
    if (row_->is_change && row_->event > after_ && IsStored(*row_)) return Orphan(row_->event);
    ANNALS_RETURN_IF_ERROR(Advance());
  }
  return absl::OkStatus();
}

absl::Status ListCursor::OpenBlock() {
  list_.assign(row_->list.data(), row_->list.size());
  const absl::string_view bytes = stored_.rows.value();
  block_.assign(bytes.data(), bytes.size());
  reader_.emplace(block_);
  source_ = Source::kBlock;
  return Advance();
}

absl::StatusOr<bool> ListCursor::StartList() {
  const bool was_in_tail = tail_list_ < tail_.size() && tail_[tail_list_].first == list_;
  if (was_in_tail) {
    ++tail_list_;
    tail_stated_ = tail_changed_ = 0;
  }
  const bool has_tail = tail_list_ < tail_.size();
  if (!row_ && !has_tail) return false;
  if (row_ && (!has_tail || row_->list <= tail_[tail_list_].first)) {
    ANNALS_RETURN_IF_ERROR(OpenBlock());
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

// Those of the list come after their contribution's block and before the next one.
absl::Status ListCursor::CollectStoredChanges() {
  while (row_ && row_->is_change && row_->list == list_) {
    const auto of = std::tie(row_->event, row_->ordinal);
    const auto here = std::tie(event_, ordinal_);
    if (of > here) return absl::OkStatus();
    if (row_->event > after_ && IsStored(*row_)) {
      if (of < here) return Orphan(row_->event);
      ANNALS_ASSIGN_OR_RETURN(WorldSteps steps, DecodeChangedRow(stored_.rows.value()));
      changes_.push_back(std::move(steps));
    }
    ANNALS_RETURN_IF_ERROR(Advance());
  }
  return absl::OkStatus();
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
