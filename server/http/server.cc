#include "server/http/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/mutex.h"
#include "engine/base/status.h"
#include "server/http/transport.h"
#include "server/http/worker.h"

namespace annals::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// What must not move while it runs: options and router are referred to by every
// connection, and the workers go before them.
class HttpServer::Running {
 public:
  Running(ServerOptions options, Router router, std::unique_ptr<asio::ssl::context> tls_context);
  ~Running() { Stop(std::chrono::milliseconds(0)).IgnoreError(); }

  absl::Status Listen();
  absl::Status Stop(std::chrono::milliseconds patience);

  uint16_t port() const { return port_; }
  size_t connections() const { return open_.load(); }

 private:
  Awaitable<void> AcceptForever();
  void Receive(Worker* worker, tcp::socket socket);
  void OnClosed();
  // True if it came to that in time; without `patience`, however long it takes.
  bool AwaitAllClosed(std::optional<std::chrono::milliseconds> patience);

  const ServerOptions options_;
  const Router router_;
  const std::unique_ptr<asio::ssl::context> tls_context_;
  uint16_t port_ = 0;
  std::atomic<size_t> open_ = 0;

  Mutex mutex_;
  CondVar closed_one_;
  bool accepting_ ABSL_GUARDED_BY(mutex_) = false;

  std::vector<std::unique_ptr<Worker>> workers_;
  // On the first worker's loop, and used on its thread alone.
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> breath_;
};

HttpServer::Running::Running(ServerOptions options, Router router,
                             std::unique_ptr<asio::ssl::context> tls_context)
    : options_(std::move(options)),
      router_(std::move(router)),
      tls_context_(std::move(tls_context)) {
  ConnectionSurroundings surroundings;
  surroundings.router = &router_;
  surroundings.limits = &options_.limits;
  surroundings.finishing = &options_.finishing;
  surroundings.observers = options_.observers;
  for (int i = 0; i < std::max(options_.threads, 1); ++i) {
    workers_.push_back(
        std::make_unique<Worker>(surroundings, options_.clock, [this] { OnClosed(); }));
  }
}

absl::Status HttpServer::Running::Listen() {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options_.address, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("address \"", options_.address, "\": ", error.message()));
  }
  const tcp::endpoint endpoint(address, options_.port);
  tcp::acceptor acceptor(workers_.front()->loop());
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("can't listen on ", options_.address, ":",
                                               options_.port, ": ", error.message()));
  }
  port_ = acceptor.local_endpoint().port();
  acceptor_.emplace(std::move(acceptor));
  breath_.emplace(workers_.front()->loop());
  {
    MutexLock lock(&mutex_);
    accepting_ = true;
  }
  asio::co_spawn(workers_.front()->loop(), AcceptForever(), [this](const std::exception_ptr&) {
    MutexLock lock(&mutex_);
    accepting_ = false;
    closed_one_.NotifyAll();
  });
  return absl::OkStatus();
}

Awaitable<void> HttpServer::Running::AcceptForever() {
  for (size_t next = 0; acceptor_->is_open(); next = (next + 1) % workers_.size()) {
    Worker* const worker = workers_[next].get();
    tcp::socket socket(worker->loop());
    error_code error;
    co_await acceptor_->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      Receive(worker, std::move(socket));
    } else if (acceptor_->is_open() && error != asio::error::connection_aborted) {
      // Out of file descriptors, most likely: until some connection closes, trying
      // again at once would only burn the core.
      breath_->expires_after(std::chrono::milliseconds(50));
      co_await breath_->async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }
}

void HttpServer::Running::Receive(Worker* worker, tcp::socket socket) {
  // Those that are refused take room too, so there is an end to them.
  constexpr size_t kRefusedAtOnce = 64;
  const size_t open = open_.load();
  if (open >= options_.limits.connections + kRefusedAtOnce) return;
  const bool refused = open >= options_.limits.connections;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  open_.fetch_add(1);
  for (ExchangeObserver* observer : options_.observers) {
    observer->OnConnectionOpened();
    if (refused) observer->OnConnectionRefused();
  }
  worker->Adopt(tls_context_ == nullptr ? PlainTransport(std::move(socket))
                                        : TlsTransport(std::move(socket), tls_context_.get()),
                refused ? Worker::Reception::kRefuse : Worker::Reception::kServe);
}

void HttpServer::Running::OnClosed() {
  for (ExchangeObserver* observer : options_.observers) observer->OnConnectionClosed();
  MutexLock lock(&mutex_);
  open_.fetch_sub(1);
  closed_one_.NotifyAll();
}

bool HttpServer::Running::AwaitAllClosed(std::optional<std::chrono::milliseconds> patience) {
  using SteadyClock = std::chrono::steady_clock;
  const auto deadline = SteadyClock::now() + patience.value_or(std::chrono::milliseconds(0));
  MutexLock lock(&mutex_);
  while (accepting_ || open_.load() > 0) {
    if (!patience.has_value()) {
      closed_one_.Wait(&mutex_);
      continue;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) return false;
    closed_one_.WaitFor(&mutex_, left);
  }
  return true;
}

absl::Status HttpServer::Running::Stop(std::chrono::milliseconds patience) {
  if (workers_.empty()) return absl::OkStatus();
  asio::post(workers_.front()->loop(), [this] {
    error_code ignored;
    if (acceptor_.has_value()) acceptor_->close(ignored);
    if (breath_.has_value()) breath_->cancel();
    // Only now, so that none comes after it.
    for (const auto& worker : workers_) worker->Drain();
  });
  absl::Status outcome;
  if (!AwaitAllClosed(patience)) {
    outcome = absl::DeadlineExceededError("some requests weren't over in time");
    for (const auto& worker : workers_) worker->Abort();
    AwaitAllClosed(std::nullopt);
  }
  acceptor_.reset();
  breath_.reset();
  workers_.clear();
  return outcome;
}

HttpServer::HttpServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(ServerOptions options,
                                                              Router router) {
  std::unique_ptr<asio::ssl::context> tls_context;
  if (options.tls.has_value()) {
    ANNALS_ASSIGN_OR_RETURN(tls_context, MakeTlsContext(*options.tls));
  }
  auto running =
      std::make_unique<Running>(std::move(options), std::move(router), std::move(tls_context));
  ANNALS_RETURN_IF_ERROR(running->Listen());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(running)));
}

absl::Status HttpServer::Stop(std::chrono::milliseconds patience) {
  return running_->Stop(patience);
}

uint16_t HttpServer::port() const { return running_->port(); }
size_t HttpServer::connections() const { return running_->connections(); }

}  // namespace annals::http
