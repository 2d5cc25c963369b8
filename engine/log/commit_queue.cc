#include "engine/log/commit_queue.h"

#include <algorithm>
#include <utility>

namespace annals {
namespace {

// A group grows up to these; one append alone may be larger. They keep the wait
// of those who joined a group short.
constexpr size_t kGroupAppends = 1'024;
constexpr size_t kGroupBytes = size_t{4} << 20;

// Not even after a commit that the disk held up for seconds.
constexpr std::chrono::steady_clock::duration kMostPatience = std::chrono::milliseconds(5);

}  // namespace

absl::StatusOr<std::vector<Receipt>> CommitQueue::Submit(PreparedAppend append) {
  Waiter self;
  self.queued.append = std::move(append);
  MutexLock hold(&mutex_);
  line_.push_back(&self);
  if (line_.size() == last_group_) line_.front()->wake.NotifyOne();
  while (!self.done && line_.front() != &self) self.wake.Wait(&mutex_);
  if (!self.done) Lead(&self);
  return std::move(self.queued.result);
}

std::vector<CommitQueue::Waiter*> CommitQueue::TakeGroup() {
  std::vector<Waiter*> group;
  size_t bytes = 0;
  for (Waiter* const waiter : line_) {
    bytes += waiter->queued.append.bytes;
    if (!group.empty() && (bytes > kGroupBytes || group.size() == kGroupAppends)) break;
    group.push_back(waiter);
  }
  return group;
}

void CommitQueue::AwaitCompany(Waiter* leader) {
  const SteadyClock::duration patience = std::min(last_duration_ / 2, kMostPatience);
  const SteadyClock::time_point until = SteadyClock::now() + patience;
  while (line_.size() < last_group_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(until - SteadyClock::now());
    if (left.count() <= 0 || !leader->wake.WaitFor(&mutex_, left)) return;
  }
}

void CommitQueue::Lead(Waiter* leader) {
  AwaitCompany(leader);
  const std::vector<Waiter*> group = TakeGroup();
  std::vector<QueuedAppend*> appends;
  appends.reserve(group.size());
  for (Waiter* const waiter : group) appends.push_back(&waiter->queued);

  mutex_.Unlock();
  const SteadyClock::time_point begin = SteadyClock::now();
  commit_group_(appends);
  const SteadyClock::duration duration = SteadyClock::now() - begin;
  mutex_.Lock();

  last_group_ = group.size();
  last_duration_ = duration;
  line_.erase(line_.begin(), line_.begin() + group.size());
  for (Waiter* const waiter : group) {
    waiter->done = true;
    waiter->wake.NotifyOne();
  }
  if (!line_.empty()) line_.front()->wake.NotifyOne();
}

}  // namespace annals
