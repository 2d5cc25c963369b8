// ByteStream: a response that is sent while it is being made.
#ifndef ANNALS_SERVER_HTTP_BYTE_STREAM_H_
#define ANNALS_SERVER_HTTP_BYTE_STREAM_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/mutex.h"

namespace annals::http {

// Never changes, so one piece may be sent on any number of connections.
using Bytes = std::shared_ptr<const std::string>;

class ByteStream;

// How a stream is made.
struct StreamBody {
  // Called once, on the connection's thread, after the response's head has been
  // sent. The response ends when it returns; an error ends it with a farewell.
  // It must return soon after the stream has closed.
  std::function<boost::asio::awaitable<absl::Status>(std::shared_ptr<ByteStream>)> produce;

  // The last chunk of a stream that was cut: because its reader is too slow
  // (RESOURCE_EXHAUSTED), the server stops (UNAVAILABLE), or `produce` failed. It
  // says why in the stream's own protocol. May be null.
  std::function<std::string(const absl::Status& reason)> farewell;
};

// The producer's end, and the connection's, of the bytes in between. A chunk is
// sent whole or not at all, so chunks should be whole records. At most
// `max_buffered_bytes` wait (or one chunk, if it is larger): a push beyond that cuts
// the stream, whatever is waiting is dropped, and the farewell takes its place. A
// burst may do that to any reader, so a producer that can go back for what it has not
// pushed yet should await Room instead.
// Push, Close and the getters are thread-safe; what returns an awaitable is for
// the connection's thread.
//
//   stream.produce = [feed](std::shared_ptr<ByteStream> out) -> awaitable<absl::Status> {
//     auto subscription = feed->Subscribe([out](Bytes record) { out->Push(record).ok(); });
//     co_return co_await out->Closed();
//   };
class ByteStream : public std::enable_shared_from_this<ByteStream> {
 public:
  ByteStream(boost::asio::any_io_executor executor, size_t max_buffered_bytes);
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Never blocks. Returns RESOURCE_EXHAUSTED if this push cut the stream, and
  // afterwards the reason for which it is closed.
  absl::Status Push(Bytes chunk);

  // Takes nothing more. OK sends what is waiting and ends the response; anything
  // else drops it and sends the farewell. Only the first call counts.
  void Close(absl::Status reason);

  bool closed() const;
  // Including what is being written.
  size_t buffered_bytes() const;

  // Until at most half of the bound is waiting, so that a producer that reads
  // history goes no faster than its reader. Returns the reason when closed,
  // CANCELLED if that was with OK.
  boost::asio::awaitable<absl::Status> Room();

  // Until a chunk of that size can be pushed without cutting the stream; the same.
  boost::asio::awaitable<absl::Status> RoomFor(size_t chunk_bytes);

  // Until it is closed; returns the reason.
  boost::asio::awaitable<absl::Status> Closed();

  // For timers and coroutines of the producer.
  const boost::asio::any_io_executor& executor() const { return executor_; }

  // The connection's side.

  // What is waiting, as soon as there is any. Empty when closed and taken.
  boost::asio::awaitable<std::vector<Bytes>> Take();
  // What was taken last has been written.
  void Written();
  // Nothing more will be taken.
  void Abandon(absl::Status reason);
  // Nobody waits any more. From now on the stream doesn't need the connection's event
  // loop, which a producer's pointer to the stream may outlive. It must be closed.
  void Detach();
  // Why it closed; OK while it is open.
  absl::Status reason() const;

 private:
  void CloseLocked(absl::Status reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets the coroutines that wait look again.
  void WakeLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  boost::asio::awaitable<void> Changed();
  // Until at most so much is waiting.
  boost::asio::awaitable<absl::Status> BufferedAtMost(size_t bytes);

  const boost::asio::any_io_executor executor_;
  const size_t max_buffered_bytes_;
  // Never expires; cancelling it wakes. Used on the connection's thread only; none
  // once detached.
  std::optional<boost::asio::steady_timer> changed_;

  mutable Mutex mutex_;
  std::vector<Bytes> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t taken_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool wake_posted_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_BYTE_STREAM_H_
