// LoadRun: what the readers and writers of a run share, and what they find.
#ifndef ANNALS_BENCH_SERVE_LOAD_RUN_H_
#define ANNALS_BENCH_SERVE_LOAD_RUN_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace annals::bench {

using Clock = std::chrono::steady_clock;
template <typename T>
using Task = boost::asio::awaitable<T>;

constexpr std::chrono::milliseconds kRetryPause(20);

double MillisSince(Clock::time_point begin, Clock::time_point end);

// All tasks run on one thread.
struct LoadRun {
  boost::asio::io_context context;
  boost::asio::ip::tcp::endpoint server;
  std::string timeline;
  bool resume = false;  // Who loses the server connects again.

  uint64_t first = 0;                    // The head at the beginning.
  std::vector<Clock::time_point> acked;  // By position, after `first`.
  std::vector<float> delays;             // Of deliveries.
  std::vector<float> appends;            // How long each took.
  uint64_t next_number = 0;              // Of an event.
  uint64_t acknowledged = 0;
  uint64_t delivered = 0;
  uint64_t gaps = 0;
  uint64_t repeats = 0;  // Or out of order.
  uint64_t following = 0;
  uint64_t writing = 0;
  uint64_t ended = 0;  // Readers whose feed ended before they were done.
  uint64_t errors = 0;
  bool stopping = false;

  void Acknowledge(uint64_t position, Clock::time_point now);
  void Deliver(uint64_t position, Clock::time_point now);
};

// What one reader knows.
struct Reader {
  uint64_t last = 0;
  uint64_t until = 0;  // Where it is done; 0: never.
  bool done = false;
};

// Checks that positions grow by one.
void TakeEvent(LoadRun* run, Reader* reader, uint64_t position, Clock::time_point now);

// A connection to the server.
Task<boost::asio::ip::tcp::socket> Connect(LoadRun* run);

Task<void> Pause(LoadRun* run, std::chrono::milliseconds time);

// Begins it; what it throws is said, and counted as an error.
void Spawn(LoadRun* run, Task<void> task);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_SERVE_LOAD_RUN_H_
