#include "engine/log/appending/commit_queue.h"

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
  bool is_first = false;
  {
    MutexLock hold(&mutex_);
    line_.push_back(&self);
    is_first = line_.front() == &self;
    if (line_.size() == last_group_) company_.NotifyOne();
  }
  if (!is_first) self.turn.acquire();
  if (!self.done) Lead();
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

void CommitQueue::AwaitCompany() {
  const SteadyClock::duration patience = std::min(last_duration_ / 2, kMostPatience);
  const SteadyClock::time_point until = SteadyClock::now() + patience;
  while (line_.size() < last_group_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(until - SteadyClock::now());
    if (left.count() <= 0 || !company_.WaitFor(&mutex_, left)) return;
  }
}

void CommitQueue::Lead() {
  std::vector<Waiter*> group;
  {
    MutexLock hold(&mutex_);
    AwaitCompany();
    group = TakeGroup();
  }
  std::vector<QueuedAppend*> appends;
  appends.reserve(group.size());
  for (Waiter* const waiter : group) appends.push_back(&waiter->queued);
  const SteadyClock::time_point begin = SteadyClock::now();
  commit_group_(appends);
  const SteadyClock::duration duration = SteadyClock::now() - begin;
  Waiter* next = nullptr;
  {
    MutexLock hold(&mutex_);
    last_group_ = group.size();
    last_duration_ = duration;
    line_.erase(line_.begin(), line_.begin() + group.size());
    if (!line_.empty()) next = line_.front();
  }
  // This thread leads the group, and is its first. Whoever has his turn may be gone.
  if (next != nullptr) next->turn.release();
  for (Waiter* const waiter : absl::MakeSpan(group).subspan(1)) {
    waiter->done = true;
    waiter->turn.release();
  }
}

}  // namespace annals
