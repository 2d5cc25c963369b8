#include "server/grpc/stream_loop.h"

#include <grpc/support/time.h>

#include <utility>

namespace annals {

void StreamLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void StreamLoop::Post(std::function<void()> task) {
  MutexLock lock(&mutex_);
  if (stopped_) return;
  tasks_.push_back(std::move(task));
  if (wake_is_due_ || std::this_thread::get_id() == runs_on_) return;
  wake_is_due_ = true;
  // An alarm that is due is the way to put something into a queue from outside.
  wake_.Set(queue_.get(), gpr_now(GPR_CLOCK_MONOTONIC), nullptr);
}

void StreamLoop::Stop() {
  {
    MutexLock lock(&mutex_);
    if (stopped_) return;
    stopped_ = true;
    tasks_.clear();
  }
  queue_->Shutdown();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    Run();
  }
}

void StreamLoop::Run() {
  {
    MutexLock lock(&mutex_);
    runs_on_ = std::this_thread::get_id();
  }
  bool has_tasks = false;
  while (true) {
    const gpr_timespec until =
        has_tasks ? gpr_time_0(GPR_CLOCK_MONOTONIC) : gpr_inf_future(GPR_CLOCK_MONOTONIC);
    void* tag = nullptr;
    bool ok = false;
    const auto next = queue_->AsyncNext(&tag, &ok, until);
    if (next == grpc::CompletionQueue::SHUTDOWN) return;
    const bool is_wake = next == grpc::CompletionQueue::GOT_EVENT && tag == nullptr;
    if (tag != nullptr) static_cast<Tag*>(tag)->Over(ok);
    has_tasks = RunTasks(is_wake);
  }
}

bool StreamLoop::RunTasks(bool is_wake) {
  std::vector<std::function<void()>> tasks;
  {
    MutexLock lock(&mutex_);
    if (is_wake) wake_is_due_ = false;
    tasks.swap(tasks_);
  }
  for (const std::function<void()>& task : tasks) task();
  MutexLock lock(&mutex_);
  return !tasks_.empty();
}

}  // namespace annals
