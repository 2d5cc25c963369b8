// Connection: one client's requests, one after another, and their answers.
#ifndef ANNALS_SERVER_HTTP_CONNECTION_H_
#define ANNALS_SERVER_HTTP_CONNECTION_H_

#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/http/byte_stream.h"
#include "server/http/exchange_observer.h"
#include "server/http/finishing.h"
#include "server/http/http_date.h"
#include "server/http/limits.h"
#include "server/http/parse_request.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/router.h"
#include "server/http/transport.h"

namespace annals::http {

// What the connections of one thread share. All of it outlives them.
struct ConnectionSurroundings {
  const Router* router = nullptr;
  const Limits* limits = nullptr;
  const FinishingOptions* finishing = nullptr;
  absl::Span<ExchangeObserver* const> observers;
  HttpDate* date = nullptr;
  std::function<uint64_t()> random;
};

// Reads, has the router answer, writes; every wait for the client has a deadline. A
// request that is malformed is refused with a problem document and ends the
// connection, as what follows it can't be told. For one thread: its socket's
// executor must run on that thread only, and so must all calls.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using SteadyClock = std::chrono::steady_clock;

  Connection(std::unique_ptr<Transport> transport, ConnectionSurroundings surroundings);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until the connection has ended.
  Awaitable<void> Run();
  // Answers with 503 instead, whatever is asked.
  Awaitable<void> RunRefusing();

  // Ends what is waited for in vain; to be called every now and then.
  void Sweep(SteadyClock::time_point now);
  // Closes after the request that is being answered; at once if there is none. A
  // stream is cut with UNAVAILABLE.
  void Drain();
  // Closes now.
  void Abort();

 private:
  // An answer on its way.
  struct Sending {
    Exchange exchange;
    bool keep_alive = true;
    // For a stream.
    bool chunked = false;
  };

  // What follows takes its arguments by reference: they live until it is awaited.

  Awaitable<bool> OneRequest();
  // CANCELLED when there is nobody to answer.
  Awaitable<absl::Status> ReadRequest(RequestParser* parser);
  // Feeds what was read; returns whether any of it was used.
  Awaitable<absl::StatusOr<bool>> FeedParser(RequestParser* parser);
  absl::Status WhyReadingEnded(boost::system::error_code error) const;

  void Describe(Request* request);
  Awaitable<Response> Handle(Request* request);
  Awaitable<bool> Answer(Request* request);
  Awaitable<void> Refuse(Request* request, const absl::Status& status);

  Awaitable<void> Send(const Request& request, const Response& response, Sending* sending);
  Awaitable<void> SendBody(const std::string& head, const Bytes& body, Sending* sending);
  Awaitable<void> SendStream(const std::string& head, const StreamBody& body, Sending* sending);
  Awaitable<void> PumpStream(const StreamBody& body, Sending* sending);
  Awaitable<absl::Status> WriteChunks(const std::vector<Bytes>& chunks, Sending* sending);
  // Notices that the client has gone while a stream is sent.
  Awaitable<void> WatchReader(std::shared_ptr<ByteStream> stream);
  Awaitable<absl::Status> Write(absl::Span<const boost::asio::const_buffer> bytes);

  // Lets the client read what was sent: closing on unread bytes would take it back.
  Awaitable<void> Linger();

  void Arm(std::chrono::milliseconds timeout);
  void Disarm();
  void Report(const Exchange& exchange) const;

  const std::unique_ptr<Transport> transport_;
  const ConnectionSurroundings surroundings_;
  const Limits& limits_;
  std::string peer_;
  bool is_loopback_ = false;

  boost::beast::flat_buffer buffer_;
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  bool timed_out_ = false;
  // Nothing of a next request has come.
  bool idle_ = true;
  bool first_ = true;
  bool draining_ = false;
  bool aborted_ = false;

  // While a stream is sent: it, and how many coroutines besides the pump are at it.
  std::shared_ptr<ByteStream> stream_;
  int stream_helpers_ = 0;
  boost::asio::steady_timer helpers_done_;
};

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_CONNECTION_H_
