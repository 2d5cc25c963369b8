#include "bench/serve/load_run.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <exception>
#include <iostream>
#include <utility>

namespace annals::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

}  // namespace

double MillisSince(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

void LoadRun::Acknowledge(uint64_t position, Clock::time_point now) {
  const uint64_t index = position - first;
  if (acked.size() <= index) acked.resize(std::max<size_t>(index + 1, acked.size() * 2));
  acked[index] = now;
  ++acknowledged;
}

void LoadRun::Deliver(uint64_t position, Clock::time_point now) {
  ++delivered;
  const uint64_t index = position - first;
  const bool is_acked = index < acked.size() && acked[index] != Clock::time_point();
  const double delay = is_acked ? MillisSince(acked[index], now) : 0;
  delays.push_back(static_cast<float>(std::max(delay, 0.0)));
}

void TakeEvent(LoadRun* run, Reader* reader, uint64_t position, Clock::time_point now) {
  if (position > reader->last + 1) run->gaps += position - reader->last - 1;
  if (position <= reader->last) ++run->repeats;
  reader->last = position;
  run->Deliver(position, now);
  if (position == reader->until) reader->done = true;
}

Task<tcp::socket> Connect(LoadRun* run) {
  tcp::socket socket(run->context);
  co_await socket.async_connect(run->server, asio::use_awaitable);
  socket.set_option(tcp::no_delay(true));
  co_return std::move(socket);
}

Task<void> Pause(LoadRun* run, std::chrono::milliseconds time) {
  asio::steady_timer timer(run->context);
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

void Spawn(LoadRun* run, Task<void> task) {
  asio::co_spawn(run->context, std::move(task), [run](const std::exception_ptr& thrown) {
    if (!thrown) return;
    ++run->errors;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
      std::cerr << "feed_load: " << exception.what() << '\n';
    }
  });
}

}  // namespace annals::bench
