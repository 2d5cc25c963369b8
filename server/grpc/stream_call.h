// StreamCall: a call that is answered with a stream of messages.
#ifndef ANNALS_SERVER_GRPC_STREAM_CALL_H_
#define ANNALS_SERVER_GRPC_STREAM_CALL_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/feed/head_watch.h"
#include "engine/service/stream_pass.h"
#include "server/grpc/call_surroundings.h"
#include "server/grpc/open_calls.h"
#include "server/grpc/stream_loop.h"
#include "server/grpc/stream_source.h"

namespace annals {

// Who asks for what, and as whom.
struct StreamOrder {
  std::string timeline;
  StreamPassPtr pass;  // Given back when the call is gone.
  // Called once, where it may wait.
  std::function<absl::StatusOr<std::unique_ptr<StreamSource>>(const StreamPass& pass)> open;
};

// Where streams come from. Must outlive the calls, and be thread-safe.
struct StreamEntrance {
  grpc::AsyncGenericService* service = nullptr;
  StreamLoop* loop = nullptr;
  CallSurroundings surroundings;
  // What is asked for by the bytes of a request; `verb` is the method's name without
  // its service's, empty for another service's. Doesn't wait. UNIMPLEMENTED for a verb
  // that isn't there.
  std::function<absl::StatusOr<StreamOrder>(const std::string& verb,
                                            const grpc::ServerContextBase& context,
                                            const grpc::ByteBuffer& request)>
      order;
};

// Reads a portion, writes its messages, and then reads the next: on the loop if the
// portion is at hand, otherwise on a thread of the pool. No thread belongs to it, and
// there is never more than one portion in memory. When that isn't taken in time it ends
// with RESOURCE_EXHAUSTED, which the reader sees behind what it has not read yet; a
// reader that goes on taking nothing is cut off. It asks before each portion whether the
// pass still stands. Ends itself when the caller cancels it, its deadline passes, or it
// is told to.
class StreamCall final : public LastingCall {
 public:
  // Takes the next call that comes in, and at that the one after it, until the server
  // is shut down.
  static void Await(const StreamEntrance* entrance);

  void End(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mutex_);
  void Review(std::chrono::steady_clock::time_point now) override ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // One operation at a time; `over` is told how it ended.
  class Operation final : public StreamLoop::Tag {
   public:
    Operation(StreamCall* call, void (StreamCall::*over)(bool ok)) : call_(call), over_(over) {}
    void Over(bool ok) override { (call_->*over_)(ok); }

   private:
    StreamCall* const call_;
    void (StreamCall::*const over_)(bool ok);
  };

  explicit StreamCall(const StreamEntrance* entrance) : entrance_(entrance) {}

  // What gRPC says, on the loop.
  void Arrived(bool ok) ABSL_LOCKS_EXCLUDED(mutex_);
  void RequestRead(bool ok) ABSL_LOCKS_EXCLUDED(mutex_);
  void Written(bool ok) ABSL_LOCKS_EXCLUDED(mutex_);
  void Finished(bool ok) ABSL_LOCKS_EXCLUDED(mutex_);
  void Done(bool ok) ABSL_LOCKS_EXCLUDED(mutex_);
  // After each: whether nothing more will come. Then it may be gone.
  void OperationOver() ABSL_LOCKS_EXCLUDED(mutex_);

  void Pump() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<StreamPortion> NextPortion(const StreamPass& pass);
  void Write() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GoOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wait() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Woken(uint64_t wait) ABSL_LOCKS_EXCLUDED(mutex_);
  void StopWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PostPump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const CallSurroundings& surroundings() const { return entrance_->surroundings; }

  const StreamEntrance* const entrance_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  Operation arrived_{this, &StreamCall::Arrived};
  Operation request_read_{this, &StreamCall::RequestRead};
  Operation written_{this, &StreamCall::Written};
  Operation finished_{this, &StreamCall::Finished};
  Operation done_{this, &StreamCall::Done};

  std::unique_ptr<StreamSource> source_;  // Used by Pump alone, which runs once at a time.

  Mutex mutex_;
  std::shared_ptr<StreamCall> self_ ABSL_GUARDED_BY(mutex_);  // Until it is gone.
  std::string verb_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer request_ ABSL_GUARDED_BY(mutex_);
  // Set before the first Pump; its pass goes with the call, under the mutex.
  StreamOrder order_;

  int operations_ ABSL_GUARDED_BY(mutex_) = 0;  // Under way.
  // Once it is ended no more is written. gRPC never calls back within a call to it, so
  // it is called with the mutex held.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;

  StreamPortion portion_ ABSL_GUARDED_BY(mutex_);
  Position position_ ABSL_GUARDED_BY(mutex_);  // After the portion.
  size_t messages_written_ ABSL_GUARDED_BY(mutex_) = 0;
  // When the message that is being written was begun, or a slow reader was given up.
  std::optional<std::chrono::steady_clock::time_point> stuck_since_ ABSL_GUARDED_BY(mutex_);

  bool takes_long_ ABSL_GUARDED_BY(mutex_) = true;  // The next portion.
  // Waits are numbered, so that one that is over wakes nobody. At `due_at_` the source
  // is asked though nothing has happened; that is noticed when it is reviewed.
  uint64_t wait_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<HeadWatch::WaitId> head_wait_ ABSL_GUARDED_BY(mutex_);
  Instant due_at_ ABSL_GUARDED_BY(mutex_) = Instant::End();
};

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_STREAM_CALL_H_
