// OpenCalls: the calls that are under way.
#ifndef ANNALS_SERVER_GRPC_OPEN_CALLS_H_
#define ANNALS_SERVER_GRPC_OPEN_CALLS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"

namespace annals {

// A call that lasts until somebody ends it. Thread-safe.
class LastingCall {
 public:
  virtual ~LastingCall() = default;

  // Ends it with that status, unless it has ended.
  virtual void End(const absl::Status& status) = 0;

  // Called now and then: ends the call if its principal may no longer have it, or its
  // reader takes nothing.
  virtual void Review(std::chrono::steady_clock::time_point now) = 0;
};

// Thread-safe. Must outlive the calls.
class OpenCalls {
 public:
  // Told of every call's end; thread-safe, and does not wait.
  using Observer = std::function<void(absl::string_view verb, const absl::Status& status)>;
  explicit OpenCalls(Observer observer) : observer_(std::move(observer)) {}

  // A call begins, ends (the status it is ended with is known), and is no more. Begin
  // returns UNAVAILABLE after Close; then the call is ended with that and is no more
  // like any other.
  absl::Status Begin();
  void Ended(absl::string_view verb, const absl::Status& status) const;
  void Gone();

  // For calls that last, from their beginning until they are gone. One that is added
  // after Close is ended at once.
  void Add(const std::shared_ptr<LastingCall>& call);
  void Remove(const LastingCall* call);

  // Lets no more calls begin, and ends those that last.
  void Close();

  void ReviewAll(std::chrono::steady_clock::time_point now);

  // Whether there are no calls any more, after at most so long.
  bool WaitUntilNone(std::chrono::milliseconds patience);

  size_t lasting() const;

 private:
  std::vector<std::shared_ptr<LastingCall>> Lasting() const;

  const Observer observer_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<const LastingCall*, std::weak_ptr<LastingCall>> lasting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_OPEN_CALLS_H_
