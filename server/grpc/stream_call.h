// StreamCall: a call that is answered with a stream of messages.
#ifndef ANNALS_SERVER_GRPC_STREAM_CALL_H_
#define ANNALS_SERVER_GRPC_STREAM_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/feed/head_watch.h"
#include "engine/service/stream_pass.h"
#include "server/grpc/open_calls.h"
#include "server/grpc/stream_source.h"

namespace annals {

// What the calls of a server share. It must outlive them.
struct CallSurroundings {
  // For what may wait for the disk or compute for long.
  boost::asio::thread_pool* pool = nullptr;
  // For portions that are at hand. One thread does: a thousand streams that have
  // something to send at once would only wake more.
  boost::asio::thread_pool* quick_pool = nullptr;
  OpenCalls* calls = nullptr;
  HeadWatch* heads = nullptr;
  const Clock* clock = nullptr;
  // How long a reader may take nothing while there is something for it.
  std::chrono::milliseconds slow_reader_patience = std::chrono::seconds(10);
};

// Who asks for what, and as whom.
struct StreamOrder {
  std::string verb;
  std::string timeline;
  StreamPassPtr pass;  // Given back when the call is gone.
  // Called once, where it may wait.
  std::function<absl::StatusOr<std::unique_ptr<StreamSource>>(const StreamPass& pass)> open;
};

// Reads a portion on a thread of a pool, writes its messages, and then reads the
// next: no thread belongs to it, and there is never more than one portion in memory.
// When that isn't taken in time it ends with RESOURCE_EXHAUSTED, which the reader
// sees behind what it has not read yet; a reader that goes on taking nothing is cut
// off. It asks before each portion whether the pass still stands. Ends
// itself when the caller cancels it, its deadline passes, or it is told to.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>, public LastingCall {
 public:
  // What the handler of a call returns. It lives until the call is gone.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const CallSurroundings& surroundings,
                                                           grpc::CallbackServerContext* context,
                                                           StreamOrder order);

  // The same for a call that is refused.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Refuse(const CallSurroundings& surroundings,
                                                            grpc::CallbackServerContext* context,
                                                            std::string verb,
                                                            const absl::Status& status);

  void End(const absl::Status& status) override ABSL_LOCKS_EXCLUDED(mutex_);
  void Review(std::chrono::steady_clock::time_point now) override ABSL_LOCKS_EXCLUDED(mutex_);

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mutex_);
  void OnCancel() override;
  void OnDone() override ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  StreamCall(const CallSurroundings& surroundings, grpc::CallbackServerContext* context,
             StreamOrder order);

  void Pump() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<StreamPortion> NextPortion(const StreamPass& pass);
  void Write() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GoOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wait() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Woken(uint64_t wait) ABSL_LOCKS_EXCLUDED(mutex_);
  void StopWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PostPump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndLocked(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const CallSurroundings surroundings_;
  grpc::CallbackServerContext* const context_;
  StreamOrder order_;
  std::unique_ptr<StreamSource> source_;  // Used by Pump alone, which runs once at a time.

  Mutex mutex_;
  std::shared_ptr<StreamCall> self_ ABSL_GUARDED_BY(mutex_);  // Until it is gone.

  // Once it is ended no more is written; once it is gone gRPC knows it no more. gRPC
  // never calls back within a call to it, so it is called with the mutex held.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;

  StreamPortion portion_ ABSL_GUARDED_BY(mutex_);
  Position position_ ABSL_GUARDED_BY(mutex_);  // After the portion.
  size_t written_ ABSL_GUARDED_BY(mutex_) = 0;
  grpc::ByteBuffer message_ ABSL_GUARDED_BY(mutex_);  // Being written.
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
