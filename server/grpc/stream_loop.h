// StreamLoop: the thread that streams over gRPC are written on.
#ifndef ANNALS_SERVER_GRPC_STREAM_LOOP_H_
#define ANNALS_SERVER_GRPC_STREAM_LOOP_H_

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"

namespace annals {

// Takes what gRPC says from a completion queue, and tasks, one after the other; neither
// may wait. What is begun here is finished here, so a thousand streams that have
// something to send at once wake nobody. Thread-safe, but for Start and Stop.
class StreamLoop {
 public:
  // What an operation on queue() is tagged with.
  class Tag {
   public:
    virtual ~Tag() = default;
    // The operation is over; `ok` is what gRPC says of it.
    virtual void Over(bool ok) = 0;
  };

  explicit StreamLoop(std::unique_ptr<grpc::ServerCompletionQueue> queue)
      : queue_(std::move(queue)) {}
  ~StreamLoop() { Stop(); }
  StreamLoop(const StreamLoop&) = delete;
  StreamLoop& operator=(const StreamLoop&) = delete;

  grpc::ServerCompletionQueue* queue() { return queue_.get(); }

  void Start();

  // Runs it on the thread, soon. After Stop it is dropped.
  void Post(std::function<void()> task) ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until all that was begun on the queue is over. Nothing may be begun on it any
  // more, except by what is told that it is over.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Run();
  // Whether there are more by now.
  bool RunTasks(bool is_wake) ABSL_LOCKS_EXCLUDED(mutex_);

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::thread thread_;

  Mutex mutex_;
  std::vector<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  std::thread::id runs_on_ ABSL_GUARDED_BY(mutex_);
  // Whether the alarm is under way. It can't be set anew before it has come out of the
  // queue; the thread itself looks for tasks after all that it does.
  bool wake_is_due_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::Alarm wake_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_STREAM_LOOP_H_
