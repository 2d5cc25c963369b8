#include "server/rest/alarm.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "engine/base/mutex.h"

namespace annals::rest {

namespace asio = boost::asio;

struct Alarm::Bell {
  // Null once the alarm is gone, and its executor perhaps with it.
  Mutex mutex;
  Alarm* alarm ABSL_GUARDED_BY(mutex) = nullptr;
  bool posted ABSL_GUARDED_BY(mutex) = false;
};

Alarm::Alarm(const asio::any_io_executor& executor)
    : bell_(std::make_shared<Bell>()), timer_(executor) {
  MutexLock lock(&bell_->mutex);
  bell_->alarm = this;
}

Alarm::~Alarm() {
  MutexLock lock(&bell_->mutex);
  bell_->alarm = nullptr;
}

std::function<void()> Alarm::Ringer() const {
  return [bell = bell_] {
    MutexLock lock(&bell->mutex);
    if (bell->alarm == nullptr || bell->posted) return;
    bell->posted = true;
    asio::post(bell->alarm->timer_.get_executor(), [bell] {
      MutexLock lock_there(&bell->mutex);
      bell->posted = false;
      if (bell->alarm == nullptr) return;
      bell->alarm->rung_ = true;
      bell->alarm->timer_.cancel();
    });
  };
}

asio::awaitable<void> Alarm::Wait(std::chrono::microseconds at_most) {
  if (!rung_) {
    timer_.expires_after(at_most);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  rung_ = false;
}

}  // namespace annals::rest
