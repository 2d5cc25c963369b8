#include "engine/log/group_committer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/append_decider.h"
#include "engine/log/record.h"
#include "engine/storage/database.h"

namespace annals {
namespace {

void RefuseAll(absl::Span<QueuedAppend* const> group, const absl::Status& status) {
  for (QueuedAppend* const queued : group) queued->result = status;
}

}  // namespace

void GroupCommitter::Commit(absl::Span<QueuedAppend* const> group) {
  if (!failure_.ok()) {
    RefuseAll(group, failure_);
    return;
  }
  const absl::Status prefetched = PrefetchIds(group);
  if (!prefetched.ok()) {
    RefuseAll(group, prefetched);
    return;
  }
  Staging staging(&log_);
  for (QueuedAppend* const queued : group) Decide(queued, &staging);
  if (staging.events().empty()) return;

  const absl::Status written = Write(staging);
  if (!written.ok()) {
    for (QueuedAppend* const queued : group) {
      if (queued->result.ok()) queued->result = written;
    }
    failure_ = absl::FailedPreconditionError(absl::StrCat(
        "a former append could not be written, so the log's end is unknown: close the store and "
        "open it again. It was: ",
        written.message()));
    return;
  }
  staging.Settle(&log_);
  timelines_->Publish(staging.timelines());
  TellListeners();
}

absl::Status GroupCommitter::PrefetchIds(absl::Span<QueuedAppend* const> group) {
  std::vector<std::string> id_keys;
  for (const QueuedAppend* const queued : group) {
    const absl::StatusOr<TimelineState> timeline = timelines_->Find(queued->append.settings->name);
    if (!timeline.ok()) continue;  // About to be created: it has no ids yet.
    for (const PreparedEvent& prepared : queued->append.events) {
      id_keys.push_back(EventIdKey(timeline->settings->number, prepared.event.id()));
    }
  }
  return log_.Prefetch(std::move(id_keys));
}

void GroupCommitter::Decide(QueuedAppend* queued, Staging* group) {
  Staging own(group);
  queued->result = DecideAppend(std::move(queued->append), clock_->Now(), &own);
  if (queued->result.ok()) own.MergeDown();
}

absl::Status GroupCommitter::Write(const Staging& group) {
  const StagedEvent& last = group.events().back();
  const storage::CommitRecord before = folder_->last_commit();
  storage::CommitRecord record = {.number = before.number + 1,
                                  .events = before.events + group.events().size(),
                                  .timeline = last.timeline,
                                  .position = last.position};
  ANNALS_ASSIGN_OR_RETURN(const Record split, SplitRecord(last.record));
  record.chain = split.chain;
  storage::Batch batch;
  group.FillIn(&batch);
  return folder_->Commit(std::move(batch), record);
}

void GroupCommitter::AddListener(std::function<void()> listener) {
  MutexLock hold(&mutex_);
  listeners_.push_back(std::move(listener));
}

void GroupCommitter::TellListeners() {
  MutexLock hold(&mutex_);
  for (const std::function<void()>& listener : listeners_) listener();
}

}  // namespace annals
