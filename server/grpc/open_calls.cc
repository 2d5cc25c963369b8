#include "server/grpc/open_calls.h"

namespace annals {
namespace {

absl::Status Stopping() {
  return absl::UnavailableError("the server is stopping; ask again, or go on after the last item");
}

}  // namespace

absl::Status OpenCalls::Begin() {
  MutexLock lock(&mutex_);
  ++calls_;
  return closed_ ? Stopping() : absl::OkStatus();
}

void OpenCalls::Ended(absl::string_view verb, const absl::Status& status) const {
  if (observer_) observer_(verb, status);
}

void OpenCalls::Gone() {
  MutexLock lock(&mutex_);
  --calls_;
  // Whoever waits may destroy this as soon as the lock is free.
  changed_.NotifyAll();
}

void OpenCalls::Add(const std::shared_ptr<LastingCall>& call) {
  bool is_late = false;
  {
    MutexLock lock(&mutex_);
    lasting_.emplace(call.get(), call);
    is_late = closed_;
  }
  if (is_late) call->End(Stopping());
}

void OpenCalls::Remove(const LastingCall* call) {
  MutexLock lock(&mutex_);
  lasting_.erase(call);
}

void OpenCalls::Close() {
  {
    MutexLock lock(&mutex_);
    closed_ = true;
  }
  for (const std::shared_ptr<LastingCall>& call : Lasting()) call->End(Stopping());
}

void OpenCalls::ReviewAll(std::chrono::steady_clock::time_point now) {
  for (const std::shared_ptr<LastingCall>& call : Lasting()) call->Review(now);
}

bool OpenCalls::WaitUntilNone(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  MutexLock lock(&mutex_);
  while (calls_ > 0) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    changed_.WaitFor(&mutex_, std::chrono::duration_cast<std::chrono::microseconds>(left));
  }
  return true;
}

size_t OpenCalls::lasting() const {
  MutexLock lock(&mutex_);
  return lasting_.size();
}

std::vector<std::shared_ptr<LastingCall>> OpenCalls::Lasting() const {
  std::vector<std::shared_ptr<LastingCall>> calls;
  MutexLock lock(&mutex_);
  for (const auto& [call, weak] : lasting_) {
    if (auto shared = weak.lock()) calls.push_back(std::move(shared));
  }
  return calls;
}

}  // namespace annals
