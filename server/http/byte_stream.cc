#include "server/http/byte_stream.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_cat.h"

namespace annals::http {

namespace asio = boost::asio;

ByteStream::ByteStream(asio::any_io_executor executor, size_t max_buffered_bytes)
    : executor_(std::move(executor)), max_buffered_bytes_(max_buffered_bytes), changed_(executor_) {
  changed_->expires_at(asio::steady_timer::time_point::max());
}

absl::Status ByteStream::Push(Bytes chunk) {
  MutexLock lock(&mutex_);
  if (closed_) return reason_.ok() ? absl::CancelledError("the stream has ended") : reason_;
  if (chunk == nullptr || chunk->empty()) return absl::OkStatus();
  const size_t buffered = waiting_bytes_ + taken_bytes_;
  if (buffered > 0 && buffered + chunk->size() > max_buffered_bytes_) {
    CloseLocked(absl::ResourceExhaustedError(
        absl::StrCat("the reader is too slow: more than ", max_buffered_bytes_,
                     " bytes were waiting for it; resume after the last record that arrived")));
    return reason_;
  }
  waiting_bytes_ += chunk->size();
  waiting_.push_back(std::move(chunk));
  WakeLocked();
  return absl::OkStatus();
}

void ByteStream::Close(absl::Status reason) {
  MutexLock lock(&mutex_);
  if (!closed_) CloseLocked(std::move(reason));
}

void ByteStream::Abandon(absl::Status reason) {
  MutexLock lock(&mutex_);
  if (!closed_) CloseLocked(std::move(reason));
  waiting_.clear();
  waiting_bytes_ = 0;
}

void ByteStream::CloseLocked(absl::Status reason) {
  closed_ = true;
  reason_ = std::move(reason);
  if (!reason_.ok()) {
    waiting_.clear();
    waiting_bytes_ = 0;
  }
  WakeLocked();
}

void ByteStream::Detach() { changed_.reset(); }

bool ByteStream::closed() const {
  MutexLock lock(&mutex_);
  return closed_;
}

absl::Status ByteStream::reason() const {
  MutexLock lock(&mutex_);
  return reason_;
}

size_t ByteStream::buffered_bytes() const {
  MutexLock lock(&mutex_);
  return waiting_bytes_ + taken_bytes_;
}

asio::awaitable<absl::Status> ByteStream::Room() { return BufferedAtMost(max_buffered_bytes_ / 2); }

asio::awaitable<absl::Status> ByteStream::RoomFor(size_t chunk_bytes) {
  return BufferedAtMost(chunk_bytes < max_buffered_bytes_ ? max_buffered_bytes_ - chunk_bytes : 0);
}

asio::awaitable<absl::Status> ByteStream::BufferedAtMost(size_t bytes) {
  while (true) {
    {
      MutexLock lock(&mutex_);
      if (closed_) co_return reason_.ok() ? absl::CancelledError("the stream has ended") : reason_;
      if (waiting_bytes_ + taken_bytes_ <= bytes) co_return absl::OkStatus();
    }
    co_await Changed();
  }
}

asio::awaitable<absl::Status> ByteStream::Closed() {
  while (!closed()) co_await Changed();
  co_return reason();
}

asio::awaitable<std::vector<Bytes>> ByteStream::Take() {
  while (true) {
    {
      MutexLock lock(&mutex_);
      if (closed_ || !waiting_.empty()) {
        taken_bytes_ = waiting_bytes_;
        waiting_bytes_ = 0;
        co_return std::exchange(waiting_, {});
      }
    }
    co_await Changed();
  }
}

void ByteStream::Written() {
  MutexLock lock(&mutex_);
  taken_bytes_ = 0;
  WakeLocked();
}

void ByteStream::WakeLocked() {
  if (wake_posted_) return;
  wake_posted_ = true;
  asio::post(executor_, [self = shared_from_this()] {
    {
      MutexLock lock(&self->mutex_);
      self->wake_posted_ = false;
    }
    if (self->changed_.has_value()) self->changed_->cancel();
  });
}

asio::awaitable<void> ByteStream::Changed() {
  boost::system::error_code ignored;
  co_await changed_->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace annals::http
