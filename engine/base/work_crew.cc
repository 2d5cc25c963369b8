#include "engine/base/work_crew.h"

#include <utility>

namespace annals {
namespace {

// What a task that throws leaves undone, nobody would do.
void Do(const std::function<void()>& task) noexcept { task(); }

}  // namespace

WorkCrew::WorkCrew(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkCrew::~WorkCrew() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool WorkCrew::Take() {
  MutexLock lock(&mutex_);
  return !std::exchange(taken_, true);
}

void WorkCrew::Run(absl::Span<const std::function<void()>> tasks) {
  if (!Take()) {
    for (const std::function<void()>& task : tasks) Do(task);
    return;
  }
  MutexLock lock(&mutex_);
  tasks_ = tasks;
  begun_ = done_ = 0;
  changed_.NotifyAll();
  while (RunOne()) {
  }
  while (done_ < tasks_.size()) changed_.Wait(&mutex_);
  tasks_ = {};
  taken_ = false;
}

void WorkCrew::Work() {
  MutexLock lock(&mutex_);
  while (!stopping_) {
    if (!RunOne()) changed_.Wait(&mutex_);
  }
}

bool WorkCrew::RunOne() {
  if (begun_ >= tasks_.size()) return false;
  const std::function<void()>& task = tasks_[begun_++];
  mutex_.Unlock();
  Do(task);
  mutex_.Lock();
  if (++done_ == tasks_.size()) changed_.NotifyAll();
  return true;
}

}  // namespace annals
