// Worker: a thread, and the connections that are served on it.
#ifndef ANNALS_SERVER_HTTP_WORKER_H_
#define ANNALS_SERVER_HTTP_WORKER_H_

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <unordered_set>

#include "server/http/connection.h"
#include "server/http/http_date.h"

namespace annals::http {

// Each worker has an event loop of its own, so that connections need no locks. What
// takes long on one of them delays the others of the same worker.
class Worker {
 public:
  // `surroundings` without date and random, which are the worker's own. `on_closed`
  // is called on the thread after each connection.
  Worker(ConnectionSurroundings surroundings, const Clock* clock, std::function<void()> on_closed);
  // Stops the loop and waits for the thread.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // For sockets that are to be given to Adopt.
  boost::asio::io_context& loop() { return loop_; }

  // These are thread-safe, and only begin what they say.
  enum class Reception { kServe, kRefuse };
  void Adopt(std::unique_ptr<Transport> transport, Reception reception);
  void Drain();
  void Abort();

 private:
  void Begin(std::unique_ptr<Transport> transport, Reception reception);
  void ScheduleSweep();

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer sweep_;
  std::chrono::milliseconds sweep_interval_;
  HttpDate date_;
  std::mt19937_64 random_;
  ConnectionSurroundings surroundings_;
  const std::function<void()> on_closed_;
  // Used on the thread only.
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool draining_ = false;
  bool aborting_ = false;
  std::thread thread_;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_WORKER_H_
