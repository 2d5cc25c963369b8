#include "engine/log/appending/group_committer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/log/appending/append_decider.h"
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
  const absl::Status looked_up = FindKnownIds(group);
  if (!looked_up.ok()) {
    RefuseAll(group, looked_up);
    return;
  }
  Staging staging(&log_);
  for (QueuedAppend* const queued : group) Decide(queued, &staging);
  if (staging.events().empty()) return;

  const absl::Status written = Write(&staging);
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

absl::Status GroupCommitter::FindKnownIds(absl::Span<QueuedAppend* const> group) {
  std::vector<PreparedEvent*> asked;
  std::vector<std::string> id_keys;
  for (QueuedAppend* const queued : group) {
    PreparedAppend& append = queued->append;
    if (append.creates) {
      const auto timeline = timelines_->Find(append.settings->name);
      if (!timeline.ok()) continue;  // It has no ids yet.
      append.SetTimelineInKeys(timeline->settings->number);
    }
    for (PreparedEvent& prepared : append.events) {
      asked.push_back(&prepared);
      id_keys.push_back(prepared.id_key);
    }
  }
  ANNALS_ASSIGN_OR_RETURN(const auto positions, log_.FindIds(id_keys));
  for (size_t i = 0; i < asked.size(); ++i) asked[i]->known_position = positions[i];
  return absl::OkStatus();
}

void GroupCommitter::Decide(QueuedAppend* queued, Staging* staging) {
  const Staging::Mark mark = staging->mark();
  queued->result = DecideAppend(&queued->append, clock_->Now(), staging);
  if (!queued->result.ok()) {
    staging->DropAfter(mark);
    return;
  }
  for (Receipt& receipt : *queued->result) receipt.durability = folder_->durability();
}

absl::Status GroupCommitter::Write(Staging* group) {
  const StagedEvent& last = group->events().back();
  const storage::CommitRecord before = folder_->last_commit();
  storage::CommitRecord record = {.events = before.events + group->events().size(),
                                  .timeline = last.timeline,
                                  .position = last.position};
  ANNALS_ASSIGN_OR_RETURN(const Record split, SplitRecord(last.record));
  record.chain = split.chain;
  storage::Batch batch;
  ANNALS_RETURN_IF_ERROR(group->FillIn(crew_, &batch));
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
