#include "server/http/worker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

namespace annals::http {
namespace {

namespace asio = boost::asio;

// Often enough that a deadline is kept to a quarter.
std::chrono::milliseconds SweepInterval(const Limits& limits) {
  const auto shortest = std::min({limits.head_timeout, limits.body_timeout, limits.idle_timeout,
                                  limits.write_timeout, limits.linger_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

std::mt19937_64 Seeded() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

}  // namespace

Worker::Worker(ConnectionSurroundings surroundings, const Clock* clock,
               std::function<void()> on_closed)
    : work_(asio::make_work_guard(loop_)),
      sweep_(loop_),
      sweep_interval_(SweepInterval(*surroundings.limits)),
      date_(clock),
      random_(Seeded()),
      surroundings_(std::move(surroundings)),
      on_closed_(std::move(on_closed)) {
  surroundings_.date = &date_;
  surroundings_.random = [this] { return random_(); };
  ScheduleSweep();
  thread_ = std::thread([this] { loop_.run(); });
}

Worker::~Worker() {
  loop_.stop();
  thread_.join();
}

void Worker::Adopt(std::unique_ptr<Transport> transport, Reception reception) {
  asio::post(loop_, [this, reception, transport = std::move(transport)]() mutable {
    Begin(std::move(transport), reception);
  });
}

void Worker::Begin(std::unique_ptr<Transport> transport, Reception reception) {
  const auto connection = std::make_shared<Connection>(std::move(transport), surroundings_);
  connections_.insert(connection);
  if (draining_) connection->Drain();
  if (aborting_) connection->Abort();
  asio::co_spawn(loop_,
                 reception == Reception::kServe ? connection->Run() : connection->RunRefusing(),
                 [this, connection](const std::exception_ptr&) {
                   // Whatever was thrown, the socket goes with the connection.
                   connections_.erase(connection);
                   on_closed_();
                 });
}

void Worker::Drain() {
  asio::post(loop_, [this] {
    draining_ = true;
    for (const auto& connection : connections_) connection->Drain();
  });
}

void Worker::Abort() {
  asio::post(loop_, [this] {
    aborting_ = true;
    for (const auto& connection : connections_) connection->Abort();
  });
}

void Worker::ScheduleSweep() {
  sweep_.expires_after(sweep_interval_);
  sweep_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    const auto now = Connection::SteadyClock::now();
    for (const auto& connection : connections_) connection->Sweep(now);
    ScheduleSweep();
  });
}

}  // namespace annals::http
