// Alarm: something that a coroutine of a connection waits for, and any thread rings.
//
//   heads.WaitBeyond("t", position, alarm.Ringer());
//   co_await alarm.Wait(std::chrono::seconds(15));
#ifndef ANNALS_SERVER_REST_ALARM_H_
#define ANNALS_SERVER_REST_ALARM_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace annals::rest {

// Belongs to the executor's thread; only what Ringer returns may be called elsewhere.
class Alarm {
 public:
  explicit Alarm(const boost::asio::any_io_executor& executor);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Ends the wait that is on, or else the next one. May outlive the alarm, and does
  // nothing then. Never blocks.
  std::function<void()> Ringer() const;

  // Until it rings, or that long.
  boost::asio::awaitable<void> Wait(std::chrono::microseconds at_most);

 private:
  // What ringers share with the alarm.
  struct Bell;

  const std::shared_ptr<Bell> bell_;
  boost::asio::steady_timer timer_;
  bool rung_ = false;
};

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_ALARM_H_
